/** RAM of a model on a board, part by part as the firmware divides it (firmware/PROTOCOL.md 6), to the last 16 bytes. */
import { plannedTflite } from '../compress';
import type { Core, Picture } from '../core';
import type { ResolvedImpulse } from '../impulse';
import type { FitItem } from './types';

/** How a board runs the model, beyond what the .tflite says. */
export interface BoardRun {
  /** What the model's output means; default 'classes'. */
  readonly head?: 'classes' | 'oneVsRest' | 'objects' | 'none' | undefined;
  /** Default: as many as the model has outputs. */
  readonly labels?: number | undefined;
  /** There is an anomaly section. */
  readonly anomaly?: boolean | undefined;
  /** Labels are suppressed after they were reported. */
  readonly suppresses?: boolean | undefined;
  /** Frames between two results; default the impulse's. */
  readonly strideFrames?: number | undefined;
  /** Of the board's camera; default as large as what the model sees. */
  readonly camera?: Omit<Picture, 'bytes'> | undefined;
  /** Means of the normalisation. */
  readonly normalised?: number | undefined;
}

export interface RamQuestion extends BoardRun {
  /** Empty where nothing but an anomaly section answers. */
  readonly tflite: Uint8Array;
  readonly resolved: ResolvedImpulse;
  readonly smoothing: number;
  readonly sensor: 'motion' | 'audio' | 'camera';
}

const in16 = (bytes: number): number => Math.ceil(bytes / 16) * 16;

function modelItems(core: Core, tflite: Uint8Array): { items: FitItem[]; outputs: number } {
  if (tflite.length === 0) return { items: [], outputs: 1 };
  const model = core.openModel(plannedTflite(core, tflite));
  try {
    return {
      outputs: model.outputs[0].bytes,
      items: [
        { what: 'Tensors while the model runs (arena)', bytes: in16(model.arenaBytes) },
        { what: 'Bookkeeping of the model', bytes: in16(model.persistentBytes) },
      ],
    };
  } finally {
    model.close();
  }
}

/** The larger of what the camera's pictures need and a picture of the model's own size. */
function pictureScratch(core: Core, { resolved: { block, shape }, camera, normalised = 0 }: RamQuestion): number {
  const { width = 1 } = shape;
  const own = { width, height: shape.frames / width, format: 'rgb888' } as const;
  const pictures = camera ? [own, camera] : [own];
  return Math.max(...pictures.map((picture) => core.imageScratchBytes(block, picture, normalised)));
}

/** What stands between the sensor and the features: whole windows, a stream, or rows of a picture. */
function inputItems(core: Core, question: RamQuestion): FitItem[] {
  const { resolved, sensor, tflite } = question;
  const { shape, block, featureCount, strideFrames } = resolved;
  const input = tflite.length > 0 ? in16(featureCount) : 0;
  if (block.kind === 'image')
    return [
      { what: 'Features', bytes: input },
      { what: 'Scratch for computing features', bytes: in16(pictureScratch(core, question)) },
    ];
  const features = { what: 'Features', bytes: in16(featureCount * 4) + input };
  const stream =
    sensor === 'audio' ? core.soundStateBytes(block, shape, question.strideFrames ?? strideFrames) : undefined;
  if (stream !== undefined) return [features, { what: 'Features of sound as it comes in', bytes: in16(stream) }];
  const values = shape.frames * shape.axes;
  return [
    { what: 'Samples as they come in', bytes: in16(values * 2) },
    { what: 'One window in physical units', bytes: in16(values * 4) },
    features,
    { what: 'Scratch for computing features', bytes: in16(core.dspScratchBytes(block, shape)) },
  ];
}

/** @throws CoreError where the model or its features cannot be. */
export function ramItems(core: Core, question: RamQuestion): FitItem[] {
  const { head = 'classes', anomaly, suppresses, smoothing } = question;
  const { items, outputs } = modelItems(core, question.tflite);
  const labels = question.labels ?? outputs;
  const scores = head === 'none' ? 0 : labels;
  const results = smoothing * (scores + (anomaly ? 4 : 0)) + (suppresses ? 2 * labels : 0);
  return [
    ...items,
    ...inputItems(core, question),
    { what: 'Results being averaged', bytes: in16(results) + (head === 'objects' ? in16(labels) : 0) },
  ];
}

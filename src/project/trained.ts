/**
 * A trained model as it lies in a project: one CBOR file, replaced whole, so that a crash leaves the old model or the
 * new one. Everything in it can be made again by training.
 */
import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { replaceFile } from '../base';
import type { AnomalyDetector, Normalisation } from '../core';
import type { QuantizedModel } from '../compress';
import type { GoldenVector, OutputHead } from '../deploy';
import type { ResolvedImpulse } from '../impulse';
import type { ModelSpec, ModelWeights } from '../model';
import type { AnomalyView, CompressionVariant, TrainReport } from './contract';
import { pack, unpack } from './packing';
import { upgradeTrained } from './trained-before';

/** One form of the model, float or int8: what the compression report compares. */
export interface ModelVariant {
  readonly id: CompressionVariant['id'];
  readonly spec: ModelSpec;
  /** Of an int8 form: those that it was made of. */
  readonly weights: ModelWeights;
  readonly quantized: QuantizedModel | null;
}

/** What is usual, and where it ends. */
export interface TrainedAnomaly {
  readonly detector: AnomalyDetector;
  readonly threshold: number;
  readonly view: AnomalyView;
}

export interface TrainedModel {
  readonly report: TrainReport;
  /** Project.fingerprint() of what it was trained on. */
  readonly fingerprint: string;
  readonly resolved: ResolvedImpulse;
  readonly normalisation: Normalisation;
  /** As it goes on the board: pruned, where it was, but in float. */
  readonly spec: ModelSpec;
  readonly weights: ModelWeights;
  readonly quantized: QuantizedModel;
  readonly golden: readonly GoldenVector[];
  /** Of a model that finds things in pictures: what each label must reach, so that as many are found as there are. */
  readonly thresholds?: readonly number[] | undefined;
  /** Where the settings asked for it. */
  readonly anomaly?: TrainedAnomaly | undefined;
  /** In the order in which they were made; the first is the float model before shrinking, the last the one on the board. */
  readonly variants: readonly ModelVariant[];
}

/** In place of a network, where normal is known by clusters or a mixture alone: an empty .tflite, as in a model image. */
export const noNetwork: QuantizedModel = {
  tflite: new Uint8Array(0),
  inputScale: 1,
  inputZeroPoint: 0,
  outputScale: 1,
  outputZeroPoint: 0,
};

/** No label is told from another: all that it says is whether something is normal. */
export const knowsNormalOnly = ({ anomaly, quantized }: Pick<TrainedModel, 'anomaly' | 'quantized'>): boolean =>
  anomaly !== undefined && (quantized.tflite.length === 0 || anomaly.detector.kind === 'reconstruction');

/** What the model's output means. */
export function headOf(
  model: Pick<TrainedModel, 'anomaly' | 'quantized' | 'thresholds'> & {
    readonly report: Pick<TrainReport, 'settings'>;
  },
): OutputHead {
  if (knowsNormalOnly(model)) return 'none';
  if (model.thresholds) return 'objects';
  return model.report.settings.head === 'oneVsRest' ? 'oneVsRest' : 'classes';
}

/** 1: before pruning, transfer and the compression report (trained-before.ts). */
const format = 2;

function trainedPath(folder: string): string {
  return join(folder, 'model', 'trained.cbor');
}

export async function saveTrained(folder: string, model: TrainedModel): Promise<void> {
  const path = trainedPath(folder);
  await mkdir(dirname(path), { recursive: true });
  await replaceFile(path, pack({ format, ...model }));
}

/** null where there is none, or where the file is damaged or of a newer version: training makes it anew. */
export async function loadTrained(folder: string): Promise<TrainedModel | null> {
  try {
    const stored = unpack(await readFile(trainedPath(folder))) as { readonly format: number };
    if (stored.format === 1) return upgradeTrained(stored);
    return stored.format === format ? (stored as unknown as TrainedModel) : null;
  } catch {
    return null;
  }
}

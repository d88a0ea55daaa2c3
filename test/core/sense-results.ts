/** Reads RESULT and OBJECTS events, and computes in the app what they must say. */
import type { Core, CoreModel, Picture } from '../../src/core';
import type { ModelManifest } from '../../src/deploy';
import type { BoardTalk } from '../support/board-talk';

export interface Result {
  readonly window: number;
  readonly label: number;
  readonly scores: Int8Array;
  /** NaN where the event has none. */
  readonly ratio: number;
}

export function resultsOf(talk: BoardTalk): Result[] {
  return talk.events
    .filter((event) => event.type === 0x41)
    .map(({ payload }) => {
      const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
      const end = 22 + view.getUint8(21);
      return {
        window: view.getUint32(0, true),
        label: view.getInt8(20),
        scores: new Int8Array(payload.slice(22, end).buffer),
        ratio: payload.length > end ? view.getFloat32(end, true) : NaN,
      };
    });
}

export interface Expected {
  readonly input: Int8Array;
  readonly output: Int8Array;
  readonly ratio: number;
}

const asBytes = (input: Int8Array): Uint8Array => new Uint8Array(input.buffer, input.byteOffset, input.byteLength);

export function expectedOfWindow(
  core: Core,
  model: CoreModel | undefined,
  manifest: ModelManifest,
  window: Float32Array,
): Expected {
  const features = core.features(manifest.block, manifest.shape, window);
  const normalised = core.normalise(features, manifest.normalisation);
  if (!model)
    return {
      input: new Int8Array(0),
      output: new Int8Array(0),
      ratio: core.anomalyScore(manifest.anomaly!, normalised)[0],
    };
  const [{ scale, zeroPoint }] = model.inputs;
  const input = core.quantise(normalised, scale, zeroPoint);
  const output = new Int8Array(model.invoke([asBytes(input)])[0].slice().buffer);
  const [{ scale: outScale, zeroPoint: outZero }] = model.outputs;
  const rows = { rows: output, scale: outScale, zeroPoint: outZero };
  return { input, output, ratio: manifest.anomaly ? core.anomalyScore(manifest.anomaly, normalised, rows)[0] : NaN };
}

export function expectedOfPicture(core: Core, model: CoreModel, manifest: ModelManifest, picture: Picture): Expected {
  const [{ scale, zeroPoint }] = model.inputs;
  const input = core.imageInput(manifest.block, picture, undefined, scale, zeroPoint);
  return { input, output: new Int8Array(model.invoke([asBytes(input)])[0].slice().buffer), ratio: NaN };
}

/**
 * Golden vectors: a few windows with what the model must answer, computed here with the board's own core and run
 * again on the board before a model is committed. Knows nothing of images.
 */
import type { Core, CoreModel } from '../core';
import { roundedRateHz } from './manifest';
import type { GoldenVector, ModelManifest } from './types';

/** Windows that are looked at to find some with different answers; more would only cost time. */
const candidates = 64;

interface Answered {
  readonly window: Float32Array;
  readonly input: Int8Array;
  readonly output: Int8Array;
  readonly winner: number;
}

function answer(core: Core, model: CoreModel, manifest: ModelManifest, window: Float32Array): Answered {
  const shape = { ...manifest.shape, rateHz: roundedRateHz(manifest.shape.rateHz) };
  const normalised = core.normalise(core.features(manifest.block, shape, window), manifest.normalisation);
  const { scale, zeroPoint } = model.inputs[0];
  const input = core.quantise(normalised, scale, zeroPoint);
  const [raw] = model.invoke([new Uint8Array(input.buffer, input.byteOffset, input.byteLength)]);
  const output = new Int8Array(raw.buffer, raw.byteOffset, raw.byteLength).slice();
  return { window, input, output, winner: output.indexOf(Math.max(...output)) };
}

/**
 * Chooses up to `count` of the windows so that as many different labels as possible are answered, in the order in
 * which they come. Only the first carries its samples, so that the board proves its features too; each further one
 * costs flash for the model's input and output only.
 * @param windows frames * axes values each, in the sensor's units; best from held-out captures.
 * @throws CoreError where the model or the features cannot be computed.
 */
export function goldenVectors(
  core: Core,
  manifest: ModelManifest,
  tflite: Uint8Array,
  windows: readonly Float32Array[],
  count = 4,
): GoldenVector[] {
  const model = core.openModel(tflite);
  try {
    const step = Math.max(1, Math.floor(windows.length / candidates));
    const answered = windows
      .filter((_, i) => i % step === 0)
      .slice(0, candidates)
      .map((window) => answer(core, model, manifest, window));
    return chooseDifferent(answered, count).map(({ window, input, output }, i) => ({
      window: i === 0 ? window.slice() : undefined,
      input,
      output,
    }));
  } finally {
    model.close();
  }
}

/** First one of each answer, then second ones, until there are enough. */
function chooseDifferent(answered: readonly Answered[], count: number): Answered[] {
  const seen = new Map<number, number>();
  const turns = answered.map(({ winner }) => {
    const turn = seen.get(winner) ?? 0;
    seen.set(winner, turn + 1);
    return turn;
  });
  return answered
    .map((item, i) => ({ item, turn: turns[i], i }))
    .sort((a, b) => a.turn - b.turn || a.i - b.i)
    .slice(0, count)
    .map(({ item }) => item);
}

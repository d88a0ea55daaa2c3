/** What the app's core answers for windows, and windows as the probes of exported libraries take them. */
import type { Core } from '../../src/core';
import type { ModelManifest } from '../../src/deploy';
import { ResultSmoother } from '../../src/live';
import { fnv1a32 } from './goldens';

export interface Answer {
  readonly label: number;
  /** Bits of the float32; 0 where nothing unusual is told. */
  readonly anomaly: number;
  /** FNV-1a of what the network put out. */
  readonly hash: number;
}

const bitsOf = (value: number): number => new Uint32Array(Float32Array.of(value).buffer)[0];

/** Of pictures the windows are pixels, red, green, blue, 0 to 255. Each window by itself: nothing is smoothed. */
export function coreAnswers(
  core: Core,
  manifest: ModelManifest,
  tflite: Uint8Array,
  windows: readonly Float32Array[],
): Answer[] {
  const model = core.openModel(tflite);
  const { scale, zeroPoint } = model.inputs[0];
  const [output] = model.outputs;
  const answers = windows.map((window) => {
    const features = core.features(manifest.block, manifest.shape, window);
    const { normalisation, anomaly, head, live } = manifest;
    const normalised = normalisation.mean.length > 0 ? core.normalise(features, normalisation) : features;
    const input = core.quantise(normalised, scale, zeroPoint);
    const raw = model.invoke([new Uint8Array(input.buffer, input.byteOffset, input.byteLength)])[0].slice();
    const rows = { rows: new Int8Array(raw.buffer), scale: output.scale, zeroPoint: output.zeroPoint };
    const ratio = anomaly ? core.anomalyScore(anomaly, normalised, rows)[0] : undefined;
    const scores = head === 'none' ? new Int8Array(0) : head === 'objects' ? bestOf(rows.rows, manifest) : rows.rows;
    const label = new ResultSmoother(live, output.scale, output.zeroPoint).add(scores, ratio);
    return { label, anomaly: ratio === undefined ? 0 : bitsOf(ratio), hash: parseInt(fnv1a32(raw), 16) };
  });
  model.close();
  return answers;
}

/** The largest score of each label over all cells. */
function bestOf(cells: Int8Array, { labels }: ModelManifest): Int8Array {
  return Int8Array.from(labels, (_, label) =>
    cells.filter((_score, i) => i % (labels.length + 1) === label + 1).reduce((a, b) => Math.max(a, b)),
  );
}

function bytesOf(window: Float32Array, { sensor }: ModelManifest): Uint8Array {
  if (sensor === 'camera') return Uint8Array.from(window);
  const values = sensor === 'audio' ? Int16Array.from(window) : window;
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

/** See test/deploy/library_probe/probe.h. */
export function probeJob(manifest: ModelManifest, windows: readonly Float32Array[]): Uint8Array {
  const parts = windows.map((window) => bytesOf(window, manifest));
  const step = (parts[0].length + 3) & ~3;
  const job = new Uint8Array(12 + parts.length * step);
  const view = new DataView(job.buffer);
  [parts.length, manifest.shape.width ?? 0, parts[0].length].forEach((value, i) => {
    view.setUint32(4 * i, value, true);
  });
  parts.forEach((part, i) => {
    job.set(part, 12 + i * step);
  });
  return job;
}

/** From the probe's lines, which say a status first. */
export const probeAnswers = (said: string): Answer[] =>
  said
    .trim()
    .split('\n')
    .map((line) => {
      const [status, label, anomaly, hash] = line.trim().split(/\s+/).map(Number);
      if (status !== 0) throw new Error(`the library answered with status ${status}`);
      return { label: label | 0, anomaly, hash };
    });

/**
 * What a board knows of the normal: the anomaly section of a model image (firmware/MODEL_SLOT.md 1), both ways, and
 * rows scored by it with the board's own arithmetic. Knows nothing of how normal was learned.
 */
import { CoreError } from './errors';
import type { AnomalyDetector, AutoencoderRows } from './types';
import type { CoreInstance } from './wasm';

const kinds: readonly AnomalyDetector['kind'][] = ['kmeans', 'mixture', 'reconstruction'];
const headerBytes = 16;
const mostParts = 256;

/** Values of each cluster or component in the section. */
const valuesPerPart = (detector: AnomalyDetector): number =>
  detector.kind === 'kmeans' ? 1 + detector.features : detector.kind === 'mixture' ? 1 + 2 * detector.features : 0;

function checkDetector(detector: AnomalyDetector): void {
  const { features, threshold } = detector;
  const fail = (problem: string): never => {
    throw new CoreError('bad-parameter', problem);
  };
  if (!Number.isInteger(features) || features < 1 || features > 2 ** 24)
    fail(`Normal was learned from ${features} features, which cannot be.`);
  const asFloat = Math.fround(threshold);
  if (!(asFloat > 0) || !Number.isFinite(asFloat)) fail(`${threshold} is no threshold for what is unusual.`);
  if (detector.kind === 'reconstruction') return;
  const { parts } = detector;
  if (parts.length < 1 || parts.length > mostParts)
    fail(`What is normal has ${parts.length} parts; 1 to ${mostParts} can be.`);
  for (const part of parts) {
    const values = 'centre' in part ? [part.factor, ...part.centre] : [part.offset, ...part.mean, ...part.inverseStd];
    if (values.length !== valuesPerPart(detector)) fail('A part of what is normal has not one value for each feature.');
    if (!values.every((value) => Number.isFinite(Math.fround(value))))
      fail('A part of what is normal holds what is no number.');
  }
}

/** The section's bytes. @throws CoreError `bad-parameter` for a detector that no board takes. */
export function anomalySection(detector: AnomalyDetector): Uint8Array {
  checkDetector(detector);
  const parts = detector.kind === 'reconstruction' ? [] : detector.parts;
  const bytes = new Uint8Array(headerBytes + 4 * parts.length * valuesPerPart(detector));
  const view = new DataView(bytes.buffer);
  view.setUint32(0, kinds.indexOf(detector.kind) + 1, true);
  view.setUint32(4, detector.features, true);
  view.setUint32(8, parts.length, true);
  view.setFloat32(12, detector.threshold, true);
  let at = headerBytes;
  const put = (value: number): void => {
    view.setFloat32(at, value, true);
    at += 4;
  };
  for (const part of parts) {
    if ('centre' in part) {
      put(part.factor);
      part.centre.forEach(put);
    } else {
      put(part.offset);
      part.mean.forEach(put);
      part.inverseStd.forEach(put);
    }
  }
  return bytes;
}

/** The detector of a section. @throws CoreError `bad-parameter` where it is damaged. */
export function readAnomalySection(bytes: Uint8Array): AnomalyDetector {
  const damaged = (): CoreError => new CoreError('bad-parameter', 'What a model knows of the normal is damaged.');
  if (bytes.length < headerBytes || bytes.length % 4 !== 0) throw damaged();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const kind = kinds.at(view.getUint32(0, true) - 1);
  const features = view.getUint32(4, true);
  const count = view.getUint32(8, true);
  const threshold = view.getFloat32(12, true);
  if (!kind || view.getUint32(0, true) === 0 || count > mostParts) throw damaged();
  const values = Float32Array.from({ length: bytes.length / 4 - 4 }, (_, i) =>
    view.getFloat32(headerBytes + 4 * i, true),
  );
  const common = { features, threshold };
  const empty: AnomalyDetector = kind === 'reconstruction' ? { ...common, kind } : { ...common, kind, parts: [] };
  const step = valuesPerPart(empty);
  if (values.length !== count * step || step > 0 !== count > 0) throw damaged();
  const part = (i: number, from: number, to: number): Float32Array => values.slice(i * step + from, i * step + to);
  const parts = Array.from({ length: count }, (_, i) => i);
  const detector: AnomalyDetector =
    kind === 'kmeans'
      ? { ...common, kind, parts: parts.map((i) => ({ factor: values[i * step], centre: part(i, 1, step) })) }
      : kind === 'mixture'
        ? {
            ...common,
            kind,
            parts: parts.map((i) => ({
              offset: values[i * step],
              mean: part(i, 1, 1 + features),
              inverseStd: part(i, 1 + features, step),
            })),
          }
        : empty;
  checkDetector(detector);
  return detector;
}

/** score / threshold of each row; see Core.anomalyScore. */
export function scoreRows(
  core: CoreInstance,
  detector: AnomalyDetector,
  rows: Float32Array,
  outputs: AutoencoderRows | undefined,
): Float32Array {
  const { features } = detector;
  const count = rows.length / features;
  if (!Number.isInteger(count))
    throw new CoreError('bad-input', `${rows.length} values are no rows of ${features} features.`);
  const given = outputs?.rows ?? new Int8Array(0);
  if (detector.kind === 'reconstruction' && given.length !== rows.length)
    throw new CoreError('bad-input', 'The autoencoder’s rows are not as many as those it was given.');
  core.exports.core_reset();
  const section = anomalySection(detector);
  const at = core.putBytes(section);
  const values = core.putFloats(rows);
  const answers = core.putBytes(new Uint8Array(given.buffer, given.byteOffset, given.byteLength));
  const out = core.allocate(Math.max(16, 4 * count));
  const { scale, zeroPoint } = outputs ?? { scale: 1, zeroPoint: 0 };
  if (core.exports.core_anomaly(at, section.length, values, count, features, answers, scale, zeroPoint, out) !== 0)
    throw new CoreError('bad-parameter', 'What a model knows of the normal is damaged.');
  return core.floats(out, count);
}

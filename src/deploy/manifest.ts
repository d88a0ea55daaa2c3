/** The manifest of a model image as CBOR (firmware/MODEL_SLOT.md 1), both ways. Knows nothing of where it lies. */
import { decode, encode } from 'cborg';
import { dspKinds, dspNumbers } from '../core';
import { DeployError } from './errors';
import type { LiveSettings, ModelManifest, OutputHead } from './types';

const heads: readonly OutputHead[] = ['classes', 'oneVsRest', 'objects', 'none'];
const sensors: readonly ModelManifest['sensor'][] = ['motion', 'audio', 'camera'];

/** What the image's other sections say, needed to fill or check the manifest. */
export type ManifestBody = Omit<ModelManifest, 'normalisation' | 'anomaly'>;

/** As in the manifest, so that the app computes with exactly the rate that the board reads. */
export const roundedRateHz = (rateHz: number): number => Math.round(rateHz * 1000) / 1000;

/** Keys that are written only where they say something. */
export function optionalKeys({ shape, head = 'classes', live }: ManifestBody): Record<string, unknown> {
  return {
    ...(shape.width ? { width: shape.width } : {}),
    ...(head === 'classes' ? {} : { head: heads.indexOf(head) }),
    ...(live.suppress ? { suppress: live.suppress } : {}),
    ...(live.thresholds ? { thresholds: thresholdBytes(live.thresholds) } : {}),
  };
}

function thresholdBytes(thresholds: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(2 * thresholds.length);
  const view = new DataView(bytes.buffer);
  thresholds.forEach((threshold, i) => view.setUint16(2 * i, Math.round(threshold * 1000), true));
  return bytes;
}

/** Keys in the order of the document; `features` is the length of one model input. */
export function encodeManifest(manifest: ManifestBody, features: number): Uint8Array {
  const params = new Uint8Array(manifest.block.params.length * 4);
  const view = new DataView(params.buffer);
  manifest.block.params.forEach((value, i) => view.setFloat32(4 * i, value, true));
  const map = {
    v: 1,
    name: manifest.name,
    labels: manifest.labels,
    sensor: manifest.sensor,
    axes: manifest.axes,
    units: manifest.units,
    rate: Math.round(manifest.shape.rateHz * 1000),
    window: manifest.shape.frames,
    stride: manifest.strideFrames,
    dsp: dspNumbers[manifest.block.kind],
    params,
    features,
    threshold: Math.round(manifest.live.threshold * 1000),
    smoothing: manifest.live.smoothing,
    arena: manifest.arenaBytes,
    ...optionalKeys(manifest),
  };
  // The keys stay in the order written above: the board reads them in one pass.
  return encode(map, { mapSorter: () => 0 });
}

function broken(what: string, cause?: unknown): DeployError {
  return new DeployError(
    'bad-image',
    `This model image is damaged: ${what}.`,
    'Make the image again from the trained model.',
    cause,
  );
}

class Fields {
  constructor(private readonly map: Readonly<Record<string, unknown>>) {}

  text(key: string): string {
    const value = this.map[key];
    if (typeof value !== 'string') throw broken(`its manifest has no text "${key}"`);
    return value;
  }

  whole(key: string, low: number, high: number): number {
    const value = this.map[key];
    if (typeof value !== 'number' || !Number.isInteger(value) || value < low || value > high)
      throw broken(`its manifest has no sensible number "${key}"`);
    return value;
  }

  /** As whole(), undefined where the key is missing. */
  optional(key: string, low: number, high: number): number | undefined {
    return this.map[key] === undefined ? undefined : this.whole(key, low, high);
  }

  thresholds(key: string, labels: number): number[] | undefined {
    const value = this.map[key];
    if (value === undefined) return undefined;
    if (!(value instanceof Uint8Array) || value.length !== 2 * labels)
      throw broken(`its manifest has no sound "${key}"`);
    const view = new DataView(value.buffer, value.byteOffset, value.byteLength);
    const thresholds = Array.from({ length: labels }, (_, i) => view.getUint16(2 * i, true) / 1000);
    if (thresholds.some((threshold) => threshold > 1)) throw broken(`its manifest has no sound "${key}"`);
    return thresholds;
  }

  texts(key: string): string[] {
    const value = this.map[key];
    if (!Array.isArray(value) || !value.every((item): item is string => typeof item === 'string'))
      throw broken(`its manifest has no list of texts "${key}"`);
    return value;
  }

  float32s(key: string): number[] {
    const value = this.map[key];
    if (!(value instanceof Uint8Array) || value.length % 4 !== 0)
      throw broken(`its manifest has no parameters "${key}"`);
    const view = new DataView(value.buffer, value.byteOffset, value.byteLength);
    return Array.from({ length: value.length / 4 }, (_, i) => view.getFloat32(4 * i, true));
  }
}

function liveOf(fields: Fields, labels: number): LiveSettings {
  const suppress = fields.optional('suppress', 0, 65535);
  const thresholds = fields.thresholds('thresholds', labels);
  return {
    threshold: fields.whole('threshold', 0, 1000) / 1000,
    smoothing: fields.whole('smoothing', 1, 32),
    ...(suppress ? { suppress } : {}),
    ...(thresholds ? { thresholds } : {}),
  };
}

function blockOf(fields: Fields): ManifestBody['block'] {
  const number = fields.whole('dsp', 0, 65535);
  const kind = dspKinds.find((name) => dspNumbers[name] === number);
  if (!kind) throw broken('its manifest names features that are not known');
  return { kind, params: fields.float32s('params') };
}

/** @throws DeployError `bad-image` with one plain sentence. */
export function decodeManifest(bytes: Uint8Array): { manifest: ManifestBody; features: number } {
  let map: unknown;
  try {
    map = decode(bytes, { allowIndefinite: false, rejectDuplicateMapKeys: true });
  } catch (error) {
    throw broken('its manifest is not readable', error);
  }
  if (typeof map !== 'object' || map === null || Array.isArray(map)) throw broken('its manifest is not a map');
  const fields = new Fields(map as Record<string, unknown>);
  if (fields.whole('v', 0, 65535) !== 1)
    throw new DeployError(
      'bad-image',
      'This model image was made by a newer Dormouse.',
      'Update Dormouse, then open it again.',
    );
  const sensor = sensors.find((kind) => kind === fields.text('sensor'));
  if (!sensor) throw broken('its manifest names no known sensor');
  const axes = fields.texts('axes');
  const labels = fields.texts('labels');
  const width = fields.optional('width', 1, 4096);
  const head = fields.optional('head', 0, heads.length - 1);
  return {
    manifest: {
      name: fields.text('name'),
      labels,
      sensor,
      axes,
      units: fields.texts('units'),
      shape: {
        frames: fields.whole('window', 1, 2 ** 20),
        axes: axes.length,
        rateHz: fields.whole('rate', 1, 2 ** 31) / 1000,
        ...(width ? { width } : {}),
      },
      strideFrames: fields.whole('stride', 1, 2 ** 24),
      block: blockOf(fields),
      live: liveOf(fields, labels.length),
      ...(head ? { head: heads[head] } : {}),
      arenaBytes: fields.whole('arena', 0, 2 ** 31),
    },
    features: fields.whole('features', 1, 2 ** 24),
  };
}

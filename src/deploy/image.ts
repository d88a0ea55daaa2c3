/**
 * A model image, byte for byte as in firmware/MODEL_SLOT.md 1: built from its parts and taken apart again. Knows
 * nothing of boards or of how an image gets onto one.
 */
import { crc32 } from 'node:zlib';
import { readTflite, type TfliteTensor } from '../compress';
import type { Normalisation } from '../core';
import { DeployError } from './errors';
import { decodeManifest, encodeManifest } from './manifest';
import type { GoldenVector, ModelManifest } from './types';

const magic = 0x554f4d44; // "DMOU"
const formatVersion = 1;
const headerBytes = 48;
const crcOffset = 44;
/** Far above any slot; a length beyond it is a mistake or an attack. */
const largestImage = 64 * 1024 * 1024;

export interface ParsedImage {
  readonly manifest: ModelManifest;
  readonly tflite: Uint8Array;
  readonly golden: readonly GoldenVector[];
  /** Over all bytes of the image, as SLOT_BEGIN and the slot maps name it; not the one inside the header. */
  readonly crc: number;
}

const roundUp = (value: number, step: number): number => Math.ceil(value / step) * step;

/** Lengths of the one int8 input, which a board's features must fill, and of the one int8 output. */
function modelEnds(tflite: Uint8Array): { features: number; scores: number } {
  const { inputs, outputs, tensors } = readTflite(tflite);
  const input = tensors[inputs[0]] as TfliteTensor | undefined;
  const output = tensors[outputs[0]] as TfliteTensor | undefined;
  if (inputs.length !== 1 || outputs.length !== 1 || input?.type !== 'int8' || output?.type !== 'int8')
    throw new DeployError(
      'bad-manifest',
      'A board runs models with one int8 input and one int8 output; this model has another form.',
      'Train the model with Dormouse, or quantise it to full int8.',
    );
  return { features: input.bytes, scores: output.bytes };
}

function checkManifest(manifest: ModelManifest, { features, scores }: ReturnType<typeof modelEnds>): void {
  const fail = (problem: string): never => {
    throw new DeployError('bad-manifest', problem, 'Train the model again, then deploy it.');
  };
  const { normalisation: n, shape, labels, axes, units } = manifest;
  if (axes.length !== shape.axes || units.length !== shape.axes)
    fail(`The model reads ${shape.axes} axes, but ${axes.length} names and ${units.length} units are given.`);
  if (shape.axes < 1 || shape.axes > 16) fail(`The model reads ${shape.axes} axes; a board offers 1 to 16.`);
  if (labels.length < 1 || labels.length > 127) fail(`The model has ${labels.length} labels; 1 to 127 are possible.`);
  if (labels.length !== scores) fail(`The model answers ${scores} scores but has ${labels.length} labels.`);
  if (manifest.block.params.length > 16) fail('The features have more than 16 parameters.');
  if (n.mean.length !== n.inverseStd.length || (n.mean.length > 0 && features % n.mean.length !== 0))
    fail(
      `The normalisation has ${n.mean.length} means and ${n.inverseStd.length} deviations for ${features} features.`,
    );
  if (
    !n.mean.every(Number.isFinite) ||
    !n.inverseStd.every(Number.isFinite) ||
    !manifest.block.params.every(Number.isFinite)
  )
    fail('The normalisation or the features hold values that are not numbers.');
  const wholes: [string, number, number, number][] = [
    ['window', shape.frames, 1, 2 ** 20],
    ['stride', manifest.strideFrames, 1, 2 ** 24],
    ['smoothing', manifest.live.smoothing, 1, 32],
    ['arena', manifest.arenaBytes, 0, 2 ** 31],
  ];
  for (const [what, value, low, high] of wholes)
    if (!Number.isInteger(value) || value < low || value > high) fail(`The model has ${value} as its ${what}.`);
  if (!(shape.rateHz >= 0.001 && shape.rateHz < 2 ** 31 / 1000))
    fail(`The model wants ${shape.rateHz} samples a second.`);
  if (!(manifest.live.threshold >= 0 && manifest.live.threshold <= 1)) fail('The threshold is not between 0 and 1.');
}

function normalisationBytes({ mean, inverseStd }: Normalisation): Uint8Array {
  return littleEndianFloats([...mean, ...inverseStd]);
}

function littleEndianFloats(values: ArrayLike<number>): Uint8Array {
  const bytes = new Uint8Array(values.length * 4);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < values.length; i++) view.setFloat32(4 * i, values[i], true);
  return bytes;
}

function goldenBytes(vectors: readonly GoldenVector[]): Uint8Array {
  if (vectors.length === 0) return new Uint8Array(0);
  const unsigned = (values: Int8Array): Uint8Array =>
    new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  const coded = vectors.map(({ window, input, output }) => [
    window ? littleEndianFloats(window) : new Uint8Array(0),
    unsigned(input),
    unsigned(output),
  ]);
  const total = coded.reduce(
    (sum, parts) => sum + 12 + parts.reduce((bytes, part) => bytes + roundUp(part.length, 4), 0),
    4,
  );
  const bytes = new Uint8Array(total);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, vectors.length, true);
  let at = 4;
  for (const parts of coded) {
    for (const part of parts) {
      view.setUint32(at, part.length, true);
      at += 4;
    }
    for (const part of parts) {
      bytes.set(part, at);
      at += roundUp(part.length, 4);
    }
  }
  return bytes;
}

/** The header's CRC: over everything but itself. */
const headerCrcOf = (image: Uint8Array): number =>
  crc32(image.subarray(crcOffset + 4), crc32(image.subarray(0, crcOffset))) >>> 0;

/**
 * The image for any board. The rate travels in 1/1000 Hz, so features must be computed with the rate that parseImage
 * gives back.
 * @throws DeployError `bad-manifest`, CompressError where `tflite` is no model.
 */
export function buildImage(manifest: ModelManifest, tflite: Uint8Array, golden: readonly GoldenVector[]): Uint8Array {
  const ends = modelEnds(tflite);
  checkManifest(manifest, ends);
  const sections = [
    { bytes: encodeManifest(manifest, ends.features), align: 1 },
    { bytes: normalisationBytes(manifest.normalisation), align: 4 },
    { bytes: tflite, align: 16 },
    { bytes: goldenBytes(golden), align: 4 },
  ];
  let end = headerBytes;
  const placed = sections.map(({ bytes, align }) => {
    const offset = bytes.length === 0 ? 0 : roundUp(end, align);
    if (offset > 0) end = offset + bytes.length;
    return { bytes, offset };
  });
  const image = new Uint8Array(roundUp(end, 16));
  const view = new DataView(image.buffer);
  view.setUint32(0, magic, true);
  view.setUint16(4, formatVersion, true);
  view.setUint16(6, headerBytes, true);
  view.setUint32(8, image.length, true);
  placed.forEach(({ bytes, offset }, i) => {
    view.setUint32(12 + 8 * i, offset, true);
    view.setUint32(16 + 8 * i, bytes.length, true);
    image.set(bytes, offset);
  });
  view.setUint32(crcOffset, headerCrcOf(image), true);
  return image;
}

function broken(what: string): DeployError {
  return new DeployError(
    'bad-image',
    `This is not a usable model image: ${what}.`,
    'Make the image again from the trained model.',
  );
}

/** Takes an image apart. @throws DeployError `bad-image`, or CompressError where the model inside is damaged. */
export function parseImage(image: Uint8Array): ParsedImage {
  if (image.length < headerBytes) throw broken('it is too short');
  const view = new DataView(image.buffer, image.byteOffset, image.byteLength);
  if (view.getUint32(0, true) !== magic) throw broken('it does not begin with "DMOU"');
  const version = view.getUint16(4, true);
  if (version !== formatVersion)
    throw new DeployError(
      'bad-image',
      `This model image is of version ${version}; only version 1 can be read.`,
      'Update Dormouse, then open it again.',
    );
  const length = view.getUint32(8, true);
  if (view.getUint16(6, true) !== headerBytes || length % 16 !== 0 || length > largestImage)
    throw broken('its header is damaged');
  if (length !== image.length) throw broken(`it says it has ${length} bytes but has ${image.length}`);
  if (view.getUint32(crcOffset, true) !== headerCrcOf(image)) throw broken('its checksum is wrong');
  const section = (i: number, align: number): Uint8Array => {
    const offset = view.getUint32(12 + 8 * i, true);
    const bytes = view.getUint32(16 + 8 * i, true);
    if (offset === 0 && bytes === 0) return new Uint8Array(0);
    if (offset < headerBytes || offset % align !== 0 || offset + bytes > length)
      throw broken('a part of it lies outside of it');
    return image.slice(offset, offset + bytes);
  };
  const { manifest, features } = decodeManifest(section(0, 1));
  const tflite = section(2, 16);
  const ends = modelEnds(tflite);
  if (ends.features !== features || ends.scores !== manifest.labels.length)
    throw broken('its manifest does not belong to its model');
  return {
    manifest: { ...manifest, normalisation: normalisationOf(section(1, 4)) },
    tflite,
    golden: goldenOf(section(3, 4)),
    crc: crc32(image) >>> 0,
  };
}

function floatsOf(bytes: Uint8Array): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float32Array.from({ length: bytes.length / 4 }, (_, i) => view.getFloat32(4 * i, true));
}

function normalisationOf(bytes: Uint8Array): Normalisation {
  if (bytes.length % 8 !== 0) throw broken('its normalisation is cut short');
  const values = floatsOf(bytes);
  return { mean: values.slice(0, values.length / 2), inverseStd: values.slice(values.length / 2) };
}

function goldenOf(bytes: Uint8Array): GoldenVector[] {
  if (bytes.length === 0) return [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const need = (at: number, count: number): void => {
    if (at + count > bytes.length) throw broken('its golden vectors are cut short');
  };
  need(0, 4);
  const count = view.getUint32(0, true);
  const vectors: GoldenVector[] = [];
  let at = 4;
  for (let i = 0; i < count; i++) {
    need(at, 12);
    const lengths = [0, 4, 8].map((offset) => view.getUint32(at + offset, true));
    at += 12;
    const [window, input, output] = lengths.map((size) => {
      need(at, size);
      const part = bytes.slice(at, at + size);
      at += roundUp(size, 4);
      return part;
    });
    vectors.push({
      window: window.length > 0 ? floatsOf(window) : undefined,
      input: new Int8Array(input.buffer),
      output: new Int8Array(output.buffer),
    });
  }
  return vectors;
}

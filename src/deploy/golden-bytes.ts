/** Golden vectors as they lie in a model image (firmware/MODEL_SLOT.md 1), of both versions. */
import { crc32 } from 'node:zlib';
import type { Picture } from '../core';
import { DeployError } from './errors';
import type { GoldenVector } from './types';

export const roundUp = (value: number, step: number): number => Math.ceil(value / step) * step;

export function broken(what: string): DeployError {
  return new DeployError(
    'bad-image',
    `This is not a usable model image: ${what}.`,
    'Make the image again from the trained model.',
  );
}

export function littleEndianFloats(values: ArrayLike<number>): Uint8Array {
  const bytes = new Uint8Array(values.length * 4);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < values.length; i++) view.setFloat32(4 * i, values[i], true);
  return bytes;
}

export function floatsOf(bytes: Uint8Array): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float32Array.from({ length: bytes.length / 4 }, (_, i) => view.getFloat32(4 * i, true));
}

const pixelFormats: readonly Picture['format'][] = ['gray8', 'rgb565', 'rgb888'];
const bytesPerPixel: Readonly<Record<Picture['format'], number>> = { gray8: 1, rgb565: 2, rgb888: 3 };
const pictureHeader = 8;

/** A picture as INFER_DATA of kind 3 carries it: u16 width, u16 height, u8 format, three zeros, its bytes. */
export function pictureBytes({ width, height, format, bytes }: Picture): Uint8Array {
  if (bytes.length !== width * height * bytesPerPixel[format])
    throw new DeployError(
      'bad-manifest',
      `A picture of ${width} by ${height} pixels has not ${bytes.length} bytes.`,
      'Train the model again, then deploy it.',
    );
  const data = new Uint8Array(pictureHeader + bytes.length);
  const view = new DataView(data.buffer);
  view.setUint16(0, width, true);
  view.setUint16(2, height, true);
  data[4] = pixelFormats.indexOf(format);
  data.set(bytes, pictureHeader);
  return data;
}

function pictureOf(data: Uint8Array): Picture {
  if (data.length < pictureHeader) throw broken('a test picture is cut short');
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const [width, height] = [view.getUint16(0, true), view.getUint16(2, true)];
  const format = pixelFormats.at(data[4]);
  const bytes = data.slice(pictureHeader);
  if (!format || bytes.length !== width * height * bytesPerPixel[format]) throw broken('a test picture is damaged');
  return { width, height, format, bytes };
}

function shortsBytes(values: Int16Array): Uint8Array {
  const bytes = new Uint8Array(values.length * 2);
  const view = new DataView(bytes.buffer);
  values.forEach((value, i) => view.setInt16(2 * i, value, true));
  return bytes;
}

function shortsOf(bytes: Uint8Array): Int16Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Int16Array.from({ length: bytes.length >> 1 }, (_, i) => view.getInt16(2 * i, true));
}

const unsigned = (values: Int8Array): Uint8Array => new Uint8Array(values.buffer, values.byteOffset, values.byteLength);

/** The numbers of a vector's head, then its byte strings, each padded to 4. */
interface Coded {
  readonly head: readonly number[];
  readonly parts: readonly Uint8Array[];
}

function codeFirst({ window, input, output }: GoldenVector): Coded {
  const parts = [window ? littleEndianFloats(window) : new Uint8Array(0), unsigned(input), unsigned(output)];
  return { head: parts.map((part) => part.length), parts };
}

/** Float bits of "not to be checked". */
const noScore = 0x7fc00000;

function scoreBits(score: number | undefined): number {
  if (score === undefined) return noScore;
  const view = new DataView(new ArrayBuffer(4));
  view.setFloat32(0, score, true);
  return view.getUint32(0, true);
}

function scoreOf(bits: number): number | undefined {
  if (bits === noScore) return undefined;
  const view = new DataView(new ArrayBuffer(4));
  view.setUint32(0, bits, true);
  return view.getFloat32(0, true);
}

function dataOf(vector: GoldenVector): { kind: number; data: Uint8Array } {
  if (vector.window) return { kind: 0, data: littleEndianFloats(vector.window) };
  if (vector.sound) return { kind: 2, data: shortsBytes(vector.sound) };
  if (vector.picture) return { kind: 3, data: pictureBytes(vector.picture) };
  return { kind: 1, data: unsigned(vector.input) };
}

function codeSecond(vector: GoldenVector): Coded {
  const { kind, data } = dataOf(vector);
  const inputCrc = vector.inputCrc ?? crc32(unsigned(vector.input)) >>> 0;
  const head = [kind, data.length, inputCrc, vector.output.length, scoreBits(vector.score)];
  return { head, parts: [data, unsigned(vector.output)] };
}

export function goldenBytes(vectors: readonly GoldenVector[], version: number): Uint8Array {
  if (vectors.length === 0) return new Uint8Array(0);
  const coded = vectors.map(version === 1 ? codeFirst : codeSecond);
  const lengthOf = ({ head, parts }: Coded): number =>
    parts.reduce((bytes, part) => bytes + roundUp(part.length, 4), 4 * head.length);
  const bytes = new Uint8Array(coded.reduce((sum, one) => sum + lengthOf(one), 4));
  const view = new DataView(bytes.buffer);
  view.setUint32(0, vectors.length, true);
  let at = 4;
  for (const { head, parts } of coded) {
    for (const number of head) {
      view.setUint32(at, number, true);
      at += 4;
    }
    for (const part of parts) {
      bytes.set(part, at);
      at += roundUp(part.length, 4);
    }
  }
  return bytes;
}

/** Takes numbers and byte strings off the section, one after the other. */
class GoldenReader {
  private at = 0;
  private readonly view: DataView;

  constructor(private readonly bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  numbers(count: number): number[] {
    this.need(4 * count);
    const numbers = Array.from({ length: count }, (_, i) => this.view.getUint32(this.at + 4 * i, true));
    this.at += 4 * count;
    return numbers;
  }

  part(size: number): Uint8Array<ArrayBuffer> {
    this.need(size);
    const part = new Uint8Array(this.bytes.slice(this.at, this.at + size));
    this.at += roundUp(size, 4);
    return part;
  }

  private need(count: number): void {
    if (this.at + count > this.bytes.length) throw broken('its golden vectors are cut short');
  }
}

function firstOf(reader: GoldenReader): GoldenVector {
  const [window, input, output] = reader.numbers(3).map((size) => reader.part(size));
  return {
    window: window.length > 0 ? floatsOf(window) : undefined,
    input: new Int8Array(input.buffer),
    output: new Int8Array(output.buffer),
  };
}

function secondOf(reader: GoldenReader): GoldenVector {
  const [kind, size, inputCrc, outputSize, bits] = reader.numbers(5);
  if (kind > 3) throw broken('its golden vectors are of a kind that is not known');
  const data = reader.part(size);
  const output = new Int8Array(reader.part(outputSize).buffer);
  const common = {
    inputCrc,
    output,
    score: scoreOf(bits),
    input: kind === 1 ? new Int8Array(data.buffer) : new Int8Array(0),
  };
  if (kind === 0) return { ...common, window: floatsOf(data) };
  if (kind === 2) return { ...common, sound: shortsOf(data) };
  return kind === 3 ? { ...common, picture: pictureOf(data) } : common;
}

/** @throws DeployError `bad-image`. */
export function goldenOf(bytes: Uint8Array, version: number): GoldenVector[] {
  if (bytes.length === 0) return [];
  const reader = new GoldenReader(bytes);
  const [count] = reader.numbers(1);
  const vectors: GoldenVector[] = [];
  for (let i = 0; i < count; i++) vectors.push(version === 1 ? firstOf(reader) : secondOf(reader));
  return vectors;
}

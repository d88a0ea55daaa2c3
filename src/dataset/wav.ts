/**
 * WAV in and out. Reads PCM of 8, 16, 24 and 32 bits and 32- and 64-bit float, any number of channels up to 64, by
 * walking the chunks with every length checked against the file's real size; writes 16-bit PCM. Values are on the
 * scale of 16-bit samples, -32768 to 32767, because that is what a board's microphone delivers. Source: Microsoft,
 * "Multimedia Programming Interface and Data Specifications 1.0" (1991) and its WAVEFORMATEXTENSIBLE supplement.
 *
 * Knows nothing of captures or folders.
 */
import { DatasetError } from './errors';

export interface Sound {
  readonly rateHz: number;
  readonly channels: number;
  /** frames * channels, interleaved, on the scale of 16-bit samples. */
  readonly values: Float32Array;
  /** One plain sentence each. */
  readonly warnings: readonly string[];
}

interface Format {
  readonly tag: number;
  readonly channels: number;
  readonly rateHz: number;
  readonly bits: number;
}

const PCM = 1;
const FLOAT = 3;
const EXTENSIBLE = 0xfffe;

function bad(what: string): DatasetError {
  return new DatasetError('bad-file', what, 'Save the sound again as 16-bit PCM WAV and import that.');
}

function tagAt(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + 4));
}

function readFormat(view: DataView, at: number, length: number): Format {
  if (length < 16) throw bad('This WAV file has a damaged format description.');
  let tag = view.getUint16(at, true);
  // An extensible format keeps the real tag in the first two bytes of its sub-format GUID.
  if (tag === EXTENSIBLE && length >= 40) tag = view.getUint16(at + 24, true);
  const format = {
    tag,
    channels: view.getUint16(at + 2, true),
    rateHz: view.getUint32(at + 4, true),
    bits: view.getUint16(at + 14, true),
  };
  const known =
    (tag === PCM && [8, 16, 24, 32].includes(format.bits)) || (tag === FLOAT && [32, 64].includes(format.bits));
  if (!known) throw bad(`This WAV file is compressed or of a rare kind (format ${tag}, ${format.bits} bits).`);
  if (format.channels < 1 || format.channels > 64) throw bad(`This WAV file says it has ${format.channels} channels.`);
  if (format.rateHz < 1 || format.rateHz > 1_000_000) throw bad(`This WAV file says it has ${format.rateHz} Hz.`);
  return format;
}

/** One sample as a number on the 16-bit scale. */
function sampleReader(format: Format, view: DataView): (at: number) => number {
  if (format.tag === FLOAT) {
    return format.bits === 32 ? (at) => view.getFloat32(at, true) * 32768 : (at) => view.getFloat64(at, true) * 32768;
  }
  if (format.bits === 8) return (at) => (view.getUint8(at) - 128) * 256;
  if (format.bits === 24) return (at) => ((view.getInt8(at + 2) << 16) | view.getUint16(at, true)) / 256;
  return (at) => view.getInt32(at, true) / 65536;
}

export function looksLikeWav(bytes: Uint8Array): boolean {
  return bytes.length >= 12 && ['RIFF', 'RIFX', 'RF64'].includes(tagAt(bytes, 0)) && tagAt(bytes, 8) === 'WAVE';
}

/** Throws DatasetError 'bad-file' with a plain sentence; never reads past the bytes, whatever the lengths say. */
export function readWav(bytes: Uint8Array): Sound {
  if (!looksLikeWav(bytes)) throw bad('This is not a WAV file.');
  if (tagAt(bytes, 0) !== 'RIFF') throw bad(`This WAV file is of the kind ${tagAt(bytes, 0)}, which is not supported.`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const warnings: string[] = [];
  let format: Format | undefined;
  for (let at = 12; at + 8 <= bytes.length;) {
    const tag = tagAt(bytes, at);
    const said = view.getUint32(at + 4, true);
    const start = at + 8;
    const length = Math.min(said, bytes.length - start);
    if (tag === 'fmt ') format = readFormat(view, start, length);
    if (tag === 'data') {
      if (!format) throw bad('This WAV file has its sound before the description of its format.');
      // Recorders that stream leave 0 or 0xffffffff here; what is really in the file counts.
      if (said > length) warnings.push('The WAV file is shorter than it says; the sound that is there was taken.');
      return { ...readSamples(format, view, start, length), warnings };
    }
    at = start + length + (length & 1);
  }
  throw bad('This WAV file has no sound in it.');
}

function readSamples(format: Format, view: DataView, start: number, length: number): Omit<Sound, 'warnings'> {
  const bytesPerSample = format.bits / 8;
  const frames = Math.floor(length / (bytesPerSample * format.channels));
  if (frames === 0) throw bad('This WAV file has no sound in it.');
  const values = new Float32Array(frames * format.channels);
  const common = format.tag === PCM && format.bits === 16;
  if (common) {
    // Nearly all sound there is: without a call per sample it is read several times as fast.
    for (let i = 0; i < values.length; i++) values[i] = view.getInt16(start + i * 2, true);
    return { rateHz: format.rateHz, channels: format.channels, values };
  }
  const read = sampleReader(format, view);
  for (let i = 0; i < values.length; i++) {
    const value = read(start + i * bytesPerSample);
    values[i] = Number.isFinite(value) ? value : 0;
  }
  return { rateHz: format.rateHz, channels: format.channels, values };
}

/** True where `writeWav` loses nothing: whole 16-bit numbers at a whole rate. */
export function fitsWav(values: Float32Array, rateHz: number): boolean {
  if (!Number.isInteger(rateHz) || rateHz < 1 || rateHz > 1_000_000) return false;
  return values.every((value) => Number.isInteger(value) && value >= -32768 && value <= 32767);
}

/** 16-bit PCM; values are rounded and clamped to 16 bits. */
export function writeWav(values: Float32Array, channels: number, rateHz: number): Uint8Array {
  const bytes = new Uint8Array(44 + values.length * 2);
  const view = new DataView(bytes.buffer);
  const text = (at: number, tag: string): void =>
    bytes.set(
      [...tag].map((letter) => letter.charCodeAt(0)),
      at,
    );
  text(0, 'RIFF');
  view.setUint32(4, bytes.length - 8, true);
  text(8, 'WAVE');
  text(12, 'fmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, PCM, true);
  view.setUint16(22, channels, true);
  view.setUint32(24, Math.round(rateHz), true);
  view.setUint32(28, Math.round(rateHz) * channels * 2, true);
  view.setUint16(32, channels * 2, true);
  view.setUint16(34, 16, true);
  text(36, 'data');
  view.setUint32(40, values.length * 2, true);
  for (let i = 0; i < values.length; i++) {
    view.setInt16(44 + i * 2, Math.max(-32768, Math.min(32767, Math.round(values[i]))), true);
  }
  return bytes;
}

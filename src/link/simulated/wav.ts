/**
 * WAV files for a simulated microphone to play: whole numbers of 8 to 32 bits and floats, any channels, any rate. As
 * much of the format as playing needs; the dataset's importer is the one that says what is wrong with a file.
 */
import { sine } from '../../base';

export interface PlayedSound {
  readonly rateHz: number;
  /** int16 counts, the mean of all channels. */
  readonly values: Float32Array;
}

type Sample = (view: DataView, at: number) => number;

/** By format code and bits: how to read one sample as a part of 32768. Codes: RFC 2361; 0xfffe is resolved before. */
function sampleOf(code: number, bits: number): Sample | undefined {
  if (code === 3 && bits === 32) return (view, at) => view.getFloat32(at, true) * 32768;
  if (code === 3 && bits === 64) return (view, at) => view.getFloat64(at, true) * 32768;
  if (code !== 1) return undefined;
  if (bits === 8) return (view, at) => (view.getUint8(at) - 128) * 256;
  if (bits === 16) return (view, at) => view.getInt16(at, true);
  if (bits === 24) return (view, at) => ((view.getUint16(at, true) << 8) | (view.getInt8(at + 2) << 24)) / 65536;
  if (bits === 32) return (view, at) => view.getInt32(at, true) / 65536;
  return undefined;
}

interface Format {
  readonly channels: number;
  readonly rateHz: number;
  readonly bytes: number;
  readonly sample: Sample;
}

function readFormat(view: DataView, body: number, length: number): Format | undefined {
  const bits = view.getUint16(body + 14, true);
  const plain = view.getUint16(body, true);
  const code = plain === 0xfffe && length >= 26 ? view.getUint16(body + 24, true) : plain;
  const channels = view.getUint16(body + 2, true);
  const rateHz = view.getUint32(body + 4, true);
  const sample = sampleOf(code, bits);
  if (!sample || channels < 1 || channels > 64 || rateHz < 100 || rateHz > 1_000_000) return undefined;
  return { channels, rateHz, bytes: bits / 8, sample };
}

/** undefined for what is no such file. Lengths in the file are never trusted. */
export function readPlayedWav(bytes: Uint8Array): PlayedSound | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const tag = (at: number): string => String.fromCharCode(...bytes.subarray(at, at + 4));
  if (bytes.length < 44 || tag(0) !== 'RIFF' || tag(8) !== 'WAVE') return undefined;
  let format: Format | undefined;
  for (let at = 12; at + 8 <= bytes.length;) {
    const length = view.getUint32(at + 4, true);
    const body = at + 8;
    const end = Math.min(body + length, bytes.length);
    if (tag(at) === 'fmt ' && end - body >= 16) {
      format = readFormat(view, body, end - body);
      if (!format) return undefined;
    } else if (tag(at) === 'data' && format) {
      return { rateHz: format.rateHz, values: mixed(view, body, end, format) };
    }
    at = body + length + (length & 1);
  }
  return undefined;
}

function mixed(view: DataView, body: number, end: number, { channels, bytes, sample }: Format): Float32Array {
  const frames = Math.floor((end - body) / (bytes * channels));
  const values = new Float32Array(frames);
  for (let i = 0, at = body; i < frames; i++) {
    let sum = 0;
    for (let channel = 0; channel < channels; channel++, at += bytes) sum += sample(view, at);
    const mean = sum / channels;
    // A float may be anything at all.
    values[i] = Number.isFinite(mean) ? Math.max(-32768, Math.min(32767, mean)) : 0;
  }
  return values;
}

const phases = 64;
const reach = 12;

/**
 * A sound of a higher rate brought down to `rateHz`: a windowed sinc (Hann, 24 zero crossings) takes away what the lower
 * rate cannot hold. Sounds of the same or a lower rate stay as they are.
 */
export function broughtDown(sound: PlayedSound, rateHz: number): PlayedSound {
  const ratio = sound.rateHz / rateHz;
  if (ratio <= 1.001) return sound;
  const taps = Math.ceil(reach * ratio);
  const kernels = Array.from({ length: phases }, (_, phase) => kernelOf(phase / phases, taps, ratio));
  const values = new Float32Array(Math.floor(sound.values.length / ratio));
  for (let i = 0; i < values.length; i++) {
    const place = i * ratio;
    const whole = Math.floor(place);
    const kernel = kernels[Math.min(phases - 1, Math.floor((place - whole) * phases))];
    let sum = 0;
    for (let j = -taps + 1; j <= taps; j++) sum += (sound.values[whole + j] ?? 0) * kernel[j + taps - 1];
    values[i] = sum;
  }
  return { rateHz, values };
}

function kernelOf(part: number, taps: number, ratio: number): Float64Array {
  const kernel = new Float64Array(2 * taps);
  let sum = 0;
  for (let j = 0; j < kernel.length; j++) {
    const x = (j - taps + 1 - part) / ratio;
    const sinc = Math.abs(x) < 1e-9 ? 1 : sine(x / 2) / (Math.PI * x);
    kernel[j] = sinc * Math.max(0, 0.5 + 0.5 * sine(0.25 + x / (2 * reach)));
    sum += kernel[j];
  }
  return kernel.map((value) => value / sum);
}

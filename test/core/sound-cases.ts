/** Sounds and settings for the tests of the sound blocks: random ones, and recordings. */
import { readFileSync } from 'node:fs';
import type { Random } from '../../src/base';
import { dspParameterTables, soundKinds, type DspBlock, type WindowShape } from '../../src/core';

export interface SoundCase {
  readonly block: DspBlock;
  readonly shape: WindowShape;
  /** Whole counts, unless `scale-axes` is meant to make them so. */
  readonly values: Float32Array;
}

export function parameter(block: DspBlock, name: string): number {
  return block.params[dspParameterTables[block.kind].findIndex((each) => each.name === name)];
}

export function soundBlock(kind: DspBlock['kind'], changes: Readonly<Record<string, number>> = {}): DspBlock {
  return { kind, params: dspParameterTables[kind].map((each) => changes[each.name] ?? each.default) };
}

/** Counts: tones, noise, clicks and pauses at any loudness from a count or two to clipping. */
export function randomSound(random: Random, length: number): Float32Array {
  const sound = new Float32Array(length);
  const level = 2 ** (random.uniform() * 16);
  const kind = random.below(6);
  const turns = [random.uniform() * 3, random.uniform() * 3, random.uniform() * 0.2];
  const noise = [1, 0.1, 0.01][random.below(3)];
  for (let i = 0; i < length; i++) {
    let value = noise * level * random.normal();
    if (kind === 1 || kind === 2) value += level * Math.sin(turns[0] * i) + level * 0.1 * Math.sin(turns[1] * i);
    if (kind === 2) value *= 0.5 + 0.5 * Math.sin(turns[2] * 0.01 * i);
    if (kind === 3) value += 3 * level;
    if (kind === 4 && i % 700 === 0) value += 10 * level;
    if (kind === 5 && i % 2000 > 1200) value = 0;
    sound[i] = Math.max(-32768, Math.min(32767, Math.round(value)));
  }
  return sound;
}

/** Settings that fit together, and a window for them; drawn again until the block takes them. */
export function randomSettings(
  random: Random,
  fits: (block: DspBlock, shape: WindowShape) => boolean,
): Omit<SoundCase, 'values'> {
  for (;;) {
    const kind = soundKinds[random.below(3)];
    const rateHz = [8000, 16000, 11025, 4000, 16000.5][random.below(5)];
    const frame = 0.004 + 0.036 * random.uniform();
    const filters = 2 + random.below(60);
    const low = random.below(2) * random.uniform() * 500;
    const block = soundBlock(kind, {
      'frame-length': random.below(3) ? 0.02 : Math.fround(frame),
      'frame-stride': random.below(3) ? 0.01 : Math.fround(0.005 + random.uniform() * 0.04),
      'fft-length': 2 ** (4 + random.below(7)),
      'noise-floor-db': -20 - random.below(60),
      'num-filters': filters,
      'low-frequency': Math.fround(low),
      'high-frequency': random.below(2) ? 0 : Math.fround(low + 100 + random.uniform() * (rateHz / 2 - low - 100)),
      'num-cepstral': 1 + random.below(Math.min(20, filters)),
      'win-size': [0, 1, 9, 101, 101, 301][random.below(6)],
      'pre-cof': Math.fround([0, 0.5, 0.97, 0.98, 1, random.uniform()][random.below(6)]),
      'pre-shift': random.below(4) ? 1 : 1 + random.below(6),
    });
    const shape = { frames: 40 + random.below(6000), axes: 1, rateHz };
    if (fits(block, shape)) return { block, shape };
  }
}

/** The samples of a 16-bit WAV file with one channel. */
export function readWav(path: string): { rateHz: number; values: Float32Array } {
  const bytes = readFileSync(path);
  let at = 12;
  while (bytes.toString('latin1', at, at + 4) !== 'data') at += 8 + bytes.readUInt32LE(at + 4);
  const count = Math.min(bytes.readUInt32LE(at + 4), bytes.length - at - 8) >> 1;
  const values = Float32Array.from({ length: count }, (_, i) => bytes.readInt16LE(at + 8 + 2 * i));
  return { rateHz: bytes.readUInt32LE(24), values };
}

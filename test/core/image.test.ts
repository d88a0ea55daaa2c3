/** The image block: its arithmetic against fractions computed the long way, and both of its entries against each other. */
import { beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../src/base';
import { loadCore, type Core, type DspBlock, type Picture } from '../../src/core';

type Mode = 0 | 1 | 2;
const block = (width: number, height: number, channels: 1 | 3, mode: Mode): DspBlock => ({
  kind: 'image',
  params: [width, height, channels, mode],
});

/** Share of each of `from` pixels in pixel `i` of `to`, exact as [numerators, denominator]. */
function weights(from: number, to: number, i: number): [Map<number, bigint>, bigint] {
  const shares = new Map<number, bigint>();
  const add = (pixel: number, units: number): void => {
    const inside = Math.min(from - 1, Math.max(0, pixel));
    if (units > 0) shares.set(inside, (shares.get(inside) ?? 0n) + BigInt(units));
  };
  if (from >= to) {
    for (let pixel = 0; pixel < from; pixel++)
      add(pixel, Math.min((pixel + 1) * to, (i + 1) * from) - Math.max(pixel * to, i * from));
    return [shares, BigInt(from)];
  }
  const position = (2 * i + 1) * from - to;
  const below = Math.floor(position / (2 * to));
  add(below, 2 * to - (position - below * 2 * to));
  add(below + 1, position - below * 2 * to);
  return [shares, BigInt(2 * to)];
}

/** One channel, resized; halves round up. */
function resized(plane: (x: number, y: number) => number, from: number[], to: number[]): number[] {
  const out: number[] = [];
  for (let y = 0; y < to[1]; y++) {
    const [down, rows] = weights(from[1], to[1], y);
    for (let x = 0; x < to[0]; x++) {
      const [across, columns] = weights(from[0], to[0], x);
      let sum = 0n;
      for (const [row, a] of down) for (const [column, b] of across) sum += a * b * BigInt(plane(column, row));
      const total = rows * columns;
      out.push(Number((2n * sum + total) / (2n * total)));
    }
  }
  return out;
}

/** The picture's pixels as a window of 1 or 3 axes. */
function pixelsOf(picture: Picture): { values: Float32Array; axes: number } {
  const { bytes, format } = picture;
  if (format === 'gray8') return { values: Float32Array.from(bytes), axes: 1 };
  if (format === 'rgb888') return { values: Float32Array.from(bytes), axes: 3 };
  const values: number[] = [];
  for (let i = 0; i < bytes.length; i += 2) {
    const pixel = bytes[i] + 256 * bytes[i + 1];
    const [r, g, b] = [pixel >> 11, (pixel >> 5) & 63, pixel & 31];
    values.push(r * 8 + (r >> 2), g * 4 + (g >> 4), b * 8 + (b >> 2));
  }
  return { values: Float32Array.from(values), axes: 3 };
}

const formats = ['gray8', 'rgb565', 'rgb888'] as const;
const bytesPerPixel = { gray8: 1, rgb565: 2, rgb888: 3 };

function randomPicture(random: Random, most: number): Picture {
  const format = formats[random.below(3)];
  const [width, height] = [1 + random.below(most), 1 + random.below(most)];
  const bytes = Uint8Array.from({ length: width * height * bytesPerPixel[format] }, () => random.below(256));
  return { bytes, width, height, format };
}

function shapeOf(picture: Picture, axes: number) {
  return { frames: picture.width * picture.height, axes, rateHz: 1, width: picture.width };
}

describe('the image block', () => {
  let core: Core;
  beforeAll(async () => {
    core = await loadCore();
  });

  it('resizes, cuts, borders and mixes colours exactly as defined', () => {
    const random = new Random(1);
    for (let i = 0; i < 150; i++) {
      const picture = randomPicture(random, 24);
      const [width, height] = [1 + random.below(20), 1 + random.below(20)];
      const channels = random.below(2) === 0 ? 1 : 3;
      const mode = random.below(3) as Mode;
      const it = block(width, height, channels, mode);
      const { crop, place } = core.imageGeometry(it, picture.width, picture.height);
      const { values, axes } = pixelsOf(picture);
      const expected = new Float32Array(width * height * channels);
      for (let c = 0; c < channels; c++) {
        const plane = (x: number, y: number): number => {
          const at = ((crop.y + y) * picture.width + crop.x + x) * axes;
          if (axes === 1) return values[at];
          if (channels === 3) return values[at + c];
          return (77 * values[at] + 150 * values[at + 1] + 29 * values[at + 2] + 128) >> 8;
        };
        const inner = resized(plane, [crop.width, crop.height], [place.width, place.height]);
        inner.forEach((value, k) => {
          const [x, y] = [place.x + (k % place.width), place.y + Math.floor(k / place.width)];
          expected[(y * width + x) * channels + c] = value / 255;
        });
      }
      expect(core.features(it, shapeOf(picture, axes), values)).toEqual(expected);
    }
  });

  it('makes the model input from bytes to the bit as from a window', () => {
    const random = new Random(2);
    for (let i = 0; i < 400; i++) {
      const picture = randomPicture(random, 40);
      const channels = random.below(2) === 0 ? 1 : 3;
      const it = block(1 + random.below(30), 1 + random.below(30), channels, random.below(3) as Mode);
      const { values, axes } = pixelsOf(picture);
      const features = core.features(it, shapeOf(picture, axes), values);
      expect(core.imageFeatures(it, picture)).toEqual(features);
      const period = [0, 1, channels, features.length][random.below(4)];
      const normalisation = {
        mean: Float32Array.from({ length: period }, () => random.uniform()),
        inverseStd: Float32Array.from({ length: period }, () => 10 * random.uniform()),
      };
      const [scale, zeroPoint] = [0.001 + random.uniform() / 50, random.below(256) - 128];
      const normalised = period === 0 ? features : core.normalise(features, normalisation);
      const input = core.imageInput(it, picture, period === 0 ? undefined : normalisation, scale, zeroPoint);
      expect(input).toEqual(core.quantise(normalised, scale, zeroPoint));
    }
  });

  it('cuts the middle, fits the whole, or squashes', () => {
    const geometry = (mode: Mode, width: number, height: number) =>
      core.imageGeometry(block(96, 96, 1, mode), width, height);
    expect(geometry(0, 160, 120)).toEqual({
      crop: { x: 20, y: 0, width: 120, height: 120 },
      place: { x: 0, y: 0, width: 96, height: 96 },
    });
    expect(geometry(1, 160, 120)).toEqual({
      crop: { x: 0, y: 0, width: 160, height: 120 },
      place: { x: 0, y: 12, width: 96, height: 72 },
    });
    expect(geometry(2, 30, 4000).crop).toEqual({ x: 0, y: 0, width: 30, height: 4000 });
    expect(geometry(1, 1, 4000).place).toMatchObject({ width: 1, height: 96 });
  });

  it('takes the largest pictures without overflowing, and says so of larger ones', () => {
    const white = (width: number, height: number): Picture => ({
      bytes: new Uint8Array(width * height).fill(255),
      width,
      height,
      format: 'gray8',
    });
    expect(core.imageFeatures(block(3, 5, 1, 2), white(4096, 4096)).every((value) => value === 1)).toBe(true);
    expect(core.imageFeatures(block(1021, 1023, 1, 2), white(1020, 1022)).every((value) => value === 1)).toBe(true);
    expect(() => core.imageFeatures(block(3, 5, 1, 2), white(4097, 1))).toThrow(
      expect.objectContaining({ code: 'too-large' }),
    );
  });

  it('rounds and clamps window values, and refuses what is no picture', () => {
    const it = block(2, 1, 1, 2);
    const shape = { frames: 2, axes: 1, rateHz: 1, width: 2 };
    expect([...core.features(it, shape, Float32Array.of(-7, 300))]).toEqual([0, 1]);
    const refused = (over: object, code: string): void => {
      const values = new Float32Array(12);
      const window = { ...shape, ...over };
      expect(() => core.features(it, window, values.subarray(0, window.frames * window.axes))).toThrow(
        expect.objectContaining({ code }),
      );
    };
    refused({ width: 0 }, 'bad-parameter');
    refused({ frames: 3 }, 'bad-parameter');
    refused({ axes: 2 }, 'bad-parameter');
    expect(() => core.features(it, shape, Float32Array.of(Number.NaN, 0))).toThrow(
      expect.objectContaining({ code: 'not-finite' }),
    );
    expect(() =>
      core.features(block(2, 2, 1, 2), { ...shape, frames: 2 ** 21, width: 1 }, new Float32Array(2 ** 21)),
    ).toThrow(expect.objectContaining({ code: 'too-large' }));
  });
});

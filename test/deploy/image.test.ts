/** Model images, byte for byte. */
import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { DormouseError } from '../../src/base';
import { buildImage, parseImage, type GoldenVector } from '../../src/deploy';
import { sampleModel } from './sample-model';

const { manifest, tflite } = sampleModel(1);
const golden: GoldenVector[] = [
  {
    window: Float32Array.from({ length: 60 }, (_, i) => i / 8),
    input: new Int8Array(60).fill(-3),
    output: Int8Array.of(1, 2, 3),
  },
  { input: new Int8Array(60).fill(7), output: Int8Array.of(-128, 127, 0) },
];

describe('a model image', () => {
  const image = buildImage(manifest, tflite, golden);
  const view = new DataView(image.buffer);

  it('has the header that the document describes', () => {
    expect(new TextDecoder().decode(image.subarray(0, 4))).toBe('DMOU');
    expect([view.getUint16(4, true), view.getUint16(6, true), view.getUint32(8, true)]).toEqual([1, 48, image.length]);
    expect(image.length % 16).toBe(0);
    expect(view.getUint32(20, true) % 4).toBe(0);
    expect(view.getUint32(28, true) % 16).toBe(0);
    expect(view.getUint32(32, true)).toBe(tflite.length);
    expect(view.getUint32(36, true) % 4).toBe(0);
    expect(image.subarray(view.getUint32(28, true)).subarray(4, 8)).toEqual(new TextEncoder().encode('TFL3'));
  });

  it('has the manifest keys in the order of the document', () => {
    const text = Buffer.from(image.subarray(48, 48 + view.getUint32(16, true))).toString('latin1');
    const keys = [
      'name',
      'labels',
      'sensor',
      'axes',
      'units',
      'rate',
      'window',
      'stride',
      'dsp',
      'params',
      'features',
      'threshold',
      'smoothing',
      'arena',
    ];
    const places = keys.map((key) => text.indexOf(String.fromCharCode(0x60 + key.length) + key));
    expect(places.every((place, i) => place > (places[i - 1] ?? 0))).toBe(true);
    expect(image[48]).toBe(0xa0 + keys.length + 1);
  });

  it('comes apart into what it was made of', () => {
    const parsed = parseImage(image);
    expect(parsed.manifest).toEqual(manifest);
    expect(parsed.tflite).toEqual(tflite);
    expect(parsed.golden.map(({ window, input, output }) => [window ?? null, input, output])).toEqual(
      golden.map(({ window, input, output }) => [window ?? null, input, output]),
    );
    expect(buildImage(parsed.manifest, parsed.tflite, parsed.golden)).toEqual(image);
  });

  it('works without normalisation and golden vectors', () => {
    const bare = { ...manifest, normalisation: { mean: new Float32Array(0), inverseStd: new Float32Array(0) } };
    const small = buildImage(bare, tflite, []);
    expect(new DataView(small.buffer).getUint32(20, true)).toBe(0);
    expect(parseImage(small).golden).toEqual([]);
  });

  it('is refused after any change to any byte, with a plain sentence', () => {
    fc.assert(
      fc.property(fc.nat(image.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const damaged = image.slice();
        damaged[at] ^= change;
        expect(() => parseImage(damaged)).toThrow(DormouseError);
      }),
      { numRuns: 2000, seed: 3 },
    );
    for (const length of [0, 3, 47, 48, image.length - 1])
      expect(() => parseImage(image.subarray(0, length))).toThrow(expect.objectContaining({ code: 'bad-image' }));
  });

  it('is not made from parts that contradict each other', () => {
    const wrong = [
      { ...manifest, axes: ['x'] },
      { ...manifest, labels: [] },
      { ...manifest, normalisation: { mean: new Float32Array(7), inverseStd: new Float32Array(7) } },
      { ...manifest, normalisation: { mean: Float32Array.of(NaN), inverseStd: Float32Array.of(1) } },
      { ...manifest, strideFrames: 0 },
      { ...manifest, shape: { ...manifest.shape, rateHz: NaN } },
      { ...manifest, live: { threshold: 2, smoothing: 1 } },
    ];
    for (const bad of wrong)
      expect(() => buildImage(bad, tflite, [])).toThrow(expect.objectContaining({ code: 'bad-manifest' }));
  });
});

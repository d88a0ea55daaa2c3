/**
 * The slot format's shared vectors, test/vectors/slot.json: whole images in hex with what they hold, and changes that
 * make them wrong. The C++ tests read the same file. DORMOUSE_WRITE_GOLDENS=1 renews it.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadCore, type Core } from '../../src/core';
import { buildImage, goldenVectors, parseImage, type GoldenVector, type ModelManifest } from '../../src/deploy';
import { sampleModel } from './sample-model';
import { normalSample, pictureSample, soundSample, type SenseSample } from './sample-senses';

const path = join(import.meta.dirname, '..', 'vectors', 'slot.json');

interface ImageVector {
  readonly what: string;
  /** The whole image. */
  readonly hex: string;
  /** Over all its bytes, as SLOT_BEGIN carries it. */
  readonly crc: number;
  readonly manifest: Record<string, unknown>;
  /** float32 bit patterns would be exact too; these values are exact in decimal. */
  readonly mean: number[];
  readonly inverseStd: number[];
  readonly tfliteOffset: number;
  readonly tfliteBytes: number;
  /** Version 2: where it lies, and how long it is. */
  readonly anomalyOffset?: number;
  readonly anomalyBytes?: number;
  readonly golden: {
    readonly windowBytes: number;
    /** Of a microphone's values, or of a picture's pixels. */
    readonly senseBytes?: number;
    readonly input: string;
    readonly output: string;
    /** score / threshold. */
    readonly score?: number | undefined;
  }[];
}

/** Bytes put into image 0 at an offset; where `fixCrc`, the header's CRC is made right again, so that only the change is wrong. */
interface RefusedVector {
  readonly why: string;
  readonly at: number;
  readonly bytes: string;
  readonly fixCrc: boolean;
}

interface Vectors {
  readonly about: string;
  readonly images: ImageVector[];
  readonly refused: RefusedVector[];
}

const hex = (bytes: ArrayBufferView): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');

function describeImage(
  what: string,
  manifest: ModelManifest,
  image: Uint8Array,
  golden: readonly GoldenVector[],
): ImageVector {
  const view = new DataView(image.buffer);
  const { normalisation, shape, block, live, anomaly, ...rest } = manifest;
  const ofSenses = view.getUint16(4, true) === 2;
  return {
    what,
    hex: hex(image),
    crc: crc32(image) >>> 0,
    manifest: {
      ...rest,
      rateMilliHz: Math.round(shape.rateHz * 1000),
      frames: shape.frames,
      dsp: block.kind,
      params: block.params,
      ...live,
      ...(shape.width === undefined ? {} : { width: shape.width }),
      ...(anomaly ? { anomaly: { kind: anomaly.kind, features: anomaly.features, threshold: anomaly.threshold } } : {}),
    },
    mean: [...normalisation.mean],
    inverseStd: [...normalisation.inverseStd],
    tfliteOffset: view.getUint32(28, true),
    tfliteBytes: view.getUint32(32, true),
    ...(ofSenses ? { anomalyOffset: view.getUint32(48, true), anomalyBytes: view.getUint32(52, true) } : {}),
    golden: golden.map(({ window, sound, picture, input, output, score }) => ({
      windowBytes: 4 * (window?.length ?? 0),
      ...(ofSenses ? { senseBytes: sound?.byteLength ?? picture?.bytes.length ?? 0, score } : {}),
      input: hex(input),
      output: hex(output),
    })),
  };
}

const refused: RefusedVector[] = [
  { why: 'wrong magic', at: 0, bytes: '444d4f56', fixCrc: true },
  { why: 'another format version', at: 4, bytes: '0200', fixCrc: true },
  { why: 'another header length', at: 6, bytes: '2c00', fixCrc: true },
  { why: 'length not a multiple of 16', at: 8, bytes: '01', fixCrc: true },
  { why: 'manifest inside the header', at: 12, bytes: '2c000000', fixCrc: true },
  { why: 'manifest past the end', at: 16, bytes: 'ffffff7f', fixCrc: true },
  { why: 'normalisation not on a multiple of 4', at: 20, bytes: '31000000', fixCrc: true },
  { why: 'model past the end', at: 32, bytes: 'f0ffffff', fixCrc: true },
  { why: 'golden vectors past the end', at: 36, bytes: 'fcffffff', fixCrc: true },
  { why: 'header CRC wrong', at: 44, bytes: '00000000', fixCrc: false },
  { why: 'manifest is not a map', at: 48, bytes: '80', fixCrc: true },
];

function changed(image: Uint8Array, { at, bytes, fixCrc }: RefusedVector): Uint8Array {
  const wrong = image.slice();
  wrong.set(Buffer.from(bytes, 'hex'), at);
  if (fixCrc)
    new DataView(wrong.buffer).setUint32(44, crc32(wrong.subarray(48), crc32(wrong.subarray(0, 44))) >>> 0, true);
  return wrong;
}

function describeSample(core: Core, what: string, { manifest, tflite, windows, image }: SenseSample): ImageVector {
  return describeImage(what, manifest, image, goldenVectors(core, manifest, tflite, windows));
}

/** Images of version 2. */
function senses(core: Core): ImageVector[] {
  const live = { threshold: 0.5, smoothing: 2, suppress: 3 };
  return [
    describeSample(core, 'sound: MFCC that streams, suppression', soundSample(core, 3, live)),
    describeSample(
      core,
      'pictures, a threshold for each label',
      pictureSample(core, 4, false, { ...live, thresholds: [0.25, 0.5, 0.75] }),
    ),
    describeSample(core, 'objects in pictures', pictureSample(core, 5, true, live)),
    describeSample(core, 'classes beside clusters of what is normal', normalSample(core, 6, 'kmeans', true, live)),
    describeSample(core, 'a mixture of what is normal, without a model', normalSample(core, 7, 'mixture', false, live)),
    describeSample(core, 'an autoencoder', normalSample(core, 8, 'reconstruction', false, live)),
  ];
}

async function makeVectors(): Promise<Vectors> {
  const core = await loadCore();
  const first = sampleModel(1);
  const golden = goldenVectors(core, first.manifest, first.tflite, first.windows, 3);
  const second = sampleModel(2, '');
  const bare = { ...second.manifest, normalisation: { mean: new Float32Array(0), inverseStd: new Float32Array(0) } };
  return {
    about:
      'Model images of firmware/MODEL_SLOT.md, versions 1 and 2. refused: changes to images[0] that make it wrong.',
    images: [
      describeImage(
        'raw window, normalisation by axis, three golden vectors',
        first.manifest,
        buildImage(first.manifest, first.tflite, golden),
        golden,
      ),
      describeImage('empty name, no normalisation, no golden vectors', bare, buildImage(bare, second.tflite, []), []),
      ...senses(core),
    ],
    refused,
  };
}

describe('the shared slot vectors', () => {
  let vectors: Vectors;
  beforeAll(async () => {
    if (process.env['DORMOUSE_WRITE_GOLDENS'] === '1')
      writeFileSync(path, JSON.stringify(await makeVectors(), null, 2) + '\n');
    vectors = JSON.parse(readFileSync(path, 'utf8')) as Vectors;
  });

  it('are what is built today', async () => {
    expect(vectors).toEqual(JSON.parse(JSON.stringify(await makeVectors())));
  });

  it('come apart and together again to the byte', () => {
    for (const vector of vectors.images) {
      const image = Uint8Array.from(Buffer.from(vector.hex, 'hex'));
      const parsed = parseImage(image);
      expect(parsed.crc).toBe(vector.crc);
      expect(parsed.manifest.labels).toEqual(vector.manifest['labels']);
      expect(hex(parsed.tflite)).toBe(
        vector.hex.slice(2 * vector.tfliteOffset, 2 * (vector.tfliteOffset + vector.tfliteBytes)),
      );
      expect(hex(buildImage(parsed.manifest, parsed.tflite, parsed.golden))).toBe(vector.hex);
    }
  });

  it('are refused with each of the listed changes', () => {
    const image = Uint8Array.from(Buffer.from(vectors.images[0].hex, 'hex'));
    for (const change of vectors.refused)
      expect(() => parseImage(changed(image, change)), change.why).toThrow(
        expect.objectContaining({ code: 'bad-image' }),
      );
  });
});

/** Reading .tflite files: our own, other people's, and files that only pretend to be one. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Builder } from 'flatbuffers';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CompressError, quantiseModel, readTflite } from '../../src/compress';
import { macsOf } from '../../src/model';
import { dataFolder, describeWith, needsData } from '../support/needs';
import { randomModel } from './random-models';

function writeRandom(seed: number): { bytes: Uint8Array; model: ReturnType<typeof randomModel> } {
  const model = randomModel(seed);
  const { tflite } = quantiseModel(model.spec, model.weights, {
    calibration: model.rows,
    calibrationCount: model.count,
  });
  return { bytes: tflite, model };
}

/** The reader's verdict: a summary, or the plain sentence. Anything else thrown fails the test. */
function verdict(bytes: Uint8Array): string {
  try {
    readTflite(bytes);
    return 'read';
  } catch (error) {
    expect(error).toBeInstanceOf(CompressError);
    const { message, action } = error as CompressError;
    expect(message).toMatch(/\.$/);
    expect(action).toMatch(/\.$/);
    return message;
  }
}

describe('reading a .tflite that Dormouse wrote', () => {
  it('finds shapes, quantization and work as they were meant', () => {
    for (let seed = 1; seed <= 40; seed++) {
      const { bytes, model } = writeRandom(seed);
      const summary = readTflite(bytes);
      expect(summary.description).toBe('Dormouse');
      expect(summary.bytes).toBe(bytes.length);
      expect(summary.tensors[summary.inputs[0]]).toMatchObject({ type: 'int8', shape: [1, ...model.spec.input] });
      expect(summary.macs).toBeGreaterThanOrEqual(macsOf({ ...model.spec }));
      for (const tensor of summary.tensors)
        if (tensor.type === 'int8') expect(tensor.scales.every((s) => s > 0)).toBe(true);
    }
  });

  it('lays every buffer on a multiple of 16', () => {
    const { bytes } = writeRandom(3);
    // The weights' own bytes are looked up in the file through the schema's root: vector data follows its length.
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const follow = (at: number): number => at + view.getUint32(at, true);
    const field = (table: number, slot: number): number => {
      const vtable = table - view.getInt32(table, true);
      const offset = 4 + 2 * slot < view.getUint16(vtable, true) ? view.getUint16(vtable + 4 + 2 * slot, true) : 0;
      return offset === 0 ? 0 : table + offset;
    };
    const buffers = follow(field(follow(0), 4));
    const count = view.getUint32(buffers, true);
    expect(count).toBeGreaterThan(2);
    expect(field(follow(buffers + 4), 0)).toBe(0);
    for (let i = 1; i < count; i++) expect((follow(field(follow(buffers + 4 + 4 * i), 0)) + 4) % 16).toBe(0);
  });

  it('answers any damage with a sentence or a summary, never with anything else', () => {
    const { bytes } = writeRandom(7);
    let refused = 0;
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 12 }),
        fc.nat(bytes.length),
        fc.boolean(),
        (changes, length, cut) => {
          const damaged = bytes.slice(0, cut ? length : bytes.length);
          for (const [at, byte] of changes) if (at < damaged.length) damaged[at] = byte;
          if (verdict(damaged) !== 'read') refused++;
        },
      ),
      { numRuns: 3000, seed: 11 },
    );
    expect(refused).toBeGreaterThan(300);
  });

  it('refuses a small file that repeats one list without end', () => {
    // 4,000 tensors that all share one list of 4,000 scales: 16 million numbers from 40 KB.
    const builder = new Builder(100_000);
    const table = (...fields: [slot: number, offset: number][]): number => {
      builder.startObject(8);
      for (const [slot, offset] of fields) builder.addFieldOffset(slot, offset, 0);
      return builder.endObject();
    };
    const vector = (offsets: number[]): number => {
      builder.startVector(4, offsets.length, 4);
      for (const offset of offsets) builder.addOffset(offset);
      return builder.endVector();
    };
    builder.startVector(4, 4000, 4);
    for (let i = 0; i < 4000; i++) builder.addFloat32(1);
    const tensor = table([4, table([2, builder.endVector()])]);
    const subgraphs = vector([table([0, vector(Array<number>(4000).fill(tensor))])]);
    const buffers = vector([table()]);
    builder.startObject(8);
    builder.addFieldInt32(0, 3, 0);
    builder.addFieldOffset(2, subgraphs, 0);
    builder.addFieldOffset(4, buffers, 0);
    builder.finish(builder.endObject(), 'TFL3');
    expect(verdict(builder.asUint8Array())).toMatch(/repeats itself/);
  });
});

describeWith(needsData('models'), 'reading the models of others', () => {
  const wanted: Record<string, RegExp> = {
    'empty.tflite': /empty/,
    'four_bytes.tflite': /only 4 bytes/,
    'truncated_half.tflite': /past its end/,
    'truncated_last_byte.tflite': /past its end|^read$/,
    'wrong_identifier.tflite': /"TFL2"/,
    'identifier_only.tflite': /./,
    'root_offset_huge.tflite': /past its end/,
    'root_offset_negative.tflite': /past its end/,
    'trailing_garbage.tflite': /^read$/,
    'leading_bom.tflite': /byte order mark/,
    'html_error_page.tflite': /web page/,
    'git_lfs_pointer.tflite': /Git LFS pointer/,
    'gzip.tflite': /gzip/,
    'c_array_model.h': /C source code/,
  };

  it('says what each odd file is', () => {
    const expected = JSON.parse(readFileSync(dataFolder('models', 'odd', 'expected.json'), 'utf8')) as Record<
      string,
      unknown
    >;
    expect(Object.keys(expected).sort()).toEqual(Object.keys(wanted).sort());
    for (const [name, pattern] of Object.entries(wanted))
      expect(`${name}: ${verdict(readFileSync(dataFolder('models', 'odd', name)))}`).toMatch(
        new RegExp(`^${name.replace('.', '\\.')}: .*${pattern.source.replace('^', '')}`),
      );
  });

  it('describes whole models that other tools made', () => {
    for (const folder of ['mlperf_tiny', 'tflm', 'npm_mediapipe', 'npm_openwakeword'])
      for (const name of readdirSync(dataFolder('models', folder)).filter((file) => file.endsWith('.tflite'))) {
        const summary = readTflite(readFileSync(dataFolder('models', folder, name)));
        expect(summary.operators.length, name).toBeGreaterThan(0);
        expect(summary.tensors.length, name).toBeGreaterThan(1);
      }
    const keywords = readTflite(
      readFileSync(join(dataFolder('models', 'mlperf_tiny'), 'keyword_spotting__kws_ref_model.tflite')),
    );
    // As counted in the public benchmark: 2,656,768 multiply-accumulates.
    expect(keywords.macs).toBe(2_656_768);
    expect(keywords.operators.map((operator) => operator.name)).toContain('DEPTHWISE_CONV_2D');
  });
});

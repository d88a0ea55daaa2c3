/**
 * Random models of one operator each against TensorFlow Lite Micro itself: every byte must be the same. What whole
 * networks rarely hold is covered here (see operators.py).
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadCore } from '../../src/core';
import { describeWith, needsPython } from '../support/needs';

const count = Number(process.env['DORMOUSE_OPERATOR_MODELS'] ?? 900);
const seed = process.env['DORMOUSE_OPERATOR_SEED'] ?? '7';

const names = [
  'ADD',
  'ARG_MAX',
  'AVERAGE_POOL_2D',
  'CONCATENATION',
  'CONV_2D',
  'DEPTHWISE_CONV_2D',
  'DEQUANTIZE',
  'EXPAND_DIMS',
  'FULLY_CONNECTED',
  'HARD_SWISH',
  'LEAKY_RELU',
  'LOGISTIC',
  'MAXIMUM',
  'MAX_POOL_2D',
  'MEAN',
  'MINIMUM',
  'MUL',
  'PAD',
  'PADV2',
  'QUANTIZE',
  'RELU',
  'RELU6',
  'RESHAPE',
  'RESIZE_NEAREST_NEIGHBOR',
  'SOFTMAX',
  'SPLIT',
  'SQUEEZE',
  'STRIDED_SLICE',
  'SUB',
  'SVDF',
  'TANH',
  'TRANSPOSE',
  'UNIDIRECTIONAL_SEQUENCE_LSTM',
];
/** Those with another form for int16 values; some have one form for both, some none for int16. */
const hasWideForm = new Set([
  'ADD',
  'AVERAGE_POOL_2D',
  'CONV_2D',
  'DEPTHWISE_CONV_2D',
  'FULLY_CONNECTED',
  'LEAKY_RELU',
  'LOGISTIC',
  'MAXIMUM',
  'MAX_POOL_2D',
  'MEAN',
  'MINIMUM',
  'MUL',
  'PAD',
  'PADV2',
  'RELU',
  'RELU6',
  'SOFTMAX',
  'SUB',
  'TANH',
  'UNIDIRECTIONAL_SEQUENCE_LSTM',
]);

describeWith(needsPython('tflite_micro', 'numpy'), 'each operator', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'dormouse-operators-'));
    execFileSync('python3', [join(import.meta.dirname, 'operators.py'), folder, seed, String(count)]);
  });
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it(`computes as TensorFlow Lite Micro in ${count} random models`, async () => {
    const core = await loadCore();
    const seen = new Set<string>();
    for (let index = 0; index < count; index++) {
      const read = (kind: string): Uint8Array => new Uint8Array(readFileSync(join(folder, `${index}.${kind}`)));
      const model = core.openModel(read('tflite'));
      model.operators.forEach((name) => seen.add(name));
      const bytes = read('in');
      const answers: Uint8Array[] = [];
      for (let at = 0; at < bytes.length;)
        answers.push(...model.invoke(model.inputs.map((tensor) => bytes.subarray(at, (at += tensor.bytes)))));
      expect(new Uint8Array(Buffer.concat(answers)), `model ${index}, ${model.operators.join()}`).toEqual(read('out'));
      model.close();
    }
    const wide = names.filter((name) => hasWideForm.has(name)).map((name) => `${name}_INT16`);
    expect([...seen].sort()).toEqual([...names, ...wide].sort());
  });
});

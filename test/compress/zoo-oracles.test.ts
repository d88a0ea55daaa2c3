/**
 * Every model that Dormouse offers, written to int8 and to float32: the core runs it, TensorFlow Lite Micro gives the
 * same bytes, and LiteRT gives what our own engine gives in floating point.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../src/base';
import { floatOutputs, floatTflite, quantiseModel, readTflite } from '../../src/compress';
import { loadCore } from '../../src/core';
import { buildModel, product, type ModelChoice, type ModelSpec, type ModelWeights } from '../../src/model';
import { coreEngine } from '../../src/train';
import { describeWith, needsPython } from '../support/needs';
import { randomInputs, randomModel, randomWeights } from './random-models';

const choices: readonly ModelChoice[] = [
  { kind: 'dense', size: 'medium', inputShape: [33], classes: 6, head: 'oneVsRest' },
  { kind: 'dense', size: 'large', inputShape: [7, 5], classes: 3, head: 'regression' },
  { kind: 'conv1d', size: 'medium', inputShape: [75, 3], classes: 4 },
  { kind: 'conv1d', size: 'large', inputShape: [119, 6], classes: 1, head: 'oneVsRest' },
  { kind: 'conv2d', size: 'small', inputShape: [49, 13], classes: 5 },
  { kind: 'conv2d', size: 'large', inputShape: [32, 32, 3], classes: 10, head: 'oneVsRest' },
  { kind: 'dscnn', size: 'small', inputShape: [49, 10], classes: 12 },
  { kind: 'dscnn', size: 'medium', inputShape: [49, 10], classes: 12 },
  { kind: 'mobilenetv1', size: 'small', inputShape: [48, 48, 1], classes: 2 },
  { kind: 'mobilenetv1', size: 'medium', inputShape: [50, 35, 3], classes: 3, head: 'regression' },
  { kind: 'mobilenetv2', size: 'small', inputShape: [48, 48, 3], classes: 5 },
  { kind: 'resnet8', size: 'medium', inputShape: [32, 32, 3], classes: 10 },
  { kind: 'autoencoder', size: 'small', inputShape: [33], classes: 1 },
  { kind: 'autoencoder', size: 'large', inputShape: [20, 6], classes: 1 },
  { kind: 'fomo', size: 'small', inputShape: [48, 48, 3], classes: 4 },
  { kind: 'fomo', size: 'medium', inputShape: [64, 48, 1], classes: 2, cell: 16 },
];

interface Example {
  readonly name: string;
  readonly spec: ModelSpec;
  readonly weights: ModelWeights;
  readonly rows: Float32Array;
  readonly count: number;
  readonly inputs: Int8Array;
}

const count = 4;
const zoo: readonly Example[] = choices.map((choice, seed) => {
  const spec = buildModel(choice);
  const random = new Random(500 + seed);
  const width = product(spec.input);
  return {
    name: `${choice.size} ${choice.kind} ${choice.head ?? ''}`.trim(),
    spec,
    weights: randomWeights(random, spec),
    rows: Float32Array.from({ length: count * width }, () => random.normal()),
    count,
    inputs: randomInputs(seed, width, count),
  };
});
const random: readonly Example[] = Array.from({ length: 120 }, (_, i) => {
  const model = randomModel(2 * i + 1000);
  return { name: `random network ${2 * i + 1000}`, ...model, inputs: new Int8Array(0) };
});

/** Files that oracle.py reads, and what it answered. */
class Oracle {
  readonly folder = mkdtempSync(join(tmpdir(), 'dormouse-zoo-'));
  private files = 0;

  add(tflite: Uint8Array, inputs: Int8Array | Float32Array): void {
    writeFileSync(join(this.folder, `${this.files}.tflite`), tflite);
    writeFileSync(join(this.folder, `${this.files++}.in`), inputs);
  }

  run(...interpreters: string[]): void {
    const script = join(import.meta.dirname, 'oracle.py');
    execFileSync('python3', [script, this.folder, ...interpreters], { stdio: 'ignore' });
  }

  answer(index: number, interpreter: string, name: string): Buffer {
    const failure = join(this.folder, `${index}.${interpreter}.error`);
    if (existsSync(failure)) expect.fail(`${interpreter} refused ${name}: ${readFileSync(failure, 'utf8')}`);
    return readFileSync(join(this.folder, `${index}.${interpreter}`));
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

const int8Of = ({ spec, weights, rows, count: calibrationCount }: Example): Uint8Array =>
  quantiseModel(spec, weights, { calibration: rows, calibrationCount }).tflite;

describe('the zoo in int8', () => {
  it('runs in the core, with the operators that the float file has', async () => {
    const core = await loadCore();
    for (const example of zoo) {
      const tflite = int8Of(example);
      const open = core.openModel(tflite);
      expect(open.invoke([new Uint8Array(open.inputs[0].bytes)])[0].length).toBe(open.outputs[0].bytes);
      open.close();
      const names = (file: Uint8Array): string[] => readTflite(file).operators.map((operator) => operator.name);
      const float = floatTflite(example.spec, example.weights, 'float');
      expect(names(float)).toEqual(names(tflite));
      expect(readTflite(float).tensors.every((tensor) => tensor.type !== 'int8')).toBe(true);
    }
  });
});

describeWith(needsPython('tflite_micro', 'ai_edge_litert', 'numpy'), 'the zoo in other interpreters', () => {
  const int8 = new Oracle();
  const float = new Oracle();
  const engine = coreEngine({ workerScript: null });

  beforeAll(() => {
    for (const example of zoo) int8.add(int8Of(example), example.inputs);
    for (const { spec, weights, rows } of [...zoo, ...random]) float.add(floatTflite(spec, weights), rows);
    int8.run('tflm', 'litert');
    float.run('litert');
  });
  afterAll(async () => {
    int8.close();
    float.close();
    await engine.close();
  });

  it('gives the same int8 bytes in TensorFlow Lite Micro and the core, and loads in LiteRT', async () => {
    const core = await loadCore();
    zoo.forEach((example, index) => {
      const open = core.openModel(readFileSync(join(int8.folder, `${index}.tflite`)));
      const width = example.inputs.length / count;
      const ours = Array.from(
        { length: count },
        (_, row) => open.invoke([new Uint8Array(example.inputs.buffer, row * width, width)])[0],
      );
      open.close();
      expect(Buffer.concat(ours).equals(int8.answer(index, 'tflm', example.name)), example.name).toBe(true);
      expect(int8.answer(index, 'litert', example.name).length).toBe(count * ours[0].length);
    });
  });

  it('gives in float32 what our engine computes', async () => {
    let worst = 0;
    for (const [index, { name, spec, weights, rows, count }] of [...zoo, ...random].entries()) {
      const bytes = float.answer(index, 'litert', name);
      const theirs = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
      const ours =
        index < zoo.length
          ? await engine.predict(spec, weights, rows, count)
          : floatOutputs(spec, weights, rows, count);
      expect(theirs.length, name).toBe(ours.length);
      const largest = ours.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-30);
      const difference = ours.reduce((most, value, i) => Math.max(most, Math.abs(value - theirs[i]) / largest), 0);
      if (!(difference <= 1e-5)) expect.fail(`${name}: ${difference}; ${JSON.stringify(spec)}`);
      worst = Math.max(worst, difference);
    }
    console.log(`float .tflite in LiteRT against our engine: ${zoo.length + random.length} networks, worst ${worst}`);
  });
});

/**
 * The proof that a written .tflite means the same everywhere: hundreds of random networks give the same int8 bytes in
 * the board's core and in TensorFlow Lite Micro; and what LiteRT makes of them. Machines without Python compare the
 * core with stored digests of what TensorFlow Lite Micro answered (DORMOUSE_WRITE_GOLDENS=1 renews them).
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { floatOutputs, quantiseModel, readTflite, runInt8, type QuantizedModel } from '../../src/compress';
import { loadCore, type Core } from '../../src/core';
import { describeWith, needsPython } from '../support/needs';
import { randomInputs, randomModel, type RandomModel } from './random-models';

const models = 500;
const rowsPerModel = 8;
const goldenSeeds = 40;
const here = import.meta.dirname;
const goldenPath = join(here, 'tflm-goldens.json');

interface Golden {
  readonly seed: number;
  readonly tflite: string;
  readonly output: string;
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

function quantised(seed: number): { model: RandomModel; made: QuantizedModel; inputs: Int8Array } {
  const model = randomModel(seed);
  const options = { calibration: model.rows, calibrationCount: model.count, perChannelDense: seed % 4 >= 2 };
  const made = quantiseModel(model.spec, model.weights, options);
  return { model, made, inputs: randomInputs(seed, model.rows.length / model.count, rowsPerModel) };
}

/** All rows through the core, one after the other. */
function coreOutputs(core: Core, tflite: Uint8Array, inputs: Int8Array): Uint8Array {
  const open = core.openModel(tflite);
  const width = open.inputs[0].bytes;
  const rows = Array.from(
    { length: inputs.length / width },
    (_, row) => open.invoke([new Uint8Array(inputs.buffer, row * width, width)])[0],
  );
  open.close();
  return Buffer.concat(rows);
}

function differing(a: Uint8Array, b: Uint8Array): number {
  expect(a.length).toBe(b.length);
  return a.reduce((count, byte, i) => count + (byte === b[i] ? 0 : 1), 0);
}

describe('int8 networks in the core', () => {
  it('answer as TensorFlow Lite Micro did, by its stored digests', async () => {
    const core = await loadCore();
    const goldens = JSON.parse(readFileSync(goldenPath, 'utf8')) as Golden[];
    expect(goldens.length).toBe(goldenSeeds);
    for (const golden of goldens) {
      const { made, inputs } = quantised(golden.seed);
      expect(sha256(made.tflite), `the file of seed ${golden.seed}`).toBe(golden.tflite);
      expect(sha256(coreOutputs(core, made.tflite, inputs)), `the outputs of seed ${golden.seed}`).toBe(golden.output);
    }
  });

  it('stay close to the float network', async () => {
    const core = await loadCore();
    let agree = 0;
    let rows = 0;
    let error = 0;
    let values = 0;
    for (let seed = 1; seed <= 150; seed++) {
      const { model, made } = quantised(seed);
      const float = floatOutputs(model.spec, model.weights, model.rows, model.count);
      const { scores, outputs } = runInt8(core, made, model.rows, model.count);
      const span = float.reduce((most, v) => Math.max(most, Math.abs(v)), 1e-6);
      scores.forEach((score, i) => (error += Math.abs(score - float[i]) / span));
      values += scores.length;
      for (let row = 0; row < model.count; row++, rows++) {
        const best = (all: Float32Array): number => {
          const part = all.subarray(row * outputs, (row + 1) * outputs);
          return part.indexOf(part.reduce((a, b) => Math.max(a, b), -Infinity));
        };
        // Ties of int8 scores count as agreement with any of the tied.
        const top = scores[row * outputs + best(scores)];
        if (scores[row * outputs + best(float)] === top) agree++;
      }
    }
    console.log(
      `int8 against float: ${agree} of ${rows} rows have the same winner, mean error ${((100 * error) / values).toFixed(2)} % of the range`,
    );
    expect(agree / rows).toBeGreaterThan(0.93);
    expect(error / values).toBeLessThan(0.02);
  });
});

describeWith(
  needsPython('tflite_micro', 'ai_edge_litert', 'numpy'),
  `${models} random networks in other interpreters`,
  () => {
    let folder = '';
    const made: { tflite: Uint8Array; inputs: Int8Array }[] = [];
    const result = (index: number, name: string): Uint8Array => {
      const failure = join(folder, `${index}.${name}.error`);
      if (existsSync(failure))
        expect.fail(`${name} refused the network of seed ${index}: ${readFileSync(failure, 'utf8')}`);
      return readFileSync(join(folder, `${index}.${name}`));
    };

    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), 'dormouse-oracle-'));
      for (let seed = 0; seed < models; seed++) {
        const { made: model, inputs } = quantised(seed);
        made.push({ tflite: model.tflite, inputs });
        writeFileSync(join(folder, `${seed}.tflite`), model.tflite);
        writeFileSync(join(folder, `${seed}.in`), inputs);
      }
      execFileSync('python3', [join(here, 'oracle.py'), folder, 'tflm', 'litert'], { stdio: 'ignore' });
      if (process.env['DORMOUSE_WRITE_GOLDENS'] === '1') {
        const goldens = made
          .slice(0, goldenSeeds)
          .map(({ tflite }, seed): Golden => ({ seed, tflite: sha256(tflite), output: sha256(result(seed, 'tflm')) }));
        writeFileSync(goldenPath, JSON.stringify(goldens, null, 2) + '\n');
      }
    });
    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    it('give the same bytes in TensorFlow Lite Micro and in the core', async () => {
      const core = await loadCore();
      let bytes = 0;
      const different: number[] = [];
      made.forEach(({ tflite, inputs }, seed) => {
        const theirs = result(seed, 'tflm');
        if (differing(coreOutputs(core, tflite, inputs), theirs) > 0) different.push(seed);
        bytes += theirs.length;
      });
      console.log(
        `core against TensorFlow Lite Micro: ${models} networks, ${bytes} output bytes, ${different.length} networks differ`,
      );
      expect(different).toEqual([]);
    });

    it('give the same bytes in LiteRT, but for its own rounding in dense layers and its softmax table', () => {
      const figures = { same: 0, rounded: 0, bytes: 0, different: 0, largest: 0 };
      made.forEach(({ tflite }, seed) => {
        const micro = result(seed, 'tflm');
        const litert = result(seed, 'litert');
        const count = differing(micro, litert);
        figures.bytes += micro.length;
        figures.different += count;
        micro.forEach(
          (byte, i) => (figures.largest = Math.max(figures.largest, Math.abs((byte << 24) - (litert[i] << 24)) >> 24)),
        );
        const names = readTflite(tflite).operators.map((operator) => operator.name);
        if (count === 0) figures.same++;
        else if (names.includes('FULLY_CONNECTED') || names.includes('SOFTMAX')) figures.rounded++;
        else expect.fail(`LiteRT differs in the network of seed ${seed}: ${names.join(', ')}`);
      });
      console.log(
        `LiteRT against TensorFlow Lite Micro: ${figures.same} of ${models} networks the same; in ${figures.rounded} with dense layers or softmax ` +
          `${figures.different} of ${figures.bytes} bytes differ in all, by at most ${figures.largest}`,
      );
      expect(figures.different / figures.bytes).toBeLessThan(0.02);
    });
  },
);

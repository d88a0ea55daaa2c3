/**
 * Every model among TensorFlow Lite Micro's own examples: what the engine loads gives its very bytes, row after row (some
 * keep a state), and what it does not load is refused with the reason.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadCore } from '../../src/core';
import { dataFolder, describeWith, needsData, needsPython } from '../support/needs';

const rows = 5;
/** What the engine leaves to others, and the word that says why. */
const refused: Readonly<Record<string, RegExp>> = {
  'examples__hello_world__models__hello_world_float.tflite': /float32/,
  'examples__mnist_lstm__trained_lstm.tflite': /float32/,
  'examples__micro_speech__models__audio_preprocessor_float.tflite': /CAST|CUSTOM/,
  'examples__micro_speech__models__audio_preprocessor_int8.tflite': /CAST|CUSTOM/,
  'models__person_detect_vela.tflite': /CUSTOM "ethos-u"/,
};

describeWith([needsPython('tflite_micro', 'numpy'), needsData('models/tflm')], 'published models', () => {
  const models = (): string[] => readdirSync(dataFolder('models', 'tflm')).filter((name) => name.endsWith('.tflite'));
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'dormouse-published-'));
    const paths = models().map((name) => dataFolder('models', 'tflm', name));
    execFileSync('python3', [join(import.meta.dirname, 'published.py'), folder, String(rows), ...paths], {
      stdio: 'ignore',
    });
  });
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('compute as TensorFlow Lite Micro, or are refused with the reason', async () => {
    const core = await loadCore();
    let run = 0;
    models().forEach((name, index) => {
      const tflite = new Uint8Array(readFileSync(dataFolder('models', 'tflm', name)));
      if (name in refused) {
        expect(() => core.openModel(tflite), name).toThrow(refused[name]);
        return;
      }
      expect(existsSync(join(folder, `${index}.error`)), name).toBe(false);
      const model = core.openModel(tflite);
      const bytes = new Uint8Array(readFileSync(join(folder, `${index}.in`)));
      const answers: Uint8Array[] = [];
      for (let at = 0; at < bytes.length;)
        answers.push(...model.invoke(model.inputs.map((tensor) => bytes.subarray(at, (at += tensor.bytes)))));
      model.close();
      expect(Buffer.concat(answers).equals(readFileSync(join(folder, `${index}.out`))), name).toBe(true);
      run++;
    });
    expect(run).toBeGreaterThanOrEqual(models().length - Object.keys(refused).length);
  });
});

/** Models that Keras wrote (fixtures made by fixtures/make.py) predict here what Keras predicted for them, to 1e-5. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { importModel, resolveModel } from '../../src/model';
import { coreEngine, tensorflowEngine } from '../../src/train';

const folder = join(import.meta.dirname, 'fixtures');

interface Expected {
  readonly input: readonly number[];
  readonly output: readonly number[];
}

const expectedOf = (name: string) => JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as Expected;

const fixtures: readonly (readonly [string, string])[] = [
  ['images.keras', 'images'],
  ['images.h5.gz', 'images'],
  ['residual.keras', 'residual'],
  ['residual.h5.gz', 'residual'],
  ['motion.keras', 'motion'],
];

function imported(file: string) {
  const stored = readFileSync(join(folder, file));
  const bytes = file.endsWith('.gz') ? gunzipSync(stored) : stored;
  return importModel([{ name: file.replace('.gz', ''), bytes }]);
}

describe.each(fixtures)('%s', (file, name) => {
  const { input, output } = expectedOf(name);

  it.each([coreEngine(), tensorflowEngine({ plain: true })])('predicts as in Keras', async (engine) => {
    const { spec, weights } = imported(file);
    const ours = await engine.predict(spec, weights, Float32Array.from(input), 2);
    expect(ours.length).toBe(output.length);
    const difference = Math.max(...output.map((value, index) => Math.abs(value - ours[index])));
    expect(difference).toBeLessThan(1e-5);
    await engine.close();
  });
});

describe('what came in differently', () => {
  it('is said', () => {
    const { spec, notes } = imported('images.keras');
    expect(notes).toHaveLength(3);
    expect(notes.join(' ')).toMatch(/rescaling.*separable.*acts only while/s);
    // Activations are fused, so that the whole is as short as Dormouse's own models.
    expect(resolveModel(spec).filter((layer) => layer.spec.kind === 'activation')).toEqual([]);
    expect(imported('motion.keras').notes.join()).toContain('normalization');
  });
});

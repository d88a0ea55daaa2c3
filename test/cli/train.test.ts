/** What `train` can be told, what `test` and `export` make of it, and a training that is interrupted and continued. */
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CompressionReport, ScoreReport, TrainReport } from '../../src/project';
import { cli, cliJson, startCli, temporaryFolder } from '../support/cli';

let folder: ReturnType<typeof temporaryFolder>;
let project: string;
const run = <T>(...args: string[]): Promise<T> => cliJson<T>('--project', project, ...args);

beforeAll(async () => {
  folder = temporaryFolder();
  project = join(folder.path, 'shakes');
  const recordings = join(folder.path, 'recordings');
  for (const label of ['still', 'shake']) {
    mkdirSync(join(recordings, label), { recursive: true });
    for (let take = 0; take < 12; take++) {
      const rows = Array.from({ length: 120 }, (_, i) => {
        const swing = label === 'shake' ? 6 * Math.sin(i * 0.35 + take) : 0.02 * Math.sin(i * 1.7 + take);
        return [i * 10, swing, 0.1 * take, 9.81 + swing / 3].join(',');
      });
      writeFileSync(join(recordings, label, `${take}.csv`), ['timestamp_ms,accX,accY,accZ', ...rows].join('\n'));
    }
  }
  await cliJson('new', project, '--task', 'motion');
  await run('import', recordings);
  await run('split', '--by', 'capture', '--testing', '0.25');
  await run('impulse', '--set', 'window-ms=600', '--set', 'stride-ms=300');
});
afterAll(() => folder.remove());

describe('train by command line', () => {
  it('obeys its options, which hold for one run only', async () => {
    const options =
      '--model conv1d --size small --optimiser adamw --schedule cosine --label-smoothing 0.05 --quantisation aware --prune filters=0.5';
    const report = await run<TrainReport>('train', '--epochs', '6', ...options.split(' '));
    expect(report.settings).toMatchObject({
      model: 'conv1d',
      size: 'small',
      optimiser: 'adamw',
      schedule: 'cosine',
      labelSmoothing: 0.05,
      quantisation: 'aware',
      prune: { kind: 'filters', by: 'share', target: 0.5 },
    });
    expect(await run<object>('impulse')).toMatchObject({ model: 'auto', size: 'medium' });
  });

  it('reports in test what each step of shrinking cost, on the same windows', async () => {
    const { compression, ...score } = await run<ScoreReport & { compression: CompressionReport }>('test');
    expect(compression.count).toBe(score.count);
    const ids = compression.variants.map(({ id }) => id);
    expect(ids.slice(0, 4)).toEqual(['float', 'int8', 'pruned', 'prunedInt8']);
    const [float, int8] = compression.variants;
    const used = compression.variants.at(-1);
    expect(used).toMatchObject({ used: true, accuracy: score.accuracy });
    expect(used?.macs).toBeLessThan(float.macs);
    expect(int8.bytes).toBeLessThan(float.bytes);
    expect(used?.worst?.snrDb).toBe(Math.min(...(used?.layers.map(({ snrDb }) => snrDb) ?? [])));
    const { stdout } = await cli('--project', project, 'test');
    expect(stdout).toMatch(/accuracy .* %/);
    expect(stdout).toMatch(/goes on the board/);
    expect(stdout).toMatch(/Rounding is loudest in/);
  });

  it('writes the model for the tools of others, whole or not at all', async () => {
    for (const format of ['tflite-float', 'keras', 'tfjs']) {
      const out = join(folder.path, `model.${format}`);
      const { bytes } = await run<{ bytes: number }>('export', '--format', format, '--out', out);
      expect(bytes).toBeGreaterThan(1000);
    }
    const tfjs = join(folder.path, 'model.tfjs');
    expect(readdirSync(tfjs)).toContain('model.json');
    const again = await cli('--project', project, 'export', '--format', 'tfjs', '--out', tfjs);
    expect(again).toMatchObject({ code: 1, stdout: '' });
    expect(again.stderr).toMatch(/could not be written/);
    expect(existsSync(`${tfjs}.unfinished`)).toBe(false);
  });

  it('begins with the layers of a Keras file', async () => {
    const from = join(folder.path, 'model.keras');
    const report = await run<TrainReport>('train', '--epochs', '3', '--from', from);
    expect(report.history).toHaveLength(3);
  });

  it('tells "none of these" apart', async () => {
    await run('train', '--epochs', '3', '--head', 'one-vs-rest');
    const score = await run<ScoreReport>('test');
    expect(score.rejected).toHaveLength(2);
  });

  it('is interrupted, and continued to the same bytes', async () => {
    const options = ['--epochs', '40', '--seed', '9'];
    const whole = await run<TrainReport>('train', ...options);
    const child = startCli(['--project', project, 'train', ...options]);
    const closed = new Promise((resolve) => child.on('close', resolve));
    const unfinished = join(project, 'model', 'unfinished.cbor');
    await new Promise((resolve) => setTimeout(resolve, 900));
    child.kill('SIGINT');
    // A machine so fast that it had finished by then has nothing to continue.
    if ((await closed) === 0) return;
    if (existsSync(unfinished)) {
      const { tfliteSha256, warnings } = await run<TrainReport>('train', ...options, '--continue');
      expect(tfliteSha256).toBe(whole.tfliteSha256);
      expect(warnings.join()).not.toMatch(/nothing to continue|from the start/);
    }
    expect(existsSync(unfinished)).toBe(false);
  });

  it.each([
    ['--prune', 'synapses=2'],
    ['--prune', 'filters=latency:20'],
    ['--prune', 'leaves=0.5'],
    ['--model', 'transformer'],
    ['--quantisation', 'int4'],
    ['--label-smoothing', '0.9'],
  ])('refuses %s %s as bad usage', async (...args) => {
    expect(await cli('--project', project, 'train', ...args)).toMatchObject({ code: 2, stdout: '' });
  });

  it.each([
    ['--prune', 'filters=latency:20@abacus', 'no board called'],
    ['--prune', 'filters=bytes:10', 'target'],
    ['--from', 'nowhere.keras', 'There is no model in'],
  ])('refuses %s %s in one sentence', async (option, value, sentence) => {
    const { code, stderr } = await cli('--project', project, 'train', '--epochs', '1', option, value);
    expect(code).toBe(1);
    expect(stderr).toContain(sentence);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});

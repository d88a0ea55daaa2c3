/** The whole main job through the command line, against a simulated board that a real serial port driver opens. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gestureNames, startSimulatedPty, type DeviceInfo, type PortInfo } from '../../src/link';
import type { FitReport } from '../../src/fit';
import type { LiveResult } from '../../src/live';
import type { ScoreReport, TrainReport } from '../../src/project';
import { cli, cliJson, startCli, temporaryFolder } from '../support/cli';

interface Inferred {
  readonly inputs: readonly { bytes: number; shape: number[]; scale: number; zeroPoint: number }[];
  readonly outputs: readonly { bytes: number }[];
  readonly arenaBytes: number;
}

let folder: ReturnType<typeof temporaryFolder>;
let project: string;
let pty: Awaited<ReturnType<typeof startSimulatedPty>>;
const run = <T>(...args: string[]): Promise<T> => cliJson<T>('--project', project, ...args);

beforeAll(async () => {
  folder = temporaryFolder();
  project = join(folder.path, 'gestures');
  pty = await startSimulatedPty({ path: join(folder.path, 'board'), board: 'nano33ble-sense', speed: 1 });
});
afterAll(async () => {
  await pty.close();
  folder.remove();
});

/** Two kinds of motion that anybody could tell apart, as CSV files that somebody else might have recorded. */
function writeRecordings(): string {
  const path = join(folder.path, 'recordings');
  for (const person of ['ann', 'bob', 'cem', 'dee'])
    for (const label of ['still', 'shake'])
      for (let take = 0; take < 4; take++) {
        const rows = ['timestamp_ms,accX,accY,accZ,gyrX,gyrY,gyrZ'];
        for (let i = 0; i < 150; i++) {
          const swing = label === 'shake' ? 6 * Math.sin(i * 0.35 + take) : 0.02 * Math.sin(i * 1.7 + take);
          rows.push([i * 10, swing, 0.1 * take, 9.81 + swing / 3, 4 * swing, 0, person.charCodeAt(0) / 100].join(','));
        }
        mkdirSync(join(path, label), { recursive: true });
        writeFileSync(join(path, label, `${person}${take}.csv`), rows.join('\n'));
      }
  return path;
}

describe('the main job by command line', () => {
  it('meets the board', async () => {
    const info = await run<(PortInfo & { info: DeviceInfo | null })[]>('devices');
    expect(info.find((port) => port.simulated)?.info?.dormouse).toBe(true);
  });

  it('makes a project, imports and records', async () => {
    await cliJson('new', project, '--task', 'motion');
    const imported = await run<{ imported: number; labels: Record<string, number> }>('import', writeRecordings());
    expect(imported).toMatchObject({ imported: 32, labels: { still: 16, shake: 16 } });
    const recorded = await run<{ saved: { frames: number; label: string }[] }>(
      ...[
        'record',
        '--port',
        pty.path,
        '--sensor',
        'imu',
        '--label',
        'still',
        '--seconds',
        '0.5',
        '--count',
        '2',
        '--pause',
        '0',
        '--person',
        'eve',
      ],
    );
    expect(recorded.saved.map((capture) => capture.frames)).toEqual([50, 50]);
    const samples = await run<{ id: string; person: string }[]>('samples', '--person', 'eve');
    expect(samples).toHaveLength(2);
    await run('delete', samples[0].id);
    expect(await run<unknown[]>('samples')).toHaveLength(33);
    await run('restore');
    expect(await run<unknown[]>('samples')).toHaveLength(34);
    await run('delete', ...samples.map((sample) => sample.id));
  });

  it('trains to the same bytes twice, in float and int8 alike', async () => {
    await run('split', '--by', 'capture', '--testing', '0.25');
    const first = await run<TrainReport>('train', '--seed', '5', '--epochs', '15');
    expect(first.int8?.accuracy).toBeGreaterThan(0.9);
    expect(first.testingRows).toBeGreaterThan(0);
    const second = await run<TrainReport>('train', '--seed', '5', '--epochs', '15', '--threads', '1');
    expect(second.tfliteSha256).toBe(first.tfliteSha256);
    const other = await run<TrainReport>('train', '--seed', '6', '--epochs', '15');
    expect(other.tfliteSha256).not.toBe(first.tfliteSha256);
  });

  it('fits, exports, and runs the exported file', async () => {
    const fit = await run<FitReport>('fit', '--board', 'nano33ble-sense');
    expect(fit.fits).toBe(true);
    const model = join(folder.path, 'model.tflite');
    await run('export', '--format', 'tflite', '--out', model);
    await run('export', '--format', 'image', '--out', join(folder.path, 'model.image'));
    const input = join(folder.path, 'input.bin');
    const output = join(folder.path, 'output.bin');
    const wrong = await cli('infer', model, '--in', model, '--out', output);
    expect(wrong.code).toBe(1);
    expect(wrong.stderr).toContain('the model takes');
    expect(existsSync(output)).toBe(false);
    const size = Number(/the model takes (\d+)/.exec(wrong.stderr)?.[1]);
    writeFileSync(input, new Uint8Array(size));
    const nowhere = await cli('infer', model, '--in', input, '--out', join(folder.path, 'none', 'output.bin'));
    expect(nowhere).toMatchObject({ code: 1, stdout: '' });
    expect(nowhere.stderr).toContain('cannot be written');
    const inferred = await cliJson<Inferred>('infer', model, '--in', input, '--out', output);
    expect(readFileSync(output)).toHaveLength(inferred.outputs[0].bytes);
    expect(fit.ram.items.some((item) => item.bytes === inferred.arenaBytes)).toBe(true);
  });

  it('computes features of a file', async () => {
    const { stdout, code } = await cli(
      '--project',
      project,
      '--json',
      'features',
      '--in',
      join(folder.path, 'recordings', 'still', 'ann0.csv'),
    );
    expect(code).toBe(0);
    const answer = JSON.parse(stdout) as { windows: number; features: number; values: number[][] };
    expect(answer.values).toHaveLength(answer.windows);
    expect(answer.values[0]).toHaveLength(answer.features);
  });

  it('flashes the board, tests on it bit for bit, and sees it recognise', async () => {
    const deployed = await run<{ goldenVectors: number; bytes: number }>('deploy', '--port', pty.path);
    expect(deployed.goldenVectors).toBeGreaterThan(0);
    const device = await run<ScoreReport>('test', '--engine', 'device', '--port', pty.path);
    const int8 = await run<ScoreReport>('test');
    expect(device.mismatches).toBe(0);
    expect(device.confusion).toEqual(int8.confusion);
    const live = await cli('--project', project, '--json', 'live', '--port', pty.path, '--seconds', '4');
    expect(live.code).toBe(0);
    const results = live.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as LiveResult);
    expect(results.length).toBeGreaterThan(1);
    for (const result of results) expect(result.scores.reduce((sum, score) => sum + score, 0)).toBeCloseTo(1, 1);
  });

  it('gives features to a reader that takes its time', async () => {
    const rows = Array.from({ length: 20_000 }, (_, i) => [i * 10, Math.sin(i / 9), 0, 9.81, 0, 0, 0].join(','));
    const long = join(folder.path, 'long.csv');
    writeFileSync(long, ['timestamp_ms,accX,accY,accZ,gyrX,gyrY,gyrZ', ...rows].join('\n'));
    const about = await run<{ windows: number; features: number }>('features', '--in', long, '--out', `${long}.f32`);
    const child = startCli(['--project', project, 'features', '--in', long]);
    const closed = new Promise((resolve) => child.on('close', resolve));
    // More than a pipe holds: the rest waits until it is read.
    await new Promise((resolve) => child.stdout?.once('readable', resolve));
    await new Promise((resolve) => setTimeout(resolve, 500));
    const parts: Buffer[] = [];
    child.stdout?.on('data', (part: Buffer) => parts.push(part));
    expect(await closed).toBe(0);
    expect(about.windows * about.features * 4).toBeGreaterThan(200_000);
    expect(Buffer.concat(parts).equals(readFileSync(`${long}.f32`))).toBe(true);
  });

  it('exports the data so that it comes back the same', async () => {
    const out = join(folder.path, 'export');
    await run('export-data', '--format', 'acquisition', '--out', out);
    const again = join(folder.path, 'again');
    await cliJson('new', again, '--task', 'motion');
    await cliJson('--project', again, 'import', out);
    const describeAll = async (path: string) =>
      (await cliJson<{ label: string; split: string; frames: number; rateHz: number }[]>('--project', path, 'samples'))
        .map(({ label, split, frames, rateHz }) => `${label} ${split} ${frames} ${rateHz.toFixed(3)}`)
        .sort();
    expect(await describeAll(again)).toEqual(await describeAll(project));
  });

  it('says that the board is gone while it recognises', async () => {
    const child = startCli(['--project', project, '--json', 'live', '--port', pty.path]);
    let said = '';
    child.stderr?.on('data', (text: Buffer) => (said += text.toString()));
    const closed = new Promise((resolve) => child.on('close', resolve));
    await new Promise((resolve) => child.stdout?.once('data', resolve));
    await pty.close();
    expect(await closed).toBe(1);
    expect(said).toContain('was lost');
    expect(said.trim().split('\n')).toHaveLength(1);
  });

  it('remembers what was flashed to the simulated board inside the program', async () => {
    await run('deploy', '--port', 'sim');
    const live = await cli('--project', project, '--json', 'live', '--port', 'sim', '--seconds', '3');
    expect(live.stderr).toBe('');
    expect(live.stdout.trim().split('\n').length).toBeGreaterThan(0);
  });
});

describe('dormouse demo', () => {
  it('does all of it on a machine with no board and no display', async () => {
    const demo = await cliJson<{
      train: TrainReport;
      device: { windows: number; mismatches: number };
      live: { gesture: string; results: number; right: number }[];
    }>('demo');
    expect(demo.device.windows).toBeGreaterThan(10);
    expect(demo.device.mismatches).toBe(0);
    expect(demo.train.int8?.accuracy).toBeGreaterThan(0.85);
    expect(demo.live.map((entry) => entry.gesture).sort()).toEqual([...gestureNames].sort());
    const right = demo.live.reduce((sum, entry) => sum + entry.right, 0);
    const all = demo.live.reduce((sum, entry) => sum + entry.results, 0);
    expect(right / all).toBeGreaterThan(0.7);
  });
});

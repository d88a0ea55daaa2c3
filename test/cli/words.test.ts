/** Words by command line: heard in a take, cut out of it, and the take brought back. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../src/base';
import type { CaptureSummary, ImportReport } from '../../src/dataset';
import { writeWav } from '../../src/dataset/wav';
import { cli, cliJson, temporaryFolder } from '../support/cli';

let folder: ReturnType<typeof temporaryFolder>;
const run = <T>(...args: string[]): Promise<T> => cliJson<T>('--project', join(folder.path, 'words'), ...args);

beforeAll(() => {
  folder = temporaryFolder();
});
afterAll(() => folder.remove());

/** Eight seconds at 8 kHz with three bursts. */
function take(): Uint8Array {
  const random = new Random(3);
  const values = Float32Array.from({ length: 64_000 }, (_, i) => {
    const loud = [1, 3.5, 6].some((start) => i >= start * 8000 && i < (start + 0.4) * 8000);
    return random.normal() * 30 + (loud ? 4000 * Math.sin(i * 0.4) : 0);
  });
  return writeWav(values, 1, 8000);
}

describe('words of a long take', () => {
  it('are found, cut and undone', async () => {
    const sounds = join(folder.path, 'sounds', 'yes');
    mkdirSync(sounds, { recursive: true });
    writeFileSync(join(sounds, 'long.wav'), take());
    await cliJson('new', join(folder.path, 'words'), '--task', 'audio');
    const { ids } = await run<ImportReport>('import', join(folder.path, 'sounds'));
    const found = await run<{ segments: { start: number; end: number }[] }>('words', ids[0]);
    const middles = found.segments.map(({ start, end }) => (start + end) / 2 / 16_000);
    expect(middles.map((middle) => Math.round(middle * 10) / 10)).toEqual([1.2, 3.7, 6.2]);
    await run('words', ids[0], '--cut', '--word-ms', '600');
    const cut = await run<CaptureSummary[]>('samples');
    expect(cut.map(({ label, frames, rateHz }) => [label, frames / rateHz])).toEqual(Array(3).fill(['yes', 0.6]));
    await run('restore', ids[0]);
    expect((await run<CaptureSummary[]>('samples')).length).toBe(4);
  });

  it('are recorded on a beat from the microphone, and what is not heard is said', async () => {
    const project = join(folder.path, 'words');
    const args = ['record', '--port', 'sim', '--label', 'no', '--words', '--count', '2', '--every', '0.5'];
    const outcome = await cli('--project', project, ...args);
    expect(outcome.code, outcome.stderr).toBe(0);
    expect(outcome.stderr).toMatch(/2\/2 {2}"no"/);
    const recorded = await run<CaptureSummary[]>('samples', '--label', 'no');
    expect(recorded.map(({ kind, rateHz }) => [kind, rateHz])).toEqual([['audio', 16_000]]);
    const tooLong = await cli(
      '--project',
      project,
      'record',
      '--port',
      'sim',
      '--label',
      'no',
      '--words',
      '--count',
      '900',
    );
    expect([tooLong.code, tooLong.stderr]).toEqual([2, expect.stringContaining('longer than the 600 seconds')]);
  });
});

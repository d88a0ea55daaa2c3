/** kill -9 at any moment of recording, training and relabelling: nothing partial, nothing locked. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../src/base';
import type { CaptureSummary } from '../../src/dataset';
import { Project } from '../../src/project';
import { cli, cliJson, startCli, temporaryFolder } from '../support/cli';

const kills = 50;
let folder: ReturnType<typeof temporaryFolder>;
let project: string;

beforeAll(async () => {
  folder = temporaryFolder();
  project = join(folder.path, 'p');
  await cliJson('new', project, '--task', 'motion');
  for (const label of ['still', 'shake'])
    await cliJson(
      '--project',
      project,
      'record',
      '--port',
      'sim',
      '--label',
      label,
      '--seconds',
      '0.3',
      '--count',
      '3',
      '--pause',
      '0',
    );
  await cliJson('--project', project, 'split', '--by', 'capture', '--testing', '0.34');
  await cliJson('--project', project, 'train', '--epochs', '3');
});
afterAll(() => folder.remove());

/** Starts the verb, kills it after so many milliseconds (or lets it end), and waits until it is gone. */
async function killAfter(ms: number, ...args: string[]): Promise<void> {
  const child = startCli(['--project', project, '--json', ...args]);
  child.stdout?.resume();
  child.stderr?.resume();
  const timer = setTimeout(() => child.kill('SIGKILL'), ms);
  await new Promise((resolve) => child.on('close', resolve));
  clearTimeout(timer);
}

/** Opens the project as any next program would, at once, and reads every capture whole. */
async function expectWhole(): Promise<readonly CaptureSummary[]> {
  const opened = await Project.open(project);
  try {
    expect(opened.dataset.problems()).toEqual([]);
    const { items } = opened.dataset.list({}, 0, 100_000);
    for (const item of items) {
      const capture = await opened.dataset.get(item.id);
      expect(capture.values).toHaveLength(capture.frames * capture.axes.length);
    }
    return items;
  } finally {
    await opened.close();
  }
}

describe('kill -9', () => {
  it(`leaves whole captures or none, ${kills} times while recording`, async () => {
    const random = new Random(11);
    let before = (await expectWhole()).length;
    for (let i = 0; i < kills; i++) {
      await killAfter(
        100 + random.below(900),
        'record',
        '--port',
        'sim',
        '--label',
        'still',
        '--seconds',
        '0.1',
        '--count',
        '20',
        '--pause',
        '0',
      );
      const now = (await expectWhole()).length;
      expect(now).toBeGreaterThanOrEqual(before);
      before = now;
    }
  });

  it(`leaves the old model or the new one, ${kills} times while training`, async () => {
    const random = new Random(12);
    const digest = () =>
      createHash('sha256')
        .update(readFileSync(join(project, 'model', 'trained.cbor')))
        .digest('hex');
    for (let i = 0; i < kills; i++) {
      await killAfter(100 + random.below(900), 'train', '--epochs', '3', '--seed', String(i % 2));
      expect(digest()).toMatch(/^[0-9a-f]{64}$/);
      const opened = await Project.open(project);
      expect(await opened.trained()).not.toBeNull();
      await opened.close();
    }
    expect(readdirSync(join(project, 'model')).filter((name) => name === 'trained.cbor')).toEqual(['trained.cbor']);
    // And it can still be trained.
    expect((await cli('--project', project, 'train', '--epochs', '2')).code).toBe(0);
  });

  it(`leaves every label old or new, ${kills} times while relabelling`, async () => {
    const random = new Random(13);
    const ids = (await expectWhole()).map((item) => item.id);
    for (let i = 0; i < kills; i++) {
      await killAfter(80 + random.below(400), 'label', ...ids, '--label', i % 2 === 0 ? 'one' : 'two');
      for (const item of await expectWhole()) expect(['still', 'shake', 'one', 'two']).toContain(item.label);
    }
  });
});

/**
 * Faults: the program killed at any moment, the disk full or failing at any call, two programs at once, a folder that
 * cannot be written. Afterwards every capture is whole, old or new, and nothing is locked.
 */
import { spawn } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../src/base';
import { Dataset } from '../../src/dataset';
import { bundleForNode } from '../support/bundle';
import { faultyDisk, type FaultPlan } from '../support/faulty-disk';
import { motionCapture, temporaryFolders } from './support';

const folders = temporaryFolders();
afterEach(() => folders.clean());
const here = dirname(fileURLToPath(import.meta.url));

/** Every capture can be read, its values are what its notes say, and only sentences about lonely notes are left. */
async function expectWhole(folder: string, labels: RegExp): Promise<Dataset> {
  const dataset = await Dataset.open(folder);
  for (const item of dataset.list().items) {
    const capture = await dataset.get(item.id);
    expect(capture.frames * capture.axes.length).toBe(capture.values.length);
    expect(capture.frames).toBe(item.frames);
    expect(item.label).toMatch(labels);
  }
  expect(dataset.problems().filter((problem) => !problem.includes('no recording beside it'))).toEqual([]);
  const files = readdirSync(join(folder, 'captures'));
  expect(files.filter((name) => name.startsWith('.'))).toEqual([]);
  return dataset;
}

function writeTables(folder: string, count: number, seed: number): void {
  mkdirSync(folder, { recursive: true });
  for (let i = 0; i < count; i++) {
    const rows = Array.from({ length: 20 }, (_, k) => `${k * 20},${Math.sin(k + i + seed * 1000)},${i},${k}`);
    writeFileSync(join(folder, `circle.${i}.csv`), `timestamp,accX,accY,accZ\n${rows.join('\n')}\n`);
  }
}

describe('kill -9', () => {
  let program: string;
  beforeAll(async () => {
    program = await bundleForNode(join(here, 'busy-child.ts'));
  });
  afterAll(() => {
    rmSync(dirname(program), { recursive: true, force: true });
  });

  /** Runs the busy program and kills it `delay` ms after it has begun; resolves with what it had acknowledged. */
  function runAndKill(folder: string, tables: string, seed: number, delay: number): Promise<string[]> {
    return new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [program, folder, tables, String(seed)], {
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let output = '';
      let errors = '';
      child.stderr.on('data', (data: Buffer) => (errors += data.toString()));
      child.stdout.on('data', (data: Buffer) => {
        if (output === '') setTimeout(() => child.kill('SIGKILL'), delay);
        output += data.toString();
      });
      child.on('close', (_, signal) => {
        if (signal !== 'SIGKILL') return reject(new Error(`The busy program ended by itself: ${errors}`));
        const whole = output.slice(0, output.lastIndexOf('\n')).split('\n').filter(Boolean);
        resolve(whole.flatMap((line) => (JSON.parse(line) as { added?: string }).added ?? []));
      });
    });
  }

  it('60 times during adding, importing, labelling, deleting and splitting leaves whole captures and no lock', async () => {
    const random = new Random(7);
    let folder = '';
    let known: string[] = [];
    for (let kill = 0; kill < 60; kill++) {
      if (kill % 20 === 0) {
        const dataset = await folders.dataset();
        folder = dataset.folder;
        await dataset.close();
        known = [];
      }
      const tables = join(folder, '..', `tables${kill}`, 'circle');
      writeTables(tables, 40, kill);
      known.push(...(await runAndKill(folder, tables, kill, random.below(150))));
      const dataset = await expectWhole(folder, /^(wave|circle|label[012])$/);
      const there = new Set(dataset.list().items.map((item) => item.id));
      const inTrash = (id: string): boolean => existsSync(join(folder, 'trash', `${id}.cbor`));
      // What was acknowledged is still there; a delete that was cut short may have left it in the trash.
      for (const id of known) expect(there.has(id) || inTrash(id), id).toBe(true);
      await dataset.undo();
      await dataset.close();
      await (await expectWhole(folder, /^(wave|circle|label[012])$/)).close();
      // Undo may have taken the newest away again.
      known = known.filter((id) => existsSync(join(folder, 'captures', `${id}.json`)));
    }
  });
});

describe('a failing disk', () => {
  interface Scene {
    readonly name: string;
    readonly work: (dataset: Dataset, ids: string[], tables: string) => Promise<unknown>;
  }
  const scenes: Scene[] = [
    { name: 'adding', work: (dataset) => dataset.add(motionCapture('new', 50)) },
    { name: 'labelling', work: (dataset, ids) => dataset.update(ids, { label: 'new' }) },
    { name: 'deleting', work: (dataset, ids) => dataset.remove(ids.slice(0, 2)) },
    { name: 'undoing', work: (dataset) => dataset.undo() },
    { name: 'splitting', work: (dataset) => dataset.autoSplit({ by: 'capture', testing: 0.5, seed: 3 }) },
    { name: 'importing', work: (dataset, _, tables) => dataset.importPaths([tables]) },
  ];
  const faults: Omit<FaultPlan, 'failAt'>[] = [
    { forever: true, code: 'ENOSPC' },
    { forever: false, code: 'EIO' },
  ];

  it.each(scenes)('at every n-th call while $name leaves the old or the new, never a part', async ({ work }) => {
    const template = await folders.dataset();
    for (let i = 0; i < 2; i++) await template.add(motionCapture('wave', i));
    await template.update([template.list().items[0].id], { label: 'circle' });
    await template.close();
    const tables = join(folders.folder(), 'new');
    writeTables(tables, 2, 1);
    for (const fault of faults) {
      for (let n = 1, clean = false; !clean; n++) {
        const folder = join(folders.folder(), 'project');
        cpSync(template.folder, folder, { recursive: true, preserveTimestamps: true });
        const disk = faultyDisk();
        const dataset = await Dataset.open(folder, { disk });
        const ids = dataset.list().items.map((item) => item.id);
        disk.arm({ ...fault, failAt: n });
        const failure: unknown = await work(dataset, ids, tables).then(
          () => undefined,
          (error: unknown) => error,
        );
        clean = !disk.failed();
        if (failure)
          expect(failure).toMatchObject({
            name: 'DatasetError',
            code: fault.code === 'ENOSPC' ? 'disk-full' : 'disk-failed',
          });
        disk.disarm();
        // What the open dataset shows is what is on the disk.
        const shown = dataset
          .list()
          .items.map((item) => `${item.id} ${item.label} ${item.split}`)
          .sort();
        await dataset.close();
        const again = await expectWhole(folder, /^(wave|circle|new|label\d)$/);
        expect(
          again
            .list()
            .items.map((item) => `${item.id} ${item.label} ${item.split}`)
            .sort(),
        ).toEqual(shown);
        // And it can be worked with as before.
        await again.add(motionCapture('wave', 77));
        await again.close();
      }
    }
  });
});

describe('two programs', () => {
  it('the second is told in one sentence, may look, and may write when the first is done', async () => {
    const first = await folders.dataset();
    await first.add(motionCapture('wave', 1));
    await expect(Dataset.open(first.folder)).rejects.toMatchObject({
      code: 'locked',
      message: 'This program already has the project open.',
    });
    const looker = await Dataset.open(first.folder, { readOnly: true });
    expect(looker.count).toBe(1);
    await expect(looker.add(motionCapture('wave', 2))).rejects.toMatchObject({ code: 'read-only' });
    await expect(looker.undo()).rejects.toMatchObject({ code: 'read-only' });
    await first.close();
    await looker.close();
    const second = await Dataset.open(first.folder);
    await second.add(motionCapture('wave', 2));
    await second.close();
  });

  it('a lock is respected while its holder lives, and taken over when it is gone', async () => {
    const dataset = await folders.dataset();
    await dataset.close();
    const lock = join(dataset.folder, '.lock');
    const child = spawn('sleep', ['60']);
    const holder = { pid: child.pid, host: hostname(), started: '', token: 'x' };
    writeFileSync(lock, JSON.stringify(holder));
    await expect(Dataset.open(dataset.folder)).rejects.toMatchObject({
      code: 'locked',
      message: `Another program has this project open (process ${child.pid}).`,
    });
    await new Promise((resolve) => {
      child.on('close', resolve);
      child.kill('SIGKILL');
    });
    await (await Dataset.open(dataset.folder)).close();

    // The same number, another process: what was noted of its start does not fit.
    writeFileSync(lock, JSON.stringify({ ...holder, pid: process.pid, started: 'another-boot 1' }));
    if (process.platform === 'linux') await (await Dataset.open(dataset.folder)).close();

    // Another computer: only its silence tells.
    writeFileSync(lock, JSON.stringify({ ...holder, host: 'elsewhere' }));
    await expect(Dataset.open(dataset.folder)).rejects.toMatchObject({ code: 'locked' });
    const longAgo = new Date(Date.now() - 60_000);
    utimesSync(lock, longAgo, longAgo);
    await (await Dataset.open(dataset.folder)).close();

    // Cut off while it was written.
    writeFileSync(lock, '{"pid":');
    utimesSync(lock, longAgo, longAgo);
    await (await Dataset.open(dataset.folder)).close();
    expect(readdirSync(dataset.folder).filter((name) => name.startsWith('.lock'))).toEqual([]);
  });

  it('only one of many that come at the same time gets it', async () => {
    const dataset = await folders.dataset();
    await dataset.close();
    writeFileSync(
      join(dataset.folder, '.lock'),
      JSON.stringify({ pid: 2 ** 22 + 1, host: hostname(), started: '', token: 'dead' }),
    );
    const results = await Promise.allSettled(Array.from({ length: 8 }, () => Dataset.open(dataset.folder)));
    const opened = results.filter((result) => result.status === 'fulfilled');
    expect(opened).toHaveLength(1);
    await opened[0].value.close();
  });
});

describe('a folder that cannot be written', () => {
  // The superuser may write anywhere, so there the file system is asked to refuse through the disk.
  it('opens to look at only, and says so otherwise', async () => {
    const dataset = await folders.dataset();
    await dataset.add(motionCapture('wave', 1));
    await dataset.close();
    const disk = faultyDisk();
    disk.arm({ failAt: 1, forever: true, code: 'EROFS' });
    await expect(Dataset.open(dataset.folder, { disk })).rejects.toMatchObject({ code: 'read-only' });
    const looker = await Dataset.open(dataset.folder, { readOnly: true, disk });
    expect(looker.count).toBe(1);
    await looker.close();
    // The failed attempt left no lock behind.
    await (await Dataset.open(dataset.folder)).close();
    await expect(Dataset.open(join(dataset.folder, 'nowhere'))).rejects.toMatchObject({ code: 'not-a-project' });
  });

  it('is refused by the system itself to a user without rights', async () => {
    const dataset = await folders.dataset();
    await dataset.add(motionCapture('wave', 1));
    await dataset.close();
    const code = `
      import { writeFileSync } from 'node:fs';
      try { writeFileSync(process.argv[1] + '/.lock', ''); process.exit(1); } catch (error) { process.exit(error.code === 'EACCES' ? 0 : 2); }`;
    chmodSync(dataset.folder, 0o555);
    const isRoot = process.getuid?.() === 0;
    if (isRoot) chownSync(dirname(dataset.folder), 65534, 65534);
    if (!isRoot) await expect(Dataset.open(dataset.folder)).rejects.toMatchObject({ code: 'read-only' });
    else {
      const child = spawn(process.execPath, ['--input-type=module', '-e', code, dataset.folder], {
        uid: 65534,
        gid: 65534,
      });
      expect(await new Promise((resolve) => child.on('close', resolve))).toBe(0);
    }
    chmodSync(dataset.folder, 0o755);
    expect(
      readFileSync(join(dataset.folder, 'captures', readdirSync(join(dataset.folder, 'captures'))[0])).length,
    ).toBeGreaterThan(0);
  });
});

/** Folders and zips: labels and splits by name or by list, hostile archives, cancelling and undoing. */
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { afterEach, describe, expect, it } from 'vitest';
import { readCaptures } from '../../src/dataset';
import { acquisition, csv, folders, importFiles, write } from './made-up-files';

afterEach(() => folders.clean());

describe('folders', () => {
  it('give labels and splits by their names', async () => {
    const { captures } = await importFiles({
      'wave/001.csv': csv(1),
      'train/idle/1.csv': csv(2),
      'test/idle/2.csv': csv(3),
      'circle.7.csv': csv(4),
      'data/shake.class/3.csv': csv(5),
      'valid/flip.9.csv': csv(6),
    });
    const said = Object.fromEntries(
      captures.map(({ source, label, split, splitPinned }) => [
        source.replace('import/', ''),
        [label, splitPinned ? split : 'free'],
      ]),
    );
    expect(said).toEqual({
      'wave/001.csv': ['wave', 'free'],
      'train/idle/1.csv': ['idle', 'training'],
      'test/idle/2.csv': ['idle', 'testing'],
      'circle.7.csv': ['circle', 'free'],
      'data/shake.class/3.csv': ['shake', 'free'],
      'valid/flip.9.csv': ['flip', 'testing'],
    });
  });

  it('follow their lists, in either form, and leave out what is not listed', async () => {
    const index =
      'file,label,speaker,session,split\n"a.csv","big, wave",ann,monday,train\nb.csv,idle,bob,tuesday,valid\ngone.csv,x,y,z,train\n';
    const { captures, report } = await importFiles({
      'index.csv': index,
      'a.csv': csv(1),
      'b.csv': csv(2),
      'c.csv': csv(3),
    });
    expect(captures.map(({ label, person, session, split }) => [label, person, session, split])).toEqual([
      ['big, wave', 'ann', 'monday', 'training'],
      ['idle', 'bob', 'tuesday', 'testing'],
    ]);
    expect(report.warnings).toEqual([
      'c.csv is not in the list of files beside it and was left out.',
      'gone.csv is listed but not there.',
    ]);
    const item = (path: string, label: object): object => ({
      path,
      category: 'testing',
      label,
      metadata: { person: 'cy' },
    });
    const items = [
      item('training/a.json', { type: 'label', label: 'lift' }),
      item('training/b.json', {
        type: 'multi-label',
        labels: [
          { label: 'up', startIndex: 0, endIndex: 1 },
          { label: 'down', startIndex: 2, endIndex: 2 },
        ],
      }),
    ];
    const forms = [
      JSON.stringify({ version: 1, files: items }),
      `{"__ndjson":true,"version":1}\n${items.map((one, i) => JSON.stringify({ __key: ['files', i], __item: one })).join('\n')}\n`,
    ];
    for (const info of forms) {
      const imported = await importFiles({
        'info.labels': info,
        'training/a.json': acquisition(),
        'training/b.json': acquisition({}, [
          [9, 2],
          [3, 4],
          [5, 6],
        ]),
      });
      expect(imported.captures.map(({ label, split, person }) => [label, split, person])).toEqual([
        ['lift', 'testing', 'cy'],
        ['up', 'testing', 'cy'],
      ]);
      expect(imported.captures[1].segments).toEqual([
        { start: 0, end: 2, label: 'up' },
        { start: 2, end: 3, label: 'down' },
      ]);
    }
  });

  it('that mix good and bad files give the good ones and a sentence for each bad one', async () => {
    const { report } = await importFiles({
      'wave/1.csv': csv(1),
      'wave/2.csv': 'x',
      'wave/3.wav': 'x',
      'wave/4.json': '{',
      'wave/5.png': 'x',
      'wave/6.exe': 'x',
      'wave/.DS_Store': 'x',
      'README.md': 'x',
    });
    expect(report.imported).toBe(1);
    expect(report.warnings).toHaveLength(5);
    for (const name of ['2.csv', '3.wav', '4.json', '5.png', '6.exe'])
      expect(report.warnings.filter((warning) => warning.includes(name))).toHaveLength(1);
  });

  it('are one step to undo, skip what is there, and keep what was whole when cancelled', async () => {
    const root = write(Object.fromEntries(Array.from({ length: 150 }, (_, i) => [`wave/${i}.csv`, csv(i)])));
    const dataset = await folders.dataset();
    const abort = new AbortController();
    const work = {
      signal: abort.signal,
      onProgress: ({ step }: { step: string }) => void (step.includes('wave/80.csv') && abort.abort()),
    };
    await expect(dataset.importPaths([root], {}, work)).rejects.toMatchObject({ code: 'cancelled' });
    expect(dataset.count).toBeGreaterThan(0);
    expect(dataset.count).toBeLessThan(150);
    const before = dataset.count;
    const report = await dataset.importPaths([root]);
    expect([report.imported, report.duplicates]).toEqual([150 - before, before]);
    expect(dataset.undoName).toBe('import import');
    await dataset.undo();
    expect(dataset.count).toBe(before);
    await dataset.undo();
    expect(dataset.count).toBe(0);
    await dataset.redo();
    await dataset.redo();
    expect(dataset.count).toBe(150);
    const { testing, training } = dataset.summary().labels[0];
    expect(testing / (testing + training)).toBeGreaterThan(0.13);
    expect(testing / (testing + training)).toBeLessThan(0.27);
  });

  it('with several people are split by person', async () => {
    const rows = Array.from({ length: 60 }, (_, i) => `${i}.csv,${i % 2 ? 'wave' : 'idle'},p${i % 6}`);
    const files = Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`${i}.csv`, csv(i)]));
    const { captures } = await importFiles({ 'index.csv': `file,label,person\n${rows.join('\n')}\n`, ...files });
    const sides = new Map<string, Set<string>>();
    for (const { person, split } of captures) sides.set(person, (sides.get(person) ?? new Set()).add(split));
    for (const [person, seen] of sides) expect(seen.size, person).toBe(1);
    for (const label of ['wave', 'idle'])
      expect(new Set(captures.filter((one) => one.label === label).map((one) => one.split)).size).toBe(2);
  });
});

describe('zips', () => {
  const text = (content: string): Uint8Array => new TextEncoder().encode(content);
  const importZip = (bytes: Uint8Array) => importFiles({ 'set.zip': bytes });

  it('count as the folder that they hold', async () => {
    const { captures } = await importZip(
      zipSync({
        'wave/1.csv': text(csv(1)),
        '__MACOSX/wave/._1.csv': text('x'),
        'wave/.DS_Store': text('x'),
        'idle/2.csv': [text(csv(2)), { level: 0 }],
      }),
    );
    expect(captures.map(({ label }) => label).sort()).toEqual(['idle', 'wave']);
  });

  it('cannot reach out of themselves', async () => {
    const { captures, report } = await importZip(
      zipSync({
        '../../evil.csv': text(csv(1)),
        '/etc/evil.csv': text(csv(2)),
        'C:/evil.csv': text(csv(3)),
        'wave/1.csv': text(csv(4)),
      }),
    );
    expect(captures).toHaveLength(1);
    expect(report.warnings.filter((warning) => warning.includes('points outside'))).toHaveLength(3);
  });

  it('that unpack to too much, lie or are cut are refused', async () => {
    const patched = (bytes: Uint8Array, size: number): Uint8Array => {
      const copy = Uint8Array.from(bytes);
      const central = Buffer.from(copy.buffer).indexOf('PK\u0001\u0002', 0, 'latin1');
      new DataView(copy.buffer).setUint32(central + 24, size, true);
      return copy;
    };
    const large = { 'a.json': new Uint8Array(1 << 20), 'wave/1.csv': text(csv(1)) };
    const bomb = patched(zipSync(large, { level: 9 }), 300 << 20);
    const { captures, report } = await importZip(bomb);
    expect(captures).toHaveLength(1);
    expect(report.warnings.join()).toContain('files of this kind are read up to');
    const good = zipSync({ 'wave/1.csv': text(csv(1)) });
    const lying = patched(good, 20);
    for (const bytes of [lying, good.subarray(0, good.length - 30), good.subarray(0, 10), new Uint8Array(0)]) {
      await expect(importZip(bytes)).rejects.toMatchObject({ code: 'nothing-imported' });
    }
  });
});

describe('readCaptures', () => {
  it('reads a file without a project', async () => {
    const [{ capture, summary }] = await readCaptures(join(write({ 'wave.1.csv': csv(1) }), 'wave.1.csv'));
    expect(summary).toMatchObject({ label: 'wave', frames: 10, rateHz: 50 });
    expect(capture.values).toHaveLength(10);
    await expect(readCaptures('/nowhere.csv')).rejects.toMatchObject({ code: 'bad-file' });
  });
});

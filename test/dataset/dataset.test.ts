/** The dataset as its users see it: what is added is on disk, every edit can be undone, and what others do is noticed. */
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { Dataset } from '../../src/dataset';
import { motionCapture, temporaryFolders } from './support';

const folders = temporaryFolders();
afterEach(() => folders.clean());

/** What a person would call the content of a dataset. */
function contentOf(dataset: Dataset) {
  return dataset
    .list()
    .items.map(({ id, label, split, person, trim }) => ({ id, label, split, person, trim }))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}

describe('adding and reading', () => {
  it('gives back exactly what was added, also to another program', async () => {
    const dataset = await folders.dataset();
    const capture = motionCapture('wave', 1, { person: 'ann', gaps: [{ at: 10, lost: 3 }], note: 'left hand' });
    const { id } = await dataset.add(capture);
    const other = await Dataset.open(dataset.folder, { readOnly: true });
    const read = await other.get(id);
    expect(read.values).toEqual(capture.values);
    expect(read).toMatchObject({
      label: 'wave',
      person: 'ann',
      gaps: [{ at: 10, lost: 3 }],
      note: 'left hand',
      rateHz: 50,
      frames: 50,
      kind: 'motion',
    });
    expect(readdirSync(join(dataset.folder, 'captures')).sort()).toEqual([`${id}.cbor`, `${id}.json`]);
    await other.close();
  });

  it('keeps sound as WAV and gives it back to the bit', async () => {
    const dataset = await folders.dataset();
    const values = new Float32Array(1600).map((_, i) => Math.round(Math.sin(i) * 32767));
    const { id } = await dataset.add({
      values,
      axes: [{ name: 'audio', units: 'wav' }],
      rateHz: 16000,
      kind: 'audio',
      notes: { label: 'yes' },
    });
    expect(existsSync(join(dataset.folder, 'captures', `${id}.wav`))).toBe(true);
    expect((await dataset.get(id)).values).toEqual(values);
  });

  it('turns frames that are no numbers into gaps and refuses what cannot be stored', async () => {
    const dataset = await folders.dataset();
    const capture = motionCapture('wave', 1);
    capture.values[5 * 3] = NaN;
    capture.values[6 * 3 + 1] = Infinity;
    const { id } = await dataset.add(capture);
    const read = await dataset.get(id);
    expect(read.frames).toBe(48);
    expect(read.gaps).toEqual([{ at: 5, lost: 2 }]);
    await expect(dataset.add({ ...motionCapture('x', 1), rateHz: 0 })).rejects.toMatchObject({ code: 'bad-capture' });
    await expect(dataset.add({ ...motionCapture('x', 1), values: new Float32Array(4) })).rejects.toMatchObject({
      code: 'bad-capture',
    });
    await expect(dataset.get('nobody')).rejects.toMatchObject({ code: 'unknown-capture' });
    expect(dataset.count).toBe(1);
  });

  it('makes ids that are unique, safe as file names and kept by a merge that copies files', async () => {
    const [a, b] = [await folders.dataset(), await folders.dataset()];
    for (let i = 0; i < 5; i++) {
      await a.add(motionCapture('wave', i));
      await b.add(motionCapture('circle', i + 10));
    }
    cpSync(join(b.folder, 'captures'), join(a.folder, 'captures'), { recursive: true });
    await a.refresh();
    expect(a.count).toBe(10);
    expect(a.summary().labels.map(({ label }) => label)).toEqual(['circle', 'wave']);
    for (const { id } of a.list().items) expect(id).toMatch(/^\d{8}-\d{6}-[a-z2-9]{10}$/);
    expect(a.problems()).toEqual([]);
  });

  it('filters, pages and sums up', async () => {
    const dataset = await folders.dataset();
    for (let i = 0; i < 6; i++)
      await dataset.add(
        motionCapture(i % 2 ? 'wave' : 'idle', i, { person: `p${i % 3}`, split: i < 4 ? 'training' : 'testing' }),
      );
    expect(dataset.list({ label: 'wave' }).total).toBe(3);
    expect(dataset.list({ split: 'testing', person: 'p1' }).total).toBe(1);
    expect(dataset.list({ text: 'WAV' }).total).toBe(3);
    const page = dataset.list({}, 4, 10);
    expect([page.total, page.items.length]).toEqual([6, 2]);
    expect(dataset.summary()).toMatchObject({
      captures: 6,
      persons: ['p0', 'p1', 'p2'],
      labels: [{ label: 'idle', training: 2, testing: 1, seconds: 3 }, { label: 'wave' }],
    });
  });
});

describe('undo', () => {
  it('takes back and carries out again every kind of edit, also after reopening', async () => {
    let dataset = await folders.dataset();
    const ids: string[] = [];
    for (let i = 0; i < 8; i++) ids.push((await dataset.add(motionCapture('wave', i, { person: `p${i % 4}` }))).id);
    const edits: [string, () => Promise<unknown>][] = [
      ['label 2 captures "circle"', () => dataset.update(ids.slice(0, 2), { label: 'circle' })],
      ['move one capture to testing', () => dataset.update([ids[3]], { split: 'testing' })],
      ['note zoe for 3 captures', () => dataset.update(ids.slice(2, 5), { person: 'zoe' })],
      ['trim one capture', () => dataset.trim(ids[1], { start: 5, end: 20 })],
      ['undo the trimming of one capture', () => dataset.trim(ids[1], undefined)],
      ['delete 3 captures', () => dataset.remove(ids.slice(5))],
      ['restore 2 captures', () => dataset.restore(ids.slice(5, 7))],
      ['split by person', () => dataset.autoSplit({ by: 'person', testing: 0.3, seed: 2 })],
      ['add one "idle"', () => dataset.add(motionCapture('idle', 99))],
    ];
    const states = [contentOf(dataset)];
    for (const [name, edit] of edits) {
      await edit();
      expect(dataset.undoName).toBe(name);
      states.push(contentOf(dataset));
    }
    for (let i = edits.length; i > 0; i--) {
      expect(await dataset.undo()).toBe(edits[i - 1][0]);
      expect(contentOf(dataset)).toEqual(states[i - 1]);
      expect(dataset.redoName).toBe(edits[i - 1][0]);
      await dataset.close();
      dataset = await Dataset.open(dataset.folder);
    }
    for (let i = 1; i <= edits.length; i++) {
      expect(await dataset.redo()).toBe(edits[i - 1][0]);
      expect(contentOf(dataset)).toEqual(states[i]);
    }
    expect(await dataset.redo()).toBe('');
    // A new edit forgets what was undone.
    await dataset.undo();
    await dataset.update([ids[0]], { label: 'other' });
    expect(dataset.redoName).toBe('');
    await dataset.close();
  });

  it('keeps deleted captures in the trash and brings the last ones back', async () => {
    const dataset = await folders.dataset();
    const { id } = await dataset.add(motionCapture('wave', 1));
    await dataset.remove([id]);
    expect(dataset.count).toBe(0);
    expect(readdirSync(join(dataset.folder, 'trash')).sort()).toEqual([`${id}.cbor`, `${id}.json`, 'history']);
    expect(await dataset.restore()).toEqual([id]);
    expect((await dataset.get(id)).label).toBe('wave');
    await expect(dataset.restore(['20250101-000000-aaaaaaaaaa'])).rejects.toMatchObject({ code: 'unknown-capture' });
  });

  it('says so when the trash was emptied meanwhile', async () => {
    const dataset = await folders.dataset();
    const { id } = await dataset.add(motionCapture('wave', 1));
    await dataset.remove([id]);
    rmSync(join(dataset.folder, 'trash', `${id}.cbor`));
    await dataset.undo();
    expect(dataset.problems()).toEqual(['1 deleted captures are not in the trash any more and stay deleted.']);
  });

  it('refuses impossible edits before anything happens', async () => {
    const dataset = await folders.dataset();
    const { id } = await dataset.add(motionCapture('wave', 1));
    const before = contentOf(dataset);
    await expect(dataset.update([id, 'nobody'], { label: 'x' })).rejects.toMatchObject({ code: 'unknown-capture' });
    await expect(dataset.remove([id, 'nobody'])).rejects.toMatchObject({ code: 'unknown-capture' });
    await expect(dataset.trim(id, { start: 10, end: 10 })).rejects.toMatchObject({ code: 'bad-request' });
    await expect(dataset.trim(id, { start: 0, end: 51 })).rejects.toMatchObject({ code: 'bad-request' });
    await expect(dataset.autoSplit({ by: 'capture', testing: 2, seed: 1 })).rejects.toMatchObject({
      code: 'bad-request',
    });
    expect(contentOf(dataset)).toEqual(before);
    expect(dataset.undoName).toBe('add one "wave"');
  });
});

describe('what other programs do', () => {
  it('notices notes that were edited, files that were added and removed, with and without the cache', async () => {
    for (const dropCache of [false, true]) {
      const dataset = await folders.dataset();
      const ids: string[] = [];
      for (let i = 0; i < 4; i++) ids.push((await dataset.add(motionCapture('wave', i))).id);
      await dataset.close();
      const captures = join(dataset.folder, 'captures');
      const notes = join(captures, `${ids[0]}.json`);
      // In place, as some editors save: the folder itself does not change.
      const time = new Date(Date.now() + 1000);
      writeFileSync(notes, readFileSync(notes, 'utf8').replace('"wave"', '"wavy"'));
      utimesSync(notes, time, time);
      rmSync(join(captures, `${ids[1]}.cbor`));
      rmSync(join(captures, `${ids[1]}.json`));
      cpSync(join(captures, `${ids[2]}.cbor`), join(captures, 'shake.1.cbor'));
      if (dropCache) rmSync(join(dataset.folder, '.cache'), { recursive: true, force: true });
      const again = await Dataset.open(dataset.folder);
      expect(
        again
          .list()
          .items.map((item) => item.label)
          .sort(),
      ).toEqual(['shake', 'wave', 'wave', 'wavy']);
      expect(again.problems()).toEqual([
        'Nothing is noted about shake.1; the recording is good and is shown as "shake".',
      ]);
      await again.close();
    }
  });

  it('survives whatever lies in its folders, and says what it is', async () => {
    const dataset = await folders.dataset();
    const ids: string[] = [];
    for (let i = 0; i < 5; i++) ids.push((await dataset.add(motionCapture('wave', i))).id);
    await dataset.close();
    const captures = join(dataset.folder, 'captures');
    const at = (name: string): string => join(captures, name);
    writeFileSync(at(`${ids[0]}.json`), '{"format": "dormouse-ca');
    rmSync(at(`${ids[1]}.json`));
    writeFileSync(at(`${ids[2]}.cbor`), readFileSync(at(`${ids[2]}.cbor`)).subarray(0, 100));
    rmSync(at(`${ids[3]}.cbor`));
    writeFileSync(at('holiday.txt'), 'hello');
    writeFileSync(at('.x.json.1-1.tmp'), 'half');
    writeFileSync(at('..tmp'), 'half');
    writeFileSync(join(dataset.folder, '.cache', 'index.json'), '{"version":1,"id":["a"]');
    writeFileSync(join(dataset.folder, 'dataset.json'), 'not json');
    writeFileSync(join(dataset.folder, 'trash', 'history', '000009.json'), '[]');
    const again = await Dataset.open(dataset.folder);
    expect(
      again
        .list()
        .items.map((item) => item.id)
        .sort(),
    ).toEqual([ids[0], ids[1], ids[4]].sort());
    expect((await again.get(ids[0])).label).toBe('unlabelled');
    const problems = again.problems();
    for (const about of [
      'is damaged; the recording is good',
      'Nothing is noted',
      'cannot be read',
      'has no recording beside it',
      'holiday.txt',
    ]) {
      expect(
        problems.some((problem) => problem.includes(about)),
        about,
      ).toBe(true);
    }
    expect(readdirSync(captures).filter((name) => name.endsWith('.tmp'))).toEqual([]);
    // Labelling mends the notes.
    await again.update([ids[0]], { label: 'wave' });
    await again.close();
    const mended = await Dataset.open(dataset.folder);
    expect(mended.problems().some((problem) => problem.includes(ids[0]))).toBe(false);
    await mended.close();
  });

  it('reports a data file that was damaged while the project is open', async () => {
    const dataset = await folders.dataset();
    const { id } = await dataset.add(motionCapture('wave', 1));
    writeFileSync(join(dataset.folder, 'captures', `${id}.cbor`), 'garbage');
    await expect(dataset.get(id)).rejects.toMatchObject({ code: 'damaged-capture' });
    rmSync(join(dataset.folder, 'captures', `${id}.cbor`));
    await expect(dataset.get(id)).rejects.toMatchObject({ code: 'unknown-capture' });
  });
});

describe('changes', () => {
  it('are told to listeners, and nothing works after closing', async () => {
    const dataset = await folders.dataset();
    let heard = 0;
    const stop = dataset.onChange(() => heard++);
    await dataset.add(motionCapture('wave', 1));
    expect(heard).toBe(1);
    stop();
    await dataset.add(motionCapture('wave', 2));
    expect(heard).toBe(1);
    await dataset.close();
    await expect(dataset.add(motionCapture('wave', 3))).rejects.toMatchObject({ code: 'closed' });
  });

  it('asked for all at once happen one after the other', async () => {
    const dataset = await folders.dataset();
    const added = await Promise.all(Array.from({ length: 10 }, (_, i) => dataset.add(motionCapture('wave', i))));
    await Promise.all(added.map(({ id }, i) => dataset.update([id], { label: `l${i % 3}` })));
    expect(dataset.summary().labels.map(({ label }) => label)).toEqual(['l0', 'l1', 'l2']);
    for (let i = 0; i < 20; i++) await dataset.undo();
    expect([dataset.count, dataset.undoName]).toEqual([0, '']);
  });
});

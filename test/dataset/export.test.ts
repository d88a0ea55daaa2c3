/** Exports: what comes back when they are imported again. */
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { Capture, Dataset } from '../../src/dataset';
import { motionAxes, motionCapture } from './support';
import { folders } from './made-up-files';

afterEach(() => folders.clean());

describe('export', () => {
  const said = ({
    label,
    split,
    splitPinned,
    person,
    session,
    gaps,
    segments,
    trim,
    note,
    device,
    sensor,
    createdAt,
    source,
    hash,
    rateHz,
    axes,
    kind,
  }: Capture) => ({
    label,
    split,
    splitPinned,
    person,
    session,
    gaps,
    segments,
    trim,
    note,
    device,
    sensor,
    createdAt,
    source,
    hash,
    rateHz,
    axes,
    kind,
  });
  const all = async (dataset: Dataset): Promise<Capture[]> => {
    const captures = await Promise.all(dataset.list().items.map(({ id }) => dataset.get(id)));
    return captures.sort((a, b) => (a.hash < b.hash ? -1 : 1));
  };
  async function filled(): Promise<Dataset> {
    const dataset = await folders.dataset();
    await dataset.add(
      motionCapture('wave "big", =1', 1, {
        person: 'ann',
        session: 'one',
        gaps: [{ at: 3, lost: 2 }],
        note: 'hi',
        device: 'nano',
        sensor: 'imu',
      }),
    );
    await dataset.add(
      motionCapture('wave/../big', 2, { split: 'testing', segments: [{ start: 2, end: 9, label: 'up' }] }),
    );
    const { id } = await dataset.add(motionCapture('idle', 3));
    await dataset.trim(id, { start: 4, end: 30 });
    await dataset.add({
      ...motionCapture('idle', 4),
      rateHz: 59.3,
      axes: [...motionAxes.slice(0, 2), { name: 'temp', units: 'degC' }],
    });
    const sound = new Float32Array(800).map((_, i) => (i * 37) % 3000);
    await dataset.add({
      values: sound,
      axes: [{ name: 'audio', units: 'wav' }],
      rateHz: 8000,
      kind: 'audio',
      notes: { label: 'yes' },
    });
    return dataset;
  }

  it('in acquisition form, as files or zip, comes back the same', async () => {
    const dataset = await filled();
    const before = await all(dataset);
    for (const [format, name] of [
      ['acquisition', 'out'],
      ['acquisition-json', 'out-json'],
      ['zip', 'out.zip'],
    ] as const) {
      const path = join(folders.folder(), name);
      expect(await dataset.exportTo(format, path)).toEqual({ files: 5 });
      const copy = await folders.dataset();
      const report = await copy.importPaths([path]);
      expect([report.imported, report.warnings]).toEqual([5, []]);
      const after = await all(copy);
      expect(after.map(said)).toEqual(before.map(said));
      expect(after.map((capture) => capture.values)).toEqual(before.map((capture) => capture.values));
    }
  });

  it('as a project folder that is imported whole comes back the same', async () => {
    const dataset = await filled();
    const { id } = await dataset.add(motionCapture('deleted', 9));
    await dataset.remove([id]);
    const copy = await folders.dataset();
    await copy.importPaths([dataset.folder]);
    expect((await all(copy)).map(said)).toEqual((await all(dataset)).map(said));
  });

  it('as CSV and WAV keeps values, labels, people, splits and gaps', async () => {
    const dataset = await filled();
    const path = join(folders.folder(), 'csv');
    await dataset.exportTo('csv', path);
    const copy = await folders.dataset();
    await copy.importPaths([path]);
    const brief = ({ label, split, person, gaps, rateHz, frames }: Capture) => ({
      label,
      split,
      person,
      gaps,
      rateHz,
      frames,
    });
    const order = (captures: Capture[]): Capture[] =>
      captures.sort((a, b) => a.values[1] - b.values[1] || a.values[4] - b.values[4]);
    const [before, after] = [order(await all(dataset)), order(await all(copy))];
    expect(after.map((capture) => capture.values)).toEqual(before.map((capture) => capture.values));
    expect(after.map(brief).map((one) => ({ ...one, label: one.label.replace(/^'/, '') }))).toEqual(before.map(brief));
    const sounds = join(folders.folder(), 'wav');
    expect(await dataset.exportTo('wav', sounds)).toEqual({ files: 1 });
    const copied = await folders.dataset();
    await copied.importPaths([sounds]);
    expect((await all(copied))[0]).toMatchObject({ label: 'yes', rateHz: 8000, kind: 'audio' });
  });

  it('never replaces or mixes with what is there, and leaves nothing behind when cancelled', async () => {
    const dataset = await filled();
    const folder = folders.folder();
    writeFileSync(join(folder, 'there.zip'), 'x');
    await expect(dataset.exportTo('zip', join(folder, 'there.zip'))).rejects.toMatchObject({ code: 'target-exists' });
    await expect(dataset.exportTo('csv', folder)).rejects.toMatchObject({ code: 'target-exists' });
    for (const format of ['zip', 'acquisition'] as const) {
      await expect(
        dataset.exportTo(format, join(folder, 'new'), { signal: AbortSignal.abort() }),
      ).rejects.toMatchObject({ code: 'cancelled' });
    }
    expect(readdirSync(folder)).toEqual(['there.zip']);
  });
});

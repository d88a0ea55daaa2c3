/** Imports of recordings that others made: labels, persons and splits must come through intact. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import type { CaptureSummary, Dataset, ImportReport } from '../../src/dataset';
import { dataFolder, describeWith, needsData } from '../support/needs';
import { temporaryFolders } from './support';

const folders = temporaryFolders();
afterEach(() => folders.clean());

async function imported(
  ...path: string[]
): Promise<{ report: ImportReport; items: CaptureSummary[]; dataset: Dataset }> {
  const dataset = await folders.dataset();
  const report = await dataset.importPaths([dataFolder(...path)]);
  return { report, items: dataset.list().items, dataset };
}

function countBy(items: readonly CaptureSummary[], key: (item: CaptureSummary) => string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const item of items) counts[key(item)] = (counts[key(item)] ?? 0) + 1;
  return counts;
}

describeWith(needsData('motion', 'magic_wand'), 'magic wand', () => {
  it('imports 594 captures with labels, persons and splits as listed', async () => {
    const { report, items, dataset } = await imported('motion', 'magic_wand');
    expect(report.imported + report.duplicates).toBe(594);
    expect(report.duplicates).toBe(0);
    const rows = readFileSync(dataFolder('motion', 'magic_wand', 'index.csv'), 'utf8')
      .trim()
      .split('\n')
      .slice(1);
    const bySource = new Map(items.map((item) => [item.source, item]));
    for (const row of rows) {
      const [file, label, person, samples, split] = row.split(',');
      const item = bySource.get(`magic_wand/${file}`);
      expect(item, file).toMatchObject({
        label,
        person,
        split: split === 'train' ? 'training' : 'testing',
        splitPinned: true,
      });
      expect(item?.rateHz).toBe(25);
      expect(item?.axes).toEqual(['accX', 'accY', 'accZ'].map((name) => ({ name, units: 'mg' })));
      expect(item?.frames).toBe(Number(samples));
    }
    const training = new Set(items.filter((item) => item.split === 'training').map((item) => item.person));
    for (const item of items)
      if (item.split === 'testing' && item.label !== 'negative') expect(training.has(item.person)).toBe(false);
    await dataset.close();
  });
});

describeWith(needsData('motion', 'acquisition_export'), 'acquisition export', () => {
  it('imports 54 captures with the labels and splits of info.labels', async () => {
    const { report, items } = await imported('motion', 'acquisition_export');
    expect(report.imported).toBe(54);
    const info = JSON.parse(readFileSync(dataFolder('motion', 'acquisition_export', 'info.labels'), 'utf8')) as {
      files: { path: string; category: string; label: { label: string } }[];
    };
    for (const file of info.files) {
      const item = items.find((one) => one.source === `acquisition_export/${file.path}`);
      expect(item, file.path).toMatchObject({ label: file.label.label, split: file.category });
      expect(item?.axes.map((axis) => axis.name)).toEqual(['accX', 'accY', 'accZ', 'gyrX', 'gyrY', 'gyrZ']);
      expect(item?.rateHz).toBeCloseTo(59, 3);
    }
    expect(report.warnings.some((warning) => warning.includes('signature was not checked'))).toBe(true);
  });
});

describeWith(needsData('motion', 'microbit_createai'), 'CreateAI', () => {
  const folder = dataFolder('motion', 'microbit_createai');
  const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
  it.each(names.filter((name) => name !== 'wand-test-data.json'))('imports %s', async (name) => {
    const { report, items } = await imported('motion', 'microbit_createai', name);
    const actions = JSON.parse(readFileSync(join(folder, name), 'utf8')) as { name: string; recordings: unknown[] }[];
    expect(report.imported + report.duplicates).toBe(
      actions.reduce((sum, action) => sum + action.recordings.length, 0),
    );
    expect(Object.keys(report.labels).sort()).toEqual(
      actions
        .filter((action) => action.recordings.length)
        .map((action) => action.name)
        .sort(),
    );
    for (const item of items) expect(item).toMatchObject({ rateHz: 50, kind: 'motion' });
  });

  it('refuses the file of features with a sentence', async () => {
    await expect(imported('motion', 'microbit_createai', 'wand-test-data.json')).rejects.toMatchObject({
      code: 'nothing-imported',
      message: expect.stringContaining('computed features') as unknown,
    });
  });
});

describeWith(
  needsData('motion', 'magic_wand', 'ORIGINAL_terminal_capture_ring_hyw.txt'),
  'raw terminal capture',
  () => {
    it('keeps the good lines, says what it left out', async () => {
      const dataset = await folders.dataset();
      const path = dataFolder('motion', 'magic_wand', 'ORIGINAL_terminal_capture_ring_hyw.txt');
      const report = await dataset.importPaths([path], { label: 'ring', person: 'hyw', rateHz: 25 });
      expect(report.labels).toEqual({ ring: report.imported });
      expect(report.warnings.some((warning) => warning.includes('escape codes'))).toBe(true);
      const good = readFileSync(path, 'latin1')
        .split('\n')
        .filter((line) => /^-?[\d.]+,-?[\d.]+,-?[\d.]+\r?$/.test(line)).length;
      const frames = dataset.list().items.reduce((sum, item) => sum + item.frames, 0);
      expect(frames).toBeGreaterThanOrEqual(good);
      expect(frames).toBeLessThanOrEqual(good + 10);
    });
  },
);

describeWith(needsData('audio', 'misc_clips'), 'sounds', () => {
  it('imports WAV files, mono and stereo, by folders with an index', async () => {
    const clips = await imported('audio', 'misc_clips');
    expect(clips.report.imported + clips.report.duplicates).toBe(14);
    expect(clips.items.every((item) => item.kind === 'audio' && item.rateHz === 16000)).toBe(true);
    expect(clips.items.some((item) => item.axes.length === 2)).toBe(true);
    const words = await imported('audio', 'arabic_commands');
    expect(words.report.imported + words.report.duplicates).toBe(480);
    expect(countBy(words.items, (item) => item.split)).toMatchObject({
      training: expect.any(Number) as unknown,
      testing: expect.any(Number) as unknown,
    });
    expect(new Set(words.items.map((item) => item.person)).size).toBe(24);
  });
});

describeWith(needsData('image', 'misc'), 'pictures', () => {
  it('come in from a zip with the leavings of a Mac in it, and as bitmaps', async () => {
    const zip = await imported('image', 'misc', 'teachable_machine_samples_with_macosx_junk.zip');
    expect(zip.report.warnings).toEqual([]);
    for (const item of zip.items) expect(item).toMatchObject({ kind: 'image', axes: { length: 3 } });
    const all = await imported('image', 'misc');
    expect(all.items.filter((item) => item.width === 96 && item.axes[0].name === 'red')).toHaveLength(2);
  });
});

describeWith(needsData('vibration', 'ceiling_fan'), 'ceiling fan', () => {
  it('takes the condition as the label and the rate from the timestamps', async () => {
    const { report, items } = await imported('vibration', 'ceiling_fan');
    expect(report.imported + report.duplicates).toBe(450);
    expect(Object.keys(report.labels)).toHaveLength(3);
    for (const item of items) expect(item).toMatchObject({ rateHz: 200, frames: 200 });
    const share = items.filter((item) => item.split === 'testing').length / items.length;
    expect(share).toBeGreaterThan(0.12);
    expect(share).toBeLessThan(0.3);
  });
});

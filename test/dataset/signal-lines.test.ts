/**
 * Tables in which each line is a whole signal (NanoEdge AI Studio, ESP Easy AI), and files attached to recordings
 * (info.labels, attachments.labels): what is taken, what is said of it, and that nothing breaks on what is damaged.
 */
import fc from 'fast-check';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Dataset, type Capture, type ImportOptions } from '../../src/dataset';

let folder: string;
let turn = 0;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'dormouse-signals-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Imports files by name, and gives all captures in the order of their sources. */
async function imported(files: Readonly<Record<string, string>>, options: ImportOptions = {}, only?: string) {
  const from = join(folder, `in-${++turn}`, 'set');
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(from, name)), { recursive: true });
    writeFileSync(join(from, name), content);
  }
  const dataset = await Dataset.create(join(folder, `p-${turn}`));
  try {
    const report = await dataset.importPaths([only ? join(from, only) : from], options);
    const captures: Capture[] = [];
    for (const id of report.ids) captures.push(await dataset.get(id));
    return { report, captures };
  } finally {
    await dataset.close();
  }
}

/** Signal `s` of three axes: value of an axis at a time says which it is. */
const value = (s: number, frame: number, axis: number): number => s + frame / 100 + (axis + 1) / 1000;
const line = (s: number, frames: number, axes: number, separator: string): string =>
  Array.from({ length: frames * axes }, (_, i) => value(s, Math.floor(i / axes), i % axes).toFixed(3)).join(separator);

describe('NanoEdge AI Studio files', () => {
  it.each([
    ['commas', ','],
    ['semicolons', ';'],
    ['tabs', '\t'],
    ['spaces', ' '],
  ])('with %s become a recording a line, three axes side by side', async (_, separator) => {
    const text = Array.from({ length: 3 }, (_v, s) => line(s, 64, 3, separator)).join('\n');
    const { report, captures } = await imported({ 'fan_on.csv': `${text}\n` }, { rateHz: 400 }, 'fan_on.csv');
    expect(report).toMatchObject({ imported: 3, labels: { fan_on: 3 } });
    expect(report.warnings.join()).toMatch(/a whole signal in each line: taken as 3 axes side by side, 64 values each/);
    for (const [s, capture] of captures.entries()) {
      expect(capture).toMatchObject({ rateHz: 400, frames: 64, label: 'fan_on' });
      expect(capture.axes).toHaveLength(3);
      expect(capture.values[5 * 3 + 2]).toBeCloseTo(value(s, 5, 2), 5);
    }
  });
  it('with decimal commas, a separator at the end and Windows lines are read as well', async () => {
    const rows = [0, 1].map((s) => `${line(s, 64, 1, ';').replaceAll('.', ',')};`);
    const { captures, report } = await imported({ 'hum.csv': rows.join('\r\n') }, { rateHz: 100 });
    expect(report.imported).toBe(2);
    expect(captures[1].axes).toHaveLength(1);
    expect(captures[1].values[7]).toBeCloseTo(value(1, 7, 0), 5);
  });
  it('are one axis of a power of two, or as many as somebody says', async () => {
    const text = [line(0, 128, 1, ','), line(1, 128, 1, ',')].join('\n');
    expect((await imported({ 'a.csv': text })).captures[0].axes).toHaveLength(1);
    const told = await imported({ 'a.csv': text }, { axes: 2, rateHz: 50 });
    expect(told.captures[0]).toMatchObject({ frames: 64, rateHz: 50 });
    expect(told.report.warnings).toEqual([]);
    await expect(imported({ 'a.csv': text }, { axes: 3 })).rejects.toMatchObject({ code: 'nothing-imported' });
  });
  it('lose only the lines that are damaged', async () => {
    const rows = [0, 1, 2, 3].map((s) => line(s, 32, 3, ','));
    rows[1] = rows[1].slice(0, -20);
    rows[2] = rows[2].replace('2.103', 'oops');
    const { report, captures } = await imported({ 'x.csv': rows.join('\n') }, { rateHz: 100 });
    expect(captures.map(({ values }) => Math.floor(values[0]))).toEqual([0, 3]);
    expect(report.warnings.join()).toMatch(/2 lines that are not 96 numbers \(first: line 2\)/);
  });
  it('are not seen in what is a table of points in time', async () => {
    const wide = Array.from({ length: 40 }, (_, i) => `c${i}`).join(',');
    const rows = Array.from({ length: 20 }, (_, t) => Array.from({ length: 40 }, (_v, i) => t + i / 100).join(','));
    expect((await imported({ 'headed.csv': [wide, ...rows].join('\n') })).report.imported).toBe(1);
    const timed = rows.map((row, t) => `${t * 10},${row}`);
    expect((await imported({ 'timed.csv': timed.join('\n') })).captures[0].frames).toBe(20);
    const narrow = Array.from({ length: 20 }, (_, t) => `${t % 7},2,3`);
    expect((await imported({ 'narrow.csv': narrow.join('\n') })).captures[0].frames).toBe(20);
  });
  it('never break, whatever stands in them', async () => {
    const cell = fc.oneof(fc.float().map(String), fc.constantFrom('', 'nan', '1e999', 'x', '-', '1,5'));
    const rows = fc.array(fc.array(cell, { minLength: 30, maxLength: 60 }), { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(rows, fc.constantFrom(',', ';', ' ', '\t'), async (cells, separator) => {
        const text = cells.map((row) => row.join(separator)).join('\n');
        const error = await imported({ 'any.csv': text }).then(
          () => undefined,
          (thrown: { code: string }) => thrown.code,
        );
        expect([undefined, 'nothing-imported']).toContain(error);
      }),
      { numRuns: 40 },
    );
  }, 30_000);
});

describe('ESP Easy AI data sets', () => {
  const settings = (dataset: object): string =>
    JSON.stringify({ backend: 'esp-dl', task: { input_dim: 1, type: 'classification' }, dataset });
  const base = { root: '/somewhere', train_dir: 'train', val_dir: 'val', num_features: 2 };

  it('of windows take axes and order from the settings, labels from the files, splits from the folders', async () => {
    const frames = 10;
    const grouped = (s: number): string =>
      Array.from({ length: 2 * frames }, (_, i) => value(s, i % frames, Math.floor(i / frames))).join(',');
    const files = {
      'train/wave.csv': [grouped(0), grouped(1)].join('\n'),
      'train/idle.csv': grouped(2),
      'val/wave.csv': grouped(3),
    };
    const config = settings({ ...base, format: 'windowed_per_class_csv', feature_layout: 'grouped' });
    const { report, captures } = await imported({ ...files, 'config.json': config }, { rateHz: 50 });
    expect(report).toMatchObject({ imported: 4, labels: { idle: 1, wave: 3 }, warnings: [] });
    const held = captures.filter(({ split }) => split === 'testing');
    expect(held.map(({ label }) => label)).toEqual(['wave']);
    expect(held[0].values[7 * 2 + 1]).toBeCloseTo(value(3, 7, 1), 5);
  });
  it('of numbers to be estimated lose those, and say so', async () => {
    const row = [...Array.from({ length: 8 }, (_, i) => i / 10), 42].join(',');
    const config = settings({
      ...base,
      ...{ format: 'windowed_regression_csv', label_start_col: -1, label_end_col: -1 },
    });
    const files = { 'train/a.csv': `${row}\n${row.replace('0.1', '0.15')}\n`, 'config.json': config };
    const { report, captures } = await imported(files, { rateHz: 50 });
    expect(captures[0].values).toEqual(Float32Array.from({ length: 8 }, (_, i) => i / 10));
    expect(report.warnings.join()).toMatch(/values to be estimated/);
  });
  it('of continuous recordings are read as tables, by folder', async () => {
    const rows = Array.from({ length: 30 }, (_, t) => `${Math.sin(t)},${Math.cos(t)}`).join('\n');
    const config = settings({ ...base, format: 'continuous_per_class_csv', window_size: 10 });
    const files = { 'train/wave/seq_1.csv': rows, 'train/idle/seq_1.csv': `${rows}\n0,0`, 'config.json': config };
    const { report, captures } = await imported(files, { rateHz: 50 });
    expect(report).toMatchObject({ labels: { idle: 1, wave: 1 }, warnings: [] });
    expect(captures.map(({ frames }) => frames).sort()).toEqual([30, 31]);
  });
});

describe('files attached to a recording', () => {
  const rows = 'timestamp,x\n0,1\n10,2\n20,3\n';
  const entry = { path: 'training/a.csv', category: 'training', label: { type: 'label', label: 'wave' } };

  it('are named in its note and not taken for recordings', async () => {
    const listed = { ...entry, attachments: ['training/photo.png', 'log.csv'] };
    const { report, captures } = await imported({
      'training/a.csv': rows,
      'training/photo.png': 'no picture at all',
      'log.csv': rows,
      'info.labels': JSON.stringify({ version: 1, files: [listed] }),
    });
    expect(captures).toHaveLength(1);
    expect(captures[0]).toMatchObject({ label: 'wave', note: 'Attached: photo.png, log.csv' });
    expect(report.warnings.join()).toMatch(/is attached to a recording; only recordings are taken/);
  });
  it('are found in a list of their own', async () => {
    const list = { version: 1, type: 'attachments', attachments: { 'a.csv': [{ filename: 'b.csv' }] } };
    const { captures } = await imported({ 'a.csv': rows, 'b.csv': rows, 'attachments.labels': JSON.stringify(list) });
    expect(captures.map(({ note }) => note)).toEqual(['Attached: b.csv']);
  });
  it('are passed over where the list is damaged', async () => {
    const listed = { ...entry, attachments: [null, 7, {}, { filename: 3 }, 'x'.repeat(5000)] };
    const { captures } = await imported({
      'training/a.csv': rows,
      'info.labels': JSON.stringify({ version: 1, files: [listed] }),
    });
    expect(captures).toHaveLength(1);
    expect(captures[0].note.length).toBeLessThanOrEqual(1000);
  });
});

describe('an Arduino library from Edge Impulse', () => {
  const metadata = [
    '#define EI_CLASSIFIER_PROJECT_ID                 12345',
    '#define EI_CLASSIFIER_RAW_SAMPLE_COUNT           125',
    '#define EI_CLASSIFIER_RAW_SAMPLES_PER_FRAME      3',
    '#define EI_CLASSIFIER_INTERVAL_MS                16',
  ].join('\n');
  const variables = 'const char* ei_classifier_inferencing_categories[] = { "idle", "wave" };';
  const library = {
    'wand_inferencing/library.properties': 'name=wand_inferencing',
    'wand_inferencing/src/model-parameters/model_metadata.h': metadata,
    'wand_inferencing/src/model-parameters/model_variables.h': variables,
    'wand_inferencing/src/edge-impulse-sdk/test.csv': '1,2\n3,4\n',
  };

  it('is said to be a model, and what it tells apart by what', async () => {
    await expect(imported(library)).rejects.toMatchObject({
      code: 'nothing-imported',
      message: expect.stringMatching(
        /^wand_inferencing is an Arduino library .* idle, wave apart by 3 values, 62.5 times a second, for 2 s\. Nothing/,
      ) as string,
    });
  });
  it('does not keep the recordings beside it from coming in, and may be damaged', async () => {
    const damaged = { ...library, 'wand_inferencing/src/model-parameters/model_metadata.h': '#define EI_CLASSIFIER_(' };
    const rows = 'timestamp,x\n0,1\n10,2\n20,3\n';
    const { report } = await imported({ ...damaged, 'wave.csv': rows });
    expect(report).toMatchObject({ imported: 1, labels: { wave: 1 } });
    expect(report.warnings).toHaveLength(1);
  });
});

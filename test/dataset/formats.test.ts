/** The public acquisition format and its lists: signatures, every kind of data to the bit, and lists for other tools. */
import { createHmac } from 'node:crypto';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { decode } from 'cborg';
import { afterEach, describe, expect, it } from 'vitest';
import type { Axis, Capture, Dataset, ExportFormat, NewCapture } from '../../src/dataset';
import { decodeDocument, readAcquisition, writeAcquisition } from '../../src/dataset/acquisition';
import { folders, importFiles, acquisition } from './made-up-files';
import { motionAxes, motionCapture } from './support';

afterEach(() => folders.clean());

const sensors: Axis[] = [...motionAxes, { name: 'gyrX', units: 'deg/s' }, { name: 'temp', units: 'degC' }];
const contents = [
  { axes: motionAxes, rateHz: 59, values: motionCapture('x', 1).values, device: 'nano', sensor: 'IMU' },
  { axes: sensors, rateHz: 62.5, values: Float32Array.from({ length: 50 }, (_, i) => Math.fround(Math.sin(i) / 3)) },
  {
    axes: [{ name: 'audio', units: 'wav' }],
    rateHz: 16000,
    values: Float32Array.from({ length: 400 }, (_, i) => (i * 37) % 30000),
  },
].map((one) => ({ device: '', sensor: '', createdAt: '2024-05-06T07:08:09.000Z', ...one }));

describe('acquisition files', () => {
  it('are signed as the format says: HMAC-SHA256 over the bytes with 64 zeros for the signature', () => {
    for (const content of contents) {
      for (const as of ['json', 'cbor'] as const) {
        const bytes = writeAcquisition(content, as, 'secret');
        const file = (as === 'json' ? JSON.parse(new TextDecoder().decode(bytes)) : decode(bytes)) as {
          protected: object;
          signature: string;
        };
        expect(file.protected).toEqual({ ver: 'v1', alg: 'HS256', iat: 1714979289 });
        const zeroed = Buffer.from(
          Buffer.from(bytes).toString('latin1').replace(file.signature, '0'.repeat(64)),
          'latin1',
        );
        expect(file.signature).toBe(createHmac('sha256', 'secret').update(zeroed).digest('hex'));
        const read = (key?: string, from = bytes) => readAcquisition(decodeDocument(from), from, key);
        expect(read('secret')).toMatchObject({ ...content, sensor: content.sensor || 'DORMOUSE', signature: 'valid' });
        expect([read('other').signature, read().signature]).toEqual(['invalid', 'unchecked']);
        const changed = Uint8Array.from(bytes);
        changed[Buffer.from(bytes).indexOf(content.axes[0].name)] ^= 0x20;
        expect(read('secret', changed).signature).toBe('invalid');
        expect(readAcquisition(decodeDocument(writeAcquisition(content, as)), bytes).signature).toBe('unsigned');
      }
    }
  });

  it('with a wrong key are reported, and taken; with the right one nothing is said', async () => {
    const file = writeAcquisition(contents[0], 'json', 'secret');
    const { report } = await importFiles({ 'a.json': file }, { hmacKey: 'wrong' });
    expect(report).toMatchObject({ imported: 1 });
    expect(report.warnings).toEqual([
      'a.json was changed after it was signed, or signed with another key; it was taken all the same.',
    ]);
    expect((await importFiles({ 'a.json': file }, { hmacKey: 'secret' })).report.warnings).toEqual([]);
  });
});

const boxes = [
  { label: 'big cup', x: 2, y: 1, width: 4, height: 2.5 },
  { label: '"nut" & <bolt>', x: 0, y: 0, width: 1, height: 2 },
];
const picture = (seed: number, notes: NewCapture['notes']): NewCapture => ({
  values: Float32Array.from({ length: 8 * 6 * 3 }, (_, i) => (i * 31 + seed * 7) % 256),
  axes: ['red', 'green', 'blue'].map((name) => ({ name, units: 'N/A' })),
  rateHz: 1,
  kind: 'image',
  width: 8,
  notes,
});

async function mixed(): Promise<Dataset> {
  const dataset = await folders.dataset();
  const segments = [
    { start: 5, end: 20, label: 'up' },
    { start: 20, end: 21, label: 'click' },
    { start: 30, end: 50, label: 'down' },
  ];
  await dataset.add(motionCapture('down', 1, { person: 'ann', session: 's1', split: 'testing', segments }));
  await dataset.add(motionCapture('idle', 2, { person: 'bob', split: 'training' }));
  const sound = { axes: [{ name: 'audio', units: 'wav' }], rateHz: 16000, kind: 'audio' as const };
  const words = [
    { start: 1600, end: 3200, label: 'yes' },
    { start: 4000, end: 4001, label: 'click' },
  ];
  const values = Float32Array.from({ length: 8000 }, (_, i) => ((i * 37) % 3000) - 1500);
  await dataset.add({ ...sound, values, notes: { label: 'yes', person: 'cy', segments: words, split: 'testing' } });
  await dataset.add(picture(1, { label: 'big cup', boxes, person: 'ann', split: 'training' }));
  await dataset.add(picture(2, { label: 'background', split: 'training' }));
  await dataset.add(picture(3, { label: 'big cup', boxes: boxes.slice(0, 1), split: 'testing' }));
  return dataset;
}

async function all(dataset: Dataset): Promise<Capture[]> {
  const captures = await Promise.all(dataset.list().items.map(({ id }) => dataset.get(id)));
  return captures.sort((a, b) => (a.hash < b.hash ? -1 : 1));
}

const said = ({ label, split, person, session, segments, boxes, values, hash }: Capture) => {
  const sides = boxes.map(({ label: name, ...box }) => [
    name,
    ...Object.values(box).map((side) => Number(side.toFixed(6))),
  ]);
  return { label, split, person, session, segments, boxes: sides, values, hash };
};

async function again(dataset: Dataset, format: ExportFormat, change: (folder: string) => void = () => undefined) {
  const path = join(folders.folder(), format === 'zip' ? 'out.zip' : 'out');
  await dataset.exportTo(format, path);
  change(path);
  const copy = await folders.dataset();
  const report = await copy.importPaths([path]);
  expect(report.warnings).toEqual([]);
  return (await all(copy)).map(said);
}

describe('a dataset of movements, sounds and pictures', () => {
  it('comes back to the bit as zip, and as acquisition files even without what only Dormouse reads', async () => {
    const dataset = await mixed();
    const before = (await all(dataset)).map(said);
    expect(await again(dataset, 'zip')).toEqual(before);
    expect(await again(dataset, 'acquisition')).toEqual(before);
    const path = join(folders.folder(), 'plain');
    await dataset.exportTo('acquisition-json', path);
    const info = JSON.parse(readFileSync(join(path, 'info.labels'), 'utf8')) as { files: Record<string, unknown>[] };
    for (const file of info.files) delete file['dormouse'];
    const others = Object.fromEntries(
      readdirSync(path, { recursive: true })
        .map(String)
        .filter((name) => name.includes('/') && !name.endsWith('.labels'))
        .map((name) => [name, readFileSync(join(path, name))]),
    );
    const { dataset: copy, report } = await importFiles({ ...others, 'info.labels': JSON.stringify(info) });
    expect(report.warnings).toEqual([]);
    expect((await all(copy)).map(said)).toEqual(before);
  });

  it('is written as the uploader of the public format checks it: every frame in one part, ends inclusive', async () => {
    const dataset = await mixed();
    const path = join(folders.folder(), 'out');
    await dataset.exportTo('acquisition', path);
    type Part = { startIndex: number; endIndex: number; label: string };
    const sibling = <T>(name: string): T => JSON.parse(readFileSync(join(path, name), 'utf8')) as T;
    const structured = sibling<{ structuredLabels: Record<string, Part[]> }>('testing/structured_labels.labels');
    const lists = Object.values(structured.structuredLabels);
    expect(lists).toHaveLength(2);
    for (const parts of lists) {
      for (const [i, part] of parts.entries()) {
        expect(part.startIndex).toBe(i === 0 ? 0 : parts[i - 1].endIndex + 1);
        expect(part.endIndex).toBeGreaterThanOrEqual(part.startIndex);
      }
    }
    expect(lists.map((parts) => parts.at(-1)!.endIndex).sort((a, b) => a - b)).toEqual([49, 7999]);
    const found = sibling<{ boundingBoxes: Record<string, unknown[]> }>('training/bounding_boxes.labels');
    expect(Object.values(found.boundingBoxes)).toEqual([boxes]);
    // Without info.labels the siblings alone say the same of parts and boxes.
    rmSync(join(path, 'info.labels'));
    const copy = await folders.dataset();
    await copy.importPaths([path]);
    const brief = (one: Capture) => [one.hash, one.split, one.segments, said(one).boxes];
    expect((await all(copy)).map(brief)).toEqual((await all(dataset)).map(brief));
  });

  it('as CSV keeps parts and boxes, as WAV the parts as label tracks', async () => {
    const dataset = await mixed();
    const before = (await all(dataset)).map(said);
    const key = ({ label, split, person, segments, boxes }: (typeof before)[number]) =>
      JSON.stringify([label, split, person, segments, boxes]);
    expect((await again(dataset, 'csv')).map(key).sort()).toEqual(before.map(key).sort());
    const sounds = before.filter((one) => one.values.length === 8000);
    expect((await again(dataset, 'wav')).map(key)).toEqual(sounds.map(key));
  });

  it('gives its pictures with boxes to COCO, Pascal VOC and YOLO and takes them back', async () => {
    const dataset = await mixed();
    const pictures = (await all(dataset)).filter(({ kind }) => kind === 'image');
    const before = pictures.map(said).map(({ hash, label, split, boxes }) => ({ hash, label, split, boxes }));
    for (const format of ['coco', 'voc', 'yolo'] as const) {
      const after = await again(dataset, format);
      expect(after.map(({ hash, label, split, boxes }) => ({ hash, label, split, boxes }))).toEqual(before);
    }
    const without = await folders.dataset();
    await without.add(motionCapture('idle', 1));
    await expect(without.exportTo('coco', join(folders.folder(), 'x'))).rejects.toMatchObject({
      code: 'bad-request',
      message: 'There is no picture in this project to export as COCO.',
    });
  });
});

describe('lists of the public format', () => {
  it('of every kind of label: unlabelled, one, several, by key; category; line by line', async () => {
    const files = [
      { path: 'training/a.json', category: 'training', label: { type: 'unlabeled' } },
      { path: 'training/b.json', category: 'post-processing', label: { type: 'label', label: 'b' } },
      {
        path: 'training/c.json',
        category: 'split',
        label: { type: 'keyvalue-labels', labels: { room: 'hall', label: 'c' } },
      },
    ];
    const content = (i: number): string =>
      acquisition({}, [
        [i, 2],
        [3, 4],
        [5, 6],
      ]);
    const recordings = { 'training/a.json': content(1), 'training/b.json': content(2), 'training/c.json': content(3) };
    const header = '{"__ndjson":true,"version":1}';
    for (const info of [
      JSON.stringify({ version: 1, files }),
      [header, ...files.map((one) => JSON.stringify({ __key: 'files', __item: one }))].join('\n'),
    ]) {
      const { captures } = await importFiles({ 'info.labels': info, ...recordings });
      expect(captures.map(({ label, split, note }) => [label, split, note])).toEqual([
        ['unlabelled', 'training', ''],
        ['b', 'testing', ''],
        ['c', 'training', 'room: hall; label: c'],
      ]);
    }
    const maps = { version: 1, type: 'label-map-labels', labels: { 'a.json': ['x', 'y'], 'b.json': { label: 'z' } } };
    const { captures } = await importFiles({ 'training/label_map.labels': JSON.stringify(maps), ...recordings });
    expect(captures.map(({ label }) => label)).toEqual(['x', 'z', 'c']);
  });
});

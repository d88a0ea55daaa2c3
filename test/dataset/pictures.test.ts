/** Pictures as captures: kept as they came, read back, listed with their boxes, exported, and never trusted. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encode as encodePng } from 'fast-png';
import { encode as encodeJpeg } from 'jpeg-js';
import { afterEach, describe, expect, it } from 'vitest';
import { Dataset, type NewCapture } from '../../src/dataset';
import { dataFolder, describeWith, needsData } from '../support/needs';
import { temporaryFolders } from './support';

const folders = temporaryFolders();
afterEach(() => folders.clean());

const rgbAxes = ['red', 'green', 'blue'].map((name) => ({ name, units: 'N/A' }));

function picture(label: string, seed: number, width = 8, height = 6): NewCapture {
  const values = new Float32Array(width * height * 3).map((_, index) => (index * 31 + seed * 7) % 256);
  return { values, axes: rgbAxes, rateHz: 1, kind: 'image', width, notes: { label } };
}

function pngBytes(seed: number, width = 8, height = 6): Uint8Array {
  const { values } = picture('', seed, width, height);
  return encodePng({ width, height, data: Uint8Array.from(values), channels: 3 });
}

function jpegBytes(seed: number, width = 16, height = 16): Uint8Array {
  const data = new Uint8Array(width * height * 4).map((_, index) => (index * 3 + seed * 40) % 256);
  return encodeJpeg({ width, height, data }, 90).data;
}

/** A bottom-up bitmap of 24 bits. */
function bmpBytes(width: number, height: number): Buffer {
  const row = Math.ceil((width * 3) / 4) * 4;
  const bytes = Buffer.alloc(54 + row * height);
  bytes.write('BM');
  bytes.writeUInt32LE(54, 10);
  bytes.writeUInt32LE(40, 14);
  bytes.writeInt32LE(width, 18);
  bytes.writeInt32LE(height, 22);
  bytes.writeUInt16LE(24, 28);
  for (let y = 0; y < height; y++) bytes.set([y, 100, 200], 54 + y * row);
  return bytes;
}

describe('a picture', () => {
  it('that a camera sent is a PNG on the disk and comes back to the value, also without the cache', async () => {
    const dataset = await folders.dataset();
    const made = picture('cup', 1);
    const { id } = await dataset.add(made);
    await dataset.update([id], { boxes: [{ label: 'cup', x: 1.5, y: 2, width: 3, height: 2 }] });
    expect(existsSync(join(dataset.folder, 'captures', `${id}.png`))).toBe(true);
    const expected = { kind: 'image', width: 8, frames: 48, axes: rgbAxes, label: 'cup', rateHz: 1 };
    expect(await dataset.get(id)).toMatchObject({ ...expected, values: made.values });
    await dataset.close();
    for (const cached of [true, false]) {
      const again = await Dataset.open(dataset.folder, { readOnly: cached });
      const [item] = again.list().items;
      expect(item).toMatchObject({ ...expected, boxes: [{ label: 'cup', x: 1.5, y: 2, width: 3, height: 2 }] });
      await again.close();
    }
  });

  it('in grey keeps its one value a pixel', async () => {
    const dataset = await folders.dataset();
    const values = Float32Array.from({ length: 12 }, (_, index) => index * 20);
    const gray = [{ name: 'gray', units: 'N/A' }];
    const { id } = await dataset.add({ values, axes: gray, rateHz: 1, kind: 'image', width: 4, notes: { label: 'a' } });
    expect(await dataset.get(id)).toMatchObject({ axes: gray, width: 4, frames: 12, values });
  });

  it('with values or a width that cannot be is refused', async () => {
    const dataset = await folders.dataset();
    const good = picture('a', 1);
    const wrong = [
      { ...good, width: 7 },
      { ...good, width: undefined },
      { ...good, values: good.values.map((value, index) => (index === 5 ? 256 : value)) },
      { ...good, values: good.values.map((value, index) => (index === 5 ? NaN : value)) },
    ];
    for (const one of wrong) await expect(dataset.add(one)).rejects.toMatchObject({ code: 'bad-capture' });
    expect(dataset.count).toBe(0);
  });

  it('survives damage to its notes: the picture itself says what it is', async () => {
    const dataset = await folders.dataset();
    const { id } = await dataset.add(picture('cup', 3));
    await dataset.close();
    writeFileSync(join(dataset.folder, 'captures', `${id}.json`), '{"format":');
    const again = await Dataset.open(dataset.folder);
    expect(again.list().items[0]).toMatchObject({ kind: 'image', width: 8, frames: 48, boxes: [] });
    await again.close();
  });
});

describe('importing pictures', () => {
  it('keeps files as they are, by folder and by X.class, once each', async () => {
    const source = folders.folder();
    for (const folder of ['cup', 'spoon.class', 'train/fork']) mkdirSync(join(source, folder), { recursive: true });
    const jpeg = jpegBytes(1);
    writeFileSync(join(source, 'cup', '1.png'), pngBytes(1));
    writeFileSync(join(source, 'cup', '2.jpg'), jpeg);
    writeFileSync(join(source, 'spoon.class', '00000.jpg'), jpegBytes(2));
    writeFileSync(join(source, 'train', 'fork', 'a.bmp'), bmpBytes(5, 3));
    writeFileSync(join(source, 'train', 'fork', 'again.png'), pngBytes(1));
    writeFileSync(join(source, 'cup', 'moving.gif'), 'GIF89a');
    writeFileSync(join(source, 'cup', 'broken.jpg'), jpeg.subarray(0, 40));
    writeFileSync(join(source, 'cup', 'liar.png'), Buffer.concat([pngBytes(9).subarray(0, 50), Buffer.alloc(40)]));
    const dataset = await folders.dataset();
    const report = await dataset.importPaths([source]);
    expect(report).toMatchObject({ imported: 4, duplicates: 1, labels: { cup: 2, spoon: 1, fork: 1 } });
    const warned = report.warnings.join('\n');
    for (const name of ['moving.gif', 'broken.jpg', 'liar.png']) expect(warned).toContain(name);
    const stored = readdirSync(join(dataset.folder, 'captures')).filter((name) => name.endsWith('.jpg'));
    const kept = stored.map((name) => readFileSync(join(dataset.folder, 'captures', name)));
    expect(kept.some((bytes) => bytes.equals(jpeg))).toBe(true);
    const fork = dataset.list({ label: 'fork' }).items[0];
    expect((await dataset.get(fork.id)).values.slice(0, 3)).toEqual(Float32Array.of(200, 100, 2));
  });

  it('makes photographs smaller that are far larger than a board sees, with their boxes', async () => {
    const source = folders.folder();
    writeFileSync(join(source, 'big.png'), pngBytes(4, 2000, 1000));
    writeFileSync(join(source, 'boxes.csv'), 'filename,class,xmin,ymin,xmax,ymax\nbig.png,cup,1000,500,1400,700\n');
    const dataset = await folders.dataset();
    const { warnings } = await dataset.importPaths([source]);
    expect(warnings.join()).toContain('was made smaller');
    const [item] = dataset.list().items;
    expect(item).toMatchObject({ width: 1448, frames: 1448 * 724, label: 'cup' });
    expect(item.boxes[0].x).toBeCloseTo(1000 * Math.sqrt((1 << 20) / 2e6), 0);
  });

  it('reads tables of boxes: the largest names the picture, one that shows nothing is background', async () => {
    const source = folders.folder();
    mkdirSync(join(source, 'images'));
    for (const seed of [1, 2, 3]) writeFileSync(join(source, 'images', `${seed}.png`), pngBytes(seed));
    const lines = [
      'image,split,label,x,y,w,h',
      '1.png,train,nut,1,1,2,2',
      '1.png,train,bolt,3,1,30,4',
      '2.png,val,,,,,',
    ];
    writeFileSync(join(source, 'boxes.csv'), lines.join('\n'));
    const dataset = await folders.dataset();
    await dataset.importPaths([source]);
    expect(dataset.list({ label: 'bolt' }).items[0]).toMatchObject({
      split: 'training',
      boxes: [
        { label: 'nut', x: 1, y: 1, width: 2, height: 2 },
        { label: 'bolt', x: 3, y: 1, width: 5, height: 4 },
      ],
    });
    expect(dataset.list({ label: 'background' }).items[0]).toMatchObject({ split: 'testing', boxes: [] });
    expect(dataset.count).toBe(2);
  });

  it('comes back the same from an exported zip', async () => {
    const dataset = await folders.dataset();
    const { id } = await dataset.add(picture('cup', 5));
    await dataset.update([id], { boxes: [{ label: 'cup', x: 1, y: 2, width: 3, height: 2 }] });
    const zip = join(folders.folder(), 'out.zip');
    await dataset.exportTo('zip', zip);
    const other = await folders.dataset();
    await other.importPaths([zip]);
    const [there, here] = [other.list().items[0], dataset.list().items[0]];
    expect(there).toMatchObject({ hash: here.hash, boxes: here.boxes, width: 8, label: 'cup' });
    expect((await other.importPaths([zip])).duplicates).toBe(1);
  });
});

describeWith(needsData('image', 'blood_cells'), 'pictures of blood cells', () => {
  it('come in with 3,941 boxes of three labels, split as listed', async () => {
    const dataset = await folders.dataset();
    const report = await dataset.importPaths([dataFolder('image', 'blood_cells')]);
    expect(report).toMatchObject({ imported: 292, duplicates: 0, warnings: [] });
    const { items } = dataset.list();
    const counts = new Map<string, number>();
    for (const { label } of items.flatMap(({ boxes }) => boxes)) counts.set(label, (counts.get(label) ?? 0) + 1);
    expect(Object.fromEntries(counts)).toEqual({ RBC: 3348, WBC: 301, Platelets: 292 });
    expect(items.filter(({ split }) => split === 'testing')).toHaveLength(87);
  });
});

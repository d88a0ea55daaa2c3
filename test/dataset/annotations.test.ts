/** Annotations of other tools: each format as its tool writes it, found by path, name or the folder beside. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { writeWav } from '../../src/dataset/wav';
import { readManifests, type Said } from '../../src/dataset/importing/manifests';
import { resolveSpans } from '../../src/dataset/importing/lists/said';
import { Remarks } from '../../src/dataset/importing/remarks';
import { openSource } from '../../src/dataset/importing/sources';
import { dataFolder, describeWith, needsData } from '../support/needs';
import { folders, importFiles, lines, write, type Files } from './made-up-files';

afterEach(() => folders.clean());

interface Answer {
  readonly said: Record<string, Said>;
  readonly lists: string[];
  readonly unlisted: string[];
  readonly remarks: string[];
}

/** What is said about the files of a folder, and what there was to remark. */
async function saidAbout(files: Files): Promise<Answer> {
  const remarks = new Remarks();
  const tree = await openSource(write(files), remarks);
  const manifests = await readManifests(tree.files, remarks);
  await tree.close();
  const [lists, unlisted] = [[...manifests.lists].sort(), [...manifests.unlisted]];
  return { said: Object.fromEntries(manifests.said), lists, unlisted, remarks: remarks.list() };
}

const tone = (): Uint8Array =>
  writeWav(
    Float32Array.from({ length: 16000 }, (_, i) => Math.round(3000 * Math.sin(i / 9))),
    1,
    16000,
  );

const cat = { label: 'cat', x: 10, y: 20, width: 30, height: 40 };
const dog = { label: 'dog', x: 1.5, y: 2, width: 3, height: 4 };

const coco = {
  images: [
    { id: 7, file_name: '1.jpg', width: 100, height: 80 },
    { id: 8, file_name: '2.jpg', width: 100, height: 80 },
  ],
  categories: [
    { id: 1, name: 'cat' },
    { id: 2, name: 'dog' },
  ],
  annotations: [
    { id: 1, image_id: 7, category_id: 1, bbox: [10, 20, 30, 40], area: 1200, iscrowd: 0 },
    { id: 2, image_id: 7, category_id: 2, bbox: [[1.5, 2, 3, 4]] },
    { id: 3, image_id: 99, category_id: 2, bbox: [1, 2, 3, 4] },
    { id: 4, image_id: 7, category_id: 2, bbox: ['x', 2, 3, 4] },
  ],
};

const voc = (name: string): string => `<?xml version="1.0"?>
<!DOCTYPE annotation>
<annotation verified="yes">
  <!-- drawn by hand --><folder>images</folder><filename>${name}</filename>
  <size><width>100</width><height>80</height><depth>3</depth></size>
  <object><name>cat</name><pose/><difficult>0</difficult>
    <bndbox><xmin>10</xmin><ymin>20</ymin><xmax>40</xmax><ymax>60</ymax></bndbox></object>
  <object><name>dog</name><bndbox><xmin>1.5</xmin><ymin>2</ymin><xmax>4.5</xmax><ymax>6</ymax></bndbox></object>
</annotation>`;

describe('boxes', () => {
  it('of COCO belong to the pictures that the file names, wherever they lie', async () => {
    const files = { 'annotations/instances.json': JSON.stringify(coco), 'images/1.jpg': 'x', 'images/2.jpg': 'x' };
    const { said, lists, remarks } = await saidAbout(files);
    expect(said).toEqual({ 'images/1.jpg': { boxes: [cat, dog] }, 'images/2.jpg': { boxes: [] } });
    expect([lists, remarks]).toEqual([['annotations/instances.json'], []]);
  });

  it('of COCO in train and valid folders keep to their own folder', async () => {
    const other = { ...coco, annotations: [{ image_id: 7, category_id: 2, bbox: [1.5, 2, 3, 4] }] };
    const { said } = await saidAbout({
      'train/_annotations.coco.json': JSON.stringify(coco),
      'train/1.jpg': 'x',
      'train/2.jpg': 'x',
      'valid/_annotations.coco.json': JSON.stringify(other),
      'valid/1.jpg': 'x',
      'valid/2.jpg': 'x',
    });
    expect(said['train/1.jpg']).toEqual({ boxes: [cat, dog] });
    expect(said['valid/1.jpg']).toEqual({ boxes: [dog] });
  });

  it('of Pascal VOC belong to the picture of the same name', async () => {
    const { said, lists, remarks, unlisted } = await saidAbout({
      'Annotations/1.xml': voc('renamed.jpg'),
      'Annotations/b.xml': voc('2.jpg'),
      'JPEGImages/1.jpg': 'x',
      'JPEGImages/2.jpg': 'x',
      'JPEGImages/3.jpg': 'x',
      'Annotations/other.xml': '<svg></svg>',
    });
    expect(said).toEqual({
      'JPEGImages/1.jpg': { boxes: [cat, dog] },
      'JPEGImages/2.jpg': { boxes: [cat, dog] },
    });
    expect(lists).toEqual(['Annotations/1.xml', 'Annotations/b.xml']);
    expect([remarks, unlisted]).toEqual([[], ['JPEGImages/3.jpg']]);
  });

  it('of YOLO take their names from classes.txt or any form of data.yaml', async () => {
    const lists: Files[] = [
      { 'classes.txt': 'cat\r\ndog\r\n' },
      { 'obj.names': 'cat\ndog' },
      { 'data.yaml': 'path: ../x\ntrain: images/train\nnc: 2\nnames: [\'cat\', "dog"]  # two\n' },
      { 'data.yaml': 'names:\n  - cat\n  - dog\nnc: 2\n' },
      { 'data.yaml': 'names:\n  0: cat\n  1: dog\n' },
    ];
    for (const list of lists) {
      const { said, remarks } = await saidAbout({
        ...list,
        'images/train/1.jpg': 'x',
        'images/val/1.jpg': 'x',
        'labels/train/1.txt': '0 0.25 0.5 0.5 0.5\n1 0.5 0.5 0.25 0.25 0.9\n',
        'labels/val/1.txt': '',
      });
      expect(said).toEqual({
        'images/train/1.jpg': {
          boxFractions: [
            { label: 'cat', x: 0, y: 0.25, width: 0.5, height: 0.5 },
            { label: 'dog', x: 0.375, y: 0.375, width: 0.25, height: 0.25 },
          ],
        },
        'images/val/1.jpg': { boxFractions: [] },
      });
      expect(remarks).toEqual([]);
    }
  });

  it('of YOLO without names say so; polygons give the box around them', async () => {
    const { said, remarks } = await saidAbout({
      '1.jpg': 'x',
      '2.jpg': 'x',
      '1.txt': '3 0.25 0.25 0.75 0.25 0.5 0.75\n',
    });
    expect(said['1.jpg'].boxFractions).toEqual([{ label: 'class 3', x: 0.25, y: 0.25, width: 0.5, height: 0.5 }]);
    expect(said['2.jpg']).toEqual({ boxes: [] });
    expect(remarks).toEqual([
      '1.txt names its classes by number; put classes.txt or data.yaml beside it.',
      'One picture has no boxes in the annotations (2.jpg) and counts as background.',
    ]);
  });

  it('of tables with either kind of columns, and of Open Images with its class names', async () => {
    const tables: Files[] = [
      {
        'boxes.csv': 'image,split,label,x,y,w,h\n1.jpg,val,cat,10,20,30,40\n1.jpg,val,dog,1.5,2,3,4\nbad,val,cat,,,,\n',
      },
      {
        'train/labels.csv':
          'filename,width,height,class,xmin,ymin,xmax,ymax\n1.jpg,100,80,cat,10,20,40,60\n1.jpg,100,80,dog,1.5,2,4.5,6\n',
      },
      { 'a.csv': 'file_name,classes,xmin,ymin,xmax,ymax\n1.jpg,cat,10,20,40,60\n1.jpg,dog,1.5,2,4.5,6\n' },
    ];
    for (const table of tables) {
      const { said } = await saidAbout({ ...table, 'images/1.jpg': 'x' });
      expect(said['images/1.jpg']).toMatchObject({ boxes: [cat, dog] });
    }
    const { said } = await saidAbout({
      'train-annotations-bbox.csv':
        'ImageID,Source,LabelName,Confidence,XMin,XMax,YMin,YMax\n1,x,/m/01,1,0.25,0.75,0.5,1\n',
      'class-descriptions.csv': '/m/01,Cat\n',
      '1.jpg': 'x',
    });
    expect(said['1.jpg'].boxFractions).toEqual([{ label: 'Cat', x: 0.25, y: 0.5, width: 0.5, height: 0.5 }]);
  });

  it('of Label Studio, in percent, under the name that the upload gave the picture', async () => {
    const value = { x: 25, y: 50, width: 50, height: 12.5, rotation: 0, rectanglelabels: ['cat'] };
    const task = {
      id: 1,
      data: { image: '/data/upload/1/0a1b2c3d-1.jpg' },
      annotations: [
        { was_cancelled: true, result: [] },
        { result: [{ type: 'rectanglelabels', from_name: 'tag', to_name: 'img', value }] },
      ],
      predictions: [{ result: [{ type: 'rectanglelabels', value }] }],
    };
    const { said } = await saidAbout({ 'project-1.json': JSON.stringify([task]), 'images/1.jpg': 'x' });
    const box = { label: 'cat', x: 0.25, y: 0.5, width: 0.5, height: 0.125 };
    expect(said['images/1.jpg']).toEqual({ boxFractions: [box] });
  });

  it('that cannot be read cost one sentence each and nothing else', async () => {
    const { said, remarks } = await saidAbout({
      '1.jpg': 'x',
      'a.xml': '<annotation><object></annotation>',
      'b.xml': '<!DOCTYPE a [<!ENTITY b "c">]><annotation>&b;</annotation>',
      'c.xml': '<annotation>&nbsp;</annotation>',
      'd.json': '{"images": [',
    });
    expect(said).toEqual({});
    expect(remarks).toHaveLength(4);
    for (const name of ['a.xml', 'b.xml', 'c.xml', 'd.json'])
      expect(remarks.filter((sentence) => sentence.includes(name))).toHaveLength(1);
  });
});

describeWith(needsData('image', 'blood_cells'), 'boxes of real pictures', () => {
  it('are the same from their table, COCO, Pascal VOC and YOLO', async () => {
    const table = readFileSync(dataFolder('image', 'blood_cells', 'boxes.csv'), 'utf8').replaceAll('\r', '');
    const rows = table
      .trim()
      .split('\n')
      .slice(1, 200)
      .map((line) => line.split(','));
    const names = [...new Set(rows.map((row) => row[0]))];
    const labels = [...new Set(rows.map((row) => row[2]))];
    const pictures = Object.fromEntries(names.map((name) => [`images/${name}`, 'x']));
    const of = (name: string): number[][] =>
      rows.filter((row) => row[0] === name).map((row) => [labels.indexOf(row[2]), ...row.slice(3).map(Number)]);
    const forms: Files[] = [
      { 'boxes.csv': [table.split('\n')[0], ...rows.map((row) => row.join(','))].join('\n') },
      {
        'annotations.json': JSON.stringify({
          images: names.map((file_name, id) => ({ id, file_name })),
          categories: labels.map((name, id) => ({ id, name })),
          annotations: names.flatMap((name, image_id) =>
            of(name).map(([category_id, ...bbox]) => ({ image_id, category_id, bbox })),
          ),
        }),
      },
      Object.fromEntries(
        names.map((name) => {
          const object = ([label, x, y, w, h]: number[]): string =>
            `<object><name>${labels[label]}</name><bndbox><xmin>${x}</xmin><ymin>${y}</ymin><xmax>${x + w}</xmax><ymax>${y + h}</ymax></bndbox></object>`;
          const text = `<annotation><filename>${name}</filename>${of(name).map(object).join('')}</annotation>`;
          return [`Annotations/${name.replace('.jpg', '.xml')}`, text];
        }),
      ),
      {
        'classes.txt': labels.join('\n'),
        ...Object.fromEntries(
          names.map((name) => {
            const line = ([label, x, y, w, h]: number[]): string =>
              [label, (x + w / 2) / 320, (y + h / 2) / 240, w / 320, h / 240].join(' ');
            return [`labels/${name.replace('.jpg', '.txt')}`, of(name).map(line).join('\n')];
          }),
        ),
      },
    ];
    const boxesOf = async (files: Files): Promise<unknown[]> => {
      const { said } = await saidAbout({ ...files, ...pictures });
      return names.map((name) => {
        const { boxes, boxFractions } = said[`images/${name}`];
        const scaled = boxFractions?.map(({ label, x, y, width, height }) => ({
          label,
          ...{ x: x * 320, y: y * 240, width: width * 320, height: height * 240 },
        }));
        return (boxes ?? scaled ?? []).map(({ label, ...sides }) => [label, ...Object.values(sides).map(Math.round)]);
      });
    };
    const [fromTable, ...others] = await Promise.all(forms.map(boxesOf));
    expect(fromTable.flat().length).toBeGreaterThan(150);
    for (const other of others) expect(other).toEqual(fromTable);
  });
});

describe('labelled parts', () => {
  const sound = tone();

  it('of Audacity label tracks become segments of the sound of the same name; a point is one frame', async () => {
    const track = '0.100000\t0.350000\tyes\n\\\t100.0\t2000.0\n0.500000\t0.500000\tclick\n0,75\t2.0\tyes\n';
    for (const name of ['take.txt', 'take.labels.txt', 'take_labels.txt', 'Label Track.txt']) {
      const { captures, report } = await importFiles({ 'take.wav': sound, [name]: track });
      expect(report.warnings).toEqual([]);
      expect(captures[0]).toMatchObject({ label: 'yes', kind: 'audio' });
      expect(captures[0].segments).toEqual([
        { start: 1600, end: 5600, label: 'yes' },
        { start: 8000, end: 8001, label: 'click' },
        { start: 12000, end: 16000, label: 'yes' },
      ]);
    }
  });

  it('belong to the sound that was chosen along with them, file by file', async () => {
    const root = write({ 'take.wav': sound, 'take.txt': '0.25\t0.5\tyes\n', 'not-chosen.wav': 'x' });
    const dataset = await folders.dataset();
    const report = await dataset.importPaths([join(root, 'take.wav'), join(root, 'take.txt')]);
    expect(report).toMatchObject({ imported: 1, warnings: [], labels: { yes: 1 } });
    expect(dataset.list().items[0].segments).toEqual([{ start: 4000, end: 8000, label: 'yes' }]);
  });

  it('of Label Studio become segments: sounds in seconds, series in what their axis counts', async () => {
    const task = (file: string, type: string, parts: [number, number, string][]): object => ({
      data: { [type === 'labels' ? 'audio' : 'csv']: `https://x.example/data/${file}?d=1` },
      annotations: [{ result: parts.map(([start, end, label]) => ({ type, value: { start, end, [type]: [label] } })) }],
    });
    const csv = `timestamp,accX\n${lines(200, (i) => `${i * 10},${i % 7}`)}`;
    for (const scale of [1, 1000, 100]) {
      const { captures, report } = await importFiles({
        'export.json': JSON.stringify([
          task('a.wav', 'labels', [[0.25, 0.5, 'yes']]),
          task('b.csv', 'timeserieslabels', [
            [0.5 * scale, 1 * scale, 'run'],
            [1.5 * scale, 1.9 * scale, 'walk'],
          ]),
        ]),
        'a.wav': sound,
        'b.csv': csv,
      });
      expect([report.imported, report.warnings]).toEqual([2, []]);
      expect(captures[0].segments).toEqual([{ start: 4000, end: 8000, label: 'yes' }]);
      expect(captures[1].segments).toEqual([
        { start: 50, end: 100, label: 'run' },
        { start: 150, end: 190, label: 'walk' },
      ]);
    }
  });

  it('of SensiML (DAI JSON beside CSV) become segments with person and label', async () => {
    const dai = [
      {
        file_name: 'jab.csv',
        metadata: [
          { name: 'Subject', value: 'ann' },
          { name: 'Set', value: 'Test' },
        ],
        sessions: [
          { session_name: 'auto', segments: [] },
          {
            session_name: 'Session 1',
            segments: [
              { name: 'Label', value: 'Jab', start: 10, end: 59 },
              { name: 'Label', value: 'Hook', start: 80, end: 99 },
            ],
          },
        ],
        videos: [{ video_path: 'jab.mp4' }],
      },
    ];
    const csv = `sequence,AccelerometerX,AccelerometerY\n${lines(100, (i) => `${i},${i * 3},${-i}`)}`;
    const { captures } = await importFiles({ 'export.json': JSON.stringify(dai), 'jab.csv': csv }, { rateHz: 100 });
    expect(captures[0]).toMatchObject({ label: 'Jab', person: 'ann', split: 'testing', frames: 100 });
    expect(captures[0].segments).toEqual([
      { start: 10, end: 60, label: 'Jab' },
      { start: 80, end: 100, label: 'Hook' },
    ]);
  });

  it('of the public export format are frames or milliseconds, whichever covers the recording', () => {
    const parts = (...ends: number[]): { start: number; end: number; label: string }[] =>
      ends.map((end, i) => ({ start: ends[i - 1] ?? 0, end, label: `${i}` }));
    const ends = (unit: 'frames or ms', list: number[], frames: number, rateHz: number): number[] =>
      resolveSpans({ unit, parts: parts(...list) }, frames, rateHz).segments.map((one) => one.end);
    // 200 frames at 100 Hz are 2,000 ms.
    expect(ends('frames or ms', [80, 200], 200, 100)).toEqual([80, 200]);
    expect(ends('frames or ms', [800, 2000], 200, 100)).toEqual([80, 200]);
    expect(ends('frames or ms', [800, 1990], 200, 100)).toEqual([80, 199]);
    // 16,000 frames at 16 kHz are 1,000 ms: both fit, only milliseconds reach the end.
    expect(ends('frames or ms', [400, 1000], 16000, 16000)).toEqual([6400, 16000]);
    expect(ends('frames or ms', [6400, 16000], 16000, 16000)).toEqual([6400, 16000]);
    // Neither reaches the end: frames, as the tool's own check has it.
    expect(ends('frames or ms', [400, 700], 16000, 16000)).toEqual([400, 700]);
    const outside = resolveSpans({ unit: 'seconds', parts: [{ start: 5, end: 6, label: 'x' }] }, 100, 100);
    expect(outside).toEqual({ segments: [], dropped: 1 });
  });
});

it('refuses films, packed sounds and foreign tables with what to do', async () => {
  const { report } = await importFiles({
    'a.mp4': 'x',
    'b.avi': 'x',
    'c.parquet': 'x',
    'd.flac': 'x',
    'e.wav': tone(),
  });
  expect(report.imported).toBe(1);
  for (const [name, wish] of [
    ['a.mp4', 'ffmpeg'],
    ['b.avi', 'ffmpeg'],
    ['c.parquet', 'CSV'],
    ['d.flac', 'WAV'],
  ])
    expect(report.warnings.filter((one) => one.includes(name) && one.includes(wish))).toHaveLength(1);
  const dataset = await folders.dataset();
  const film = join(write({ 'a.mp4': 'x' }), 'a.mp4');
  await expect(dataset.importPaths([film])).rejects.toMatchObject({ code: 'nothing-imported' });
});

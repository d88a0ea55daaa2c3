/**
 * Hostile annotations: 15,000 damaged and made-up lists. A reader gives whole answers or throws a DatasetError; it
 * never throws anything else, hangs, or lets through a number that is none.
 */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { DatasetError } from '../../src/dataset';
import { readAudacity } from '../../src/dataset/importing/lists/audacity';
import { isBoxTable, readBoxTable } from '../../src/dataset/importing/lists/box-table';
import { isCoco, readCoco } from '../../src/dataset/importing/lists/coco';
import { readLabelsFile } from '../../src/dataset/importing/lists/info-labels';
import { isLabelStudio, readLabelStudio } from '../../src/dataset/importing/lists/label-studio';
import { Locator } from '../../src/dataset/importing/lists/locate';
import { resolveSpans, type Said } from '../../src/dataset/importing/lists/said';
import { isSensiml, readSensiml } from '../../src/dataset/importing/lists/sensiml';
import { readVoc } from '../../src/dataset/importing/lists/voc';
import { readClassList, readYolo } from '../../src/dataset/importing/lists/yolo';

/** A good text with pieces changed, cut, doubled or put in between. */
function damaged(good: string): fc.Arbitrary<string> {
  const piece = fc.oneof(
    fc.constantFrom(
      '<',
      '</',
      '>',
      '&amp;',
      '&',
      '<!--',
      '<![CDATA[',
      '{',
      '[',
      '"',
      ',',
      '\t',
      '\n',
      '-',
      '1e999',
      'NaN',
    ),
    fc.string({ maxLength: 6 }),
  );
  const edit = fc.tuple(fc.nat(good.length), fc.nat(12), piece);
  return fc.array(edit, { minLength: 1, maxLength: 5 }).map((edits) => {
    let text = good;
    for (const [at, cut, some] of edits) text = text.slice(0, at) + some + text.slice(at + cut);
    return text;
  });
}

function expectGood(said: Said): void {
  for (const { x, y, width, height, label } of [...(said.boxes ?? []), ...(said.boxFractions ?? [])]) {
    for (const side of [x, y, width, height]) expect(Number.isFinite(side)).toBe(true);
    expect(typeof label).toBe('string');
  }
  if (!said.spans) return;
  const { segments, dropped } = resolveSpans(said.spans, 1000, 100);
  expect(segments.length + dropped).toBeLessThanOrEqual(said.spans.parts.length);
  for (const { start, end } of segments) {
    expect(Number.isInteger(start) && Number.isInteger(end)).toBe(true);
    expect(start >= 0 && start < end && end <= 1000).toBe(true);
  }
}

function survives<T>(input: fc.Arbitrary<T>, runs: number, read: (input: T) => Iterable<Said>): void {
  fc.assert(
    fc.property(input, (one) => {
      try {
        for (const said of read(one)) expectGood(said);
      } catch (error) {
        if (!(error instanceof DatasetError)) throw error;
        expect(error.message.length * error.action.length).toBeGreaterThan(0);
      }
    }),
    { numRuns: runs, seed: 1 },
  );
}

const coco = {
  images: [{ id: 1, file_name: 'a' }],
  categories: [{ id: 1, name: 'c' }],
  annotations: [{ image_id: 1, category_id: 1, bbox: [1, 2, 3, 4] }],
};
const studio = [
  {
    data: { audio: 'a.wav' },
    annotations: [
      {
        result: [
          { type: 'labels', value: { start: 1, end: 2, labels: ['x'] } },
          { type: 'rectanglelabels', value: { x: 1, y: 2, width: 3, height: 4, rectanglelabels: ['y'] } },
        ],
      },
    ],
  },
];
const dai = [
  {
    file_name: 'a.csv',
    metadata: [{ name: 'Subject', value: 'x' }],
    sessions: [{ segments: [{ value: 'L', start: 1, end: 2 }] }],
  },
];
const info = {
  version: 1,
  files: [
    {
      path: 'a',
      category: 'testing',
      label: { type: 'multi-label', labels: [{ startIndex: 0, endIndex: 9, label: 'x' }] },
      boundingBoxes: [{ label: 'y', x: 1, y: 2, width: 3, height: 4 }],
    },
  ],
};

function readJson(value: unknown): Said[] {
  if (isCoco(value)) return [...readCoco(value).values()];
  if (isLabelStudio(value)) return [...readLabelStudio(value).values()];
  if (isSensiml(value)) return [...readSensiml(value).values()];
  return [...readLabelsFile(new TextEncoder().encode(JSON.stringify(value) ?? '')).said.values()];
}

it('reads 6,000 damaged JSON lists of four kinds, and 2,000 of anything', () => {
  for (const good of [coco, studio, dai, info])
    survives(damaged(JSON.stringify(good)), 1500, (text) => {
      let value: unknown;
      try {
        value = JSON.parse(text);
      } catch {
        return [...readLabelsFile(new TextEncoder().encode(text)).said.values()];
      }
      return readJson(value);
    });
  const anything = fc.anything({ maxDepth: 3, withNullPrototype: false });
  survives(anything, 2000, (one) =>
    [
      { images: [one], annotations: [one, { image_id: 1, bbox: one }], categories: one },
      [{ data: { a: one }, annotations: [one, { result: [one, { type: 'labels', value: one }] }] }],
      [{ file_name: 'a', metadata: [one], sessions: [one, { segments: [one] }] }],
      { files: [one, { path: 'a', label: one, boundingBoxes: [one], metadata: one }] },
      { type: 'structured-labels', structuredLabels: { a: one } },
      { type: 'label-map-labels', labels: one },
    ].flatMap(readJson),
  );
});

it('reads 7,000 damaged texts: XML, YOLO, class lists, tables of boxes, label tracks', () => {
  const xml =
    '<?xml version="1.0"?><annotation><filename>a</filename><object><name>b&amp;c</name><bndbox><xmin>1</xmin><ymin>2</ymin><xmax>3</xmax><ymax>4</ymax></bndbox></object></annotation>';
  survives(damaged(xml), 3000, (text) => {
    const read = readVoc(text);
    return read ? [read.said] : [];
  });
  survives(damaged('0 0.5 0.5 0.25 0.25\n1 0.1 0.1 0.9 0.1 0.5 0.9\n'), 1000, (text) => [
    { boxFractions: readYolo(text, readClassList('data.yaml', `names: [${text}`)) ?? [] },
  ]);
  survives(damaged("names:\n  0: a\n  1: 'b'\nnc: 2\n"), 1000, (text) => {
    for (const name of readClassList('data.yaml', text)) expect(typeof (name ?? '')).toBe('string');
    return [];
  });
  survives(damaged('image,label,x,y,w,h\na.png,b,1,2,3,4\na.png,"c,d",1,2,3,4\n'), 1000, (text) =>
    isBoxTable(text) ? readBoxTable(text).said.values() : [],
  );
  survives(damaged('0.1\t0.2\tyes\n\\\t1\t2\n0.5\t0.5\tclick\n'), 1000, (text) => [
    { spans: { unit: 'seconds', parts: readAudacity(text) ?? [] } },
  ]);
});

it('stops at deep nesting, long lists and names that mean something to JavaScript', () => {
  expect(() => readVoc('<a>'.repeat(100_000))).toThrow(DatasetError);
  expect(() => readVoc(`<annotation>${'<a/>'.repeat(600_000)}</annotation>`)).toThrow(DatasetError);
  expect(() => readVoc('<annotation>&constructor;</annotation>')).toThrow(DatasetError);
  const proto =
    '{"type":"structured-labels","structuredLabels":{"__proto__":[{"startIndex":0,"endIndex":1,"label":"x"}]}}';
  expect(readLabelsFile(new TextEncoder().encode(proto)).said.size).toBe(1);
  expect(new Locator(['a/b.png']).find('__proto__', 'x.json', /png/)).toBeUndefined();
});

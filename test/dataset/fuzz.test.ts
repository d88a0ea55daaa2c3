/**
 * Hostile input: 24,000 damaged and made-up files. A reader gives a whole result or throws a DatasetError; it never
 * throws anything else, hangs, or lets through a number that is none.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encode } from 'cborg';
import fc from 'fast-check';
import { zipSync } from 'fflate';
import { afterEach, expect, it } from 'vitest';
import { DatasetError, type Axis } from '../../src/dataset';
import { decodeDocument, readAcquisition, writeAcquisition } from '../../src/dataset/acquisition';
import { isCreateAi, isCreateAiFeatures, readCreateAi } from '../../src/dataset/importing/createai';
import { labelFromPath } from '../../src/dataset/importing/label-rules';
import { readManifests } from '../../src/dataset/importing/manifests';
import { Remarks } from '../../src/dataset/importing/remarks';
import { TableReader } from '../../src/dataset/importing/table';
import { openZip } from '../../src/dataset/importing/zip-reader';
import { completeNotes, parseNotes } from '../../src/dataset/notes';
import { planSplit } from '../../src/dataset/splitting';
import { readWav, writeWav } from '../../src/dataset/wav';
import { motionAxes, temporaryFolders } from './support';

const folders = temporaryFolders();
afterEach(() => folders.clean());

/** Bytes of a good file with some changed, cut, doubled or put in between. */
function damaged(good: Uint8Array): fc.Arbitrary<Uint8Array> {
  const edit = fc.tuple(
    fc.nat(good.length - 1),
    fc.constantFrom('set', 'cut', 'insert', 'end'),
    fc.uint8Array({ minLength: 1, maxLength: 8 }),
  );
  return fc.array(edit, { minLength: 1, maxLength: 6 }).map((edits) => {
    let bytes = Buffer.from(good);
    for (const [at, what, some] of edits) {
      if (what === 'set') bytes.set(some.subarray(0, Math.max(0, bytes.length - at)), Math.min(at, bytes.length));
      if (what === 'cut') bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + some[0])]);
      if (what === 'insert') bytes = Buffer.concat([bytes.subarray(0, at), some, bytes.subarray(at)]);
      if (what === 'end') bytes = bytes.subarray(0, at);
    }
    return new Uint8Array(bytes);
  });
}

interface Recorded {
  readonly axes?: readonly Axis[];
  readonly channels?: number;
  readonly rateHz: number;
  readonly values: Float32Array;
}

function expectWhole({ axes, channels, rateHz, values }: Recorded): void {
  const width = axes?.length ?? channels ?? 0;
  expect(width).toBeGreaterThan(0);
  expect(values.length % width).toBe(0);
  expect(values.length).toBeGreaterThan(0);
  expect(rateHz > 0 && Number.isFinite(rateHz)).toBe(true);
}

function survives<T>(input: fc.Arbitrary<T>, runs: number, read: (input: T) => void): void {
  fc.assert(
    fc.property(input, (bytes) => {
      try {
        read(bytes);
      } catch (error) {
        if (error instanceof DatasetError) expect(error.message.length * error.action.length).toBeGreaterThan(0);
        else throw error;
      }
    }),
    { numRuns: runs, seed: 1 },
  );
}

const content = {
  axes: motionAxes,
  rateHz: 50,
  values: Float32Array.from({ length: 30 }, (_, i) => i / 7),
  device: 'd',
  sensor: 's',
  createdAt: '',
};
const anyBytes = fc.uint8Array({ maxLength: 300 });

it('reads 6,000 damaged sounds', () => {
  const good = writeWav(
    Float32Array.from({ length: 40 }, (_, i) => i),
    2,
    8000,
  );
  survives(fc.oneof({ weight: 5, arbitrary: damaged(good) }, { weight: 1, arbitrary: anyBytes }), 6000, (bytes) => {
    const sound = readWav(bytes);
    expectWhole(sound);
    expect(sound.values.every((value) => Number.isFinite(value))).toBe(true);
  });
});

it('reads 6,000 damaged acquisition files and CreateAI files', () => {
  const read = (bytes: Uint8Array): void => {
    const value = decodeDocument(bytes);
    if (isCreateAiFeatures(value)) return;
    if (isCreateAi(value)) for (const found of readCreateAi(value, 'x').found) expectWhole(found);
    else expectWhole(readAcquisition(value, bytes, 'key'));
  };
  const ai = new TextEncoder().encode(
    JSON.stringify([{ name: 'a', ID: 1, recordings: [{ ID: 2, data: { x: [1, 2], y: [3, 4], z: [5, 6] } }] }]),
  );
  const good = [writeAcquisition(content, 'cbor'), writeAcquisition(content, 'json'), ai];
  for (const bytes of good) survives(damaged(bytes), 1500, read);
  // Anything at all, in both encodings.
  survives(fc.anything({ maxDepth: 4, withNullPrototype: false }), 1500, (value) => {
    const payload = { payload: value, protected: value, signature: value };
    for (const candidate of [
      value,
      payload,
      { payload: { sensors: value, values: value, interval_ms: 10 } },
      { payload: { sensors: [{}], values: value, interval_ms: 10 } },
    ]) {
      if (isCreateAi(candidate)) readCreateAi(candidate, 'x');
      let bytes: Uint8Array;
      try {
        bytes = encode(candidate);
      } catch {
        continue;
      }
      try {
        read(bytes);
      } catch (error) {
        expect(error).toBeInstanceOf(DatasetError);
      }
    }
  });
});

it('reads 6,000 damaged tables, in pieces of any size', () => {
  const tables = [
    'timestamp,accX,accY\n0,1,2\n20,3,4\n40,5,6\n60,7,8\n',
    '1 2 3\n4 5 6\n-,-,-\n7 8 9\n1 2 3\n\u001b[7mok\u001b[0m\n',
    'a;b\n1,5;2,5\n3,5;4\nlabel;x\n',
    'x:1,y:2\nx:2,y:3\n"1","2"\nNaN,inf\n1e99999,0\n',
  ].map((text) => new TextEncoder().encode(text));
  const input = fc.tuple(
    fc.oneof(
      ...tables.map(damaged),
      fc
        .string({ unit: fc.constantFrom(...'0123456789.,;:-+eE \n\t"ax') })
        .map((text) => new TextEncoder().encode(text)),
    ),
    fc.integer({ min: 1, max: 50 }),
  );
  survives(input, 6000, ([bytes, size]) => {
    const text = new TextDecoder().decode(bytes);
    const read = (step: number) => {
      const reader = new TableReader('x', 50, () => undefined);
      for (let at = 0; at < text.length; at += step) reader.feed(text.slice(at, at + step));
      return reader.finish();
    };
    const whole = read(text.length + 1);
    for (const found of whole.found) {
      expectWhole(found);
      expect(found.values.every((value) => Number.isFinite(value))).toBe(true);
      for (const gap of found.gaps ?? [])
        expect(gap.at > 0 && gap.at < found.values.length / found.axes.length && gap.lost > 0).toBe(true);
    }
    expect(read(size)).toEqual(whole);
  });
});

it('reads 4,000 damaged notes and names, and lists of files', () => {
  const good = JSON.stringify({
    format: 'dormouse-capture',
    version: 1,
    label: 'a',
    gaps: [{ at: 1, lost: 2 }],
    trim: { start: 1, end: 2 },
    data: {
      kind: 'motion',
      axes: [{ name: 'x', units: 'g' }],
      rateHz: 1,
      frames: 2,
      hash: '0123456789abcdef',
      file: 'cbor',
      bytes: 9,
    },
  });
  survives(damaged(new TextEncoder().encode(good)), 1500, (bytes) => {
    const parsed = parseNotes(new TextDecoder().decode(bytes));
    if (parsed) expect(completeNotes(parsed.notes)).toEqual(parsed.notes);
  });
  survives(fc.anything({ maxDepth: 3 }), 1500, (value) => {
    const notes = completeNotes({
      label: value,
      gaps: value,
      segments: value,
      trim: value,
      createdAt: value,
      split: value,
    });
    expect(notes.label.length >= 1 && notes.label.length <= 64).toBe(true);
  });
  survives(fc.string({ unit: 'binary' }), 1000, (path) => {
    expect(labelFromPath(path, path).label.length).toBeGreaterThan(0);
  });
});

it('reads 1,000 damaged lists of files and 1,000 damaged zips', async () => {
  const lists: [string, string][] = [
    [
      'info.labels',
      JSON.stringify({
        version: 1,
        files: [
          {
            path: 'a.csv',
            category: 'training',
            label: { type: 'multi-label', labels: [{ label: 'a', startIndex: 0, endIndex: 3 }] },
          },
        ],
      }),
    ],
    [
      'info.labels',
      '{"__ndjson":true,"version":1}\n{"__key":"files","__item":{"path":"a.csv","label":{"type":"label","label":"x"}}}\n',
    ],
    ['index.csv', 'file,label,person,split\n"a.csv","x ""y""",z,train\nb.csv,c,d,valid\n'],
  ];
  for (const [path, text] of lists) {
    const input = damaged(new TextEncoder().encode(text));
    await fc.assert(
      fc.asyncProperty(input, async (bytes) => {
        const remarks = new Remarks();
        const file = {
          path,
          size: bytes.length,
          read: () => Promise.resolve(bytes),
          chunks: () =>
            (async function* () {
              yield await Promise.resolve(bytes);
            })(),
        };
        expect(await readManifests([file], remarks)).toBeDefined();
      }),
      { numRuns: 334, seed: 1 },
    );
  }
  const path = join(folders.folder(), 'x.zip');
  const good = zipSync({
    'a/1.csv': new TextEncoder().encode('a,b\n1,2\n3,4\n'.repeat(20)),
    'b.json': [new TextEncoder().encode('{}'), { level: 0 }],
  });
  await fc.assert(
    fc.asyncProperty(damaged(good), async (bytes) => {
      writeFileSync(path, bytes);
      try {
        const tree = await openZip(path, 'x', new Remarks());
        try {
          for (const file of tree.files) expect((await file.read(1 << 20)).length).toBeLessThanOrEqual(1 << 20);
        } finally {
          await tree.close();
        }
      } catch (error) {
        expect(error).toBeInstanceOf(DatasetError);
      }
    }),
    { numRuns: 1000, seed: 1 },
  );
});

it('splits 2,000 random datasets: groups together, pins kept, the same for the same seed', () => {
  const item = fc.record({
    label: fc.constantFrom('a', 'b', 'c'),
    group: fc.integer({ min: 0, max: 12 }).map(String),
    pinned: fc.option(fc.constantFrom('training' as const, 'testing' as const), { nil: undefined, freq: 8 }),
  });
  fc.assert(
    fc.property(
      fc.array(item, { maxLength: 60 }),
      fc.double({ min: 0, max: 0.9, noNaN: true }),
      fc.nat(),
      (items, testing, seed) => {
        const splits = planSplit(items, testing, seed);
        expect(planSplit(items, testing, seed)).toEqual(splits);
        const free = new Map<string, string>();
        for (const [i, { group, pinned }] of items.entries()) {
          if (pinned) expect(splits[i]).toBe(pinned);
          else {
            expect(splits[i]).toBe(free.get(group) ?? splits[i]);
            free.set(group, splits[i]);
          }
          // A pin pulls its group along, unless it is pinned on both sides.
          const pins = new Set(items.filter((one) => one.group === group && one.pinned).map((one) => one.pinned));
          if (pins.size === 1) expect(splits[i]).toBe([...pins][0]);
        }
      },
    ),
    { numRuns: 2000, seed: 1 },
  );
});

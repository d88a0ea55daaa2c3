/** Imports of made-up files of every kind: what they say is taken, what is wrong with them is said. */
import { createHmac } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { zipSync } from 'fflate';
import { afterEach, describe, expect, it } from 'vitest';
import { readCaptures, type Capture, type Dataset, type ImportOptions, type ImportReport } from '../../src/dataset';
import { motionAxes, motionCapture, temporaryFolders } from './support';

const folders = temporaryFolders();
afterEach(() => folders.clean());

type Files = Record<string, string | Uint8Array>;

function write(files: Files): string {
  const root = join(folders.folder(), 'import');
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), content);
  }
  return root;
}

async function importFiles(
  files: Files,
  options?: ImportOptions,
): Promise<{ dataset: Dataset; report: ImportReport; captures: Capture[] }> {
  const dataset = await folders.dataset();
  const report = await dataset.importPaths([write(files)], options);
  const captures = await Promise.all(
    dataset
      .list()
      .items.sort((a, b) => (a.source < b.source ? -1 : 1))
      .map(({ id }) => dataset.get(id)),
  );
  return { dataset, report, captures };
}

/** One table on its own, as its only capture. */
async function table(
  text: string,
  options?: ImportOptions,
): Promise<{ capture: Capture; warnings: readonly string[] }> {
  const { captures, report } = await importFiles({ 'x.csv': text }, options);
  expect(captures).toHaveLength(1);
  return { capture: captures[0], warnings: report.warnings };
}

const lines = (count: number, line: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => line(i)).join('\n');

describe('tables', () => {
  it('take axes, units and rate from header and timestamps', async () => {
    const headers: [string, string, string][] = [
      ['timestamp_ms,ax_mg,ay_mg', 'accX', 'mg'],
      ['time (ms),accX (m/s2),accY (m/s2)', 'accX', 'm/s2'],
      ['millis,acc_x [g],acc_y [g]', 'accX', 'g'],
      ['t_ms,gyr_x_dps,gyr_y_dps', 'gyrX', 'deg/s'],
      ['timestamp,Temperature,Humidity', 'Temperature', 'N/A'],
    ];
    for (const [header, name, units] of headers) {
      const { capture, warnings } = await table(`${header}\n${lines(50, (i) => `${i * 20},${i},${-i}`)}`);
      expect(capture.axes[0], header).toEqual({ name, units });
      expect(capture.rateHz).toBe(50);
      expect(Array.from(capture.values.subarray(0, 4))).toEqual([0, 0, 1, -1]);
      expect(warnings).toEqual([]);
    }
  });

  it('judge the unit of plain timestamps, and fit the rate over the whole file', async () => {
    const clocks: [(i: number) => number | string, number][] = [
      [(i) => i * 0.01, 100],
      [(i) => i * 10, 100],
      [(i) => i * 10000, 100],
      [(i) => 1_700_000_000 + i * 0.02, 50],
      [(i) => 1_700_000_000_000 + i * 20, 50],
      [(i) => Math.round((i * 1000) / 59), 59],
      [(i) => new Date(1_700_000_000_000 + i * 100).toISOString(), 10],
    ];
    for (const [clock, rate] of clocks) {
      const { capture } = await table(`timestamp,a,b\n${lines(400, (i) => `${clock(i)},${i},1`)}`);
      expect(capture.rateHz).toBe(rate);
    }
  });

  it('read without a header, with any delimiter, with decimal commas, quotes, labels of values and byte order marks', async () => {
    const rows: [string, number][] = [
      [lines(20, (i) => `${i * 10},${i},2.5`), 2],
      [lines(20, (i) => `${i}\t2.5\t-1`), 2],
      [lines(20, (i) => `${i * i} 2.5 -1`), 3],
      [`\ufeffa;b\n${lines(20, (i) => `${i},5;2,25`)}`, 2],
      [`"a","b"\r\n${lines(20, (i) => `"${i}","2"\r`)}`, 2],
      [lines(20, (i) => `x:${i},y:2,z:3`), 3],
      [lines(20, (i) => `${Math.sin(i)}`), 1],
      [`# made by a logger\n\na,b\n${lines(20, (i) => `${i % 3},1`)}\n\n`, 2],
    ];
    for (const [text, axes] of rows) {
      const { capture } = await table(text, { rateHz: 50 });
      expect([capture.axes.length, capture.frames], text.slice(0, 30)).toEqual([axes, 20]);
    }
    const utf16 = Uint8Array.from(Buffer.from(`\ufeffa,b\n${lines(20, (i) => `${i},1`)}`, 'utf16le'));
    expect((await importFiles({ 'x.csv': utf16 })).captures[0].frames).toBe(20);
    expect((await table(`a;b\n${lines(9, (i) => `${i},5;2,25`)}`)).capture.values.subarray(0, 2)).toEqual(
      Float32Array.of(0.5, 2.25),
    );
  });

  it('mark bad lines and missing times as gaps, and say where', async () => {
    const bad = ['NaN,1,2', '1,2', '1,2,3,4', 'ERR: sensor', '1,,3', '1e999,2,3', 'inf,1,2'];
    for (const line of bad) {
      const { capture, warnings } = await table(
        `a,b,c\n${lines(10, (i) => `${i},1,2`)}\n${line}\n${line}\n${lines(10, (i) => `${i},1,2`)}\n`,
        { rateHz: 50 },
      );
      expect(capture.gaps, line).toEqual([{ at: 10, lost: 2 }]);
      expect(capture.frames).toBe(20);
      expect(warnings).toEqual([
        'x.csv has 2 lines that are not 3 numbers (first: line 12); they were left out, between good lines as gaps.',
      ]);
    }
    const jumped = await table(
      `timestamp,a\n${lines(10, (i) => `${i * 20},1`)}\n${lines(10, (i) => `${300 + i * 20},1`)}`,
    );
    expect(jumped.capture).toMatchObject({ rateHz: 50, gaps: [{ at: 10, lost: 5 }] });
  });

  it('take labels from a column: one for all, or one a segment', async () => {
    const one = await table(`timestamp,a,label\n${lines(10, (i) => `${i * 20},1,wave`)}`);
    expect(one.capture).toMatchObject({ label: 'wave', segments: [] });
    const two = await table(`timestamp,a,label\n${lines(10, (i) => `${i * 20},1,${i < 4 ? 'idle' : 'wave'}`)}`);
    expect(two.capture).toMatchObject({
      label: 'wave',
      segments: [
        { start: 0, end: 4, label: 'idle' },
        { start: 4, end: 10, label: 'wave' },
      ],
    });
  });

  it('cut at lines of dashes, without the escape codes of a terminal', async () => {
    const text = `\u001b[?1034hbash$ screen\r\n-,-,-\r\n${lines(5, (i) => `${i},1,2\r`)}\n-,-,-\r\n\u001b[7m${lines(6, (i) => `${i},3,4\r`)}\n\u001b[?1l`;
    const { captures, report } = await importFiles({ 'ring.1.txt': text }, { rateHz: 25 });
    expect(captures.map((capture) => capture.frames)).toEqual([5, 6]);
    expect(captures.map((capture) => capture.label)).toEqual(['ring', 'ring']);
    expect(report.warnings.join()).toContain('escape codes');
  });

  it('say which rate is assumed where there are no times', async () => {
    const { capture, warnings } = await table(`a,b\n${lines(10, (i) => `${i},1`)}`);
    expect(capture.rateHz).toBe(100);
    expect(warnings[0]).toContain('100 Hz is assumed');
  });

  it('that hold nothing are refused with a sentence', async () => {
    for (const text of ['', '\n\n', 'a,b,c\n', 'hello world\n', 'a,b\n1,2\n', '\u0000\u0001\u0002', ',,,\n,,,\n']) {
      await expect(importFiles({ 'x.csv': text })).rejects.toMatchObject({
        code: 'nothing-imported',
        message: expect.stringContaining('x.csv'),
      });
    }
  });
});

const acquisition = (
  more: object = {},
  values: unknown = [
    [1, 2],
    [3, 4],
    [5, 6],
  ],
): string =>
  JSON.stringify({
    protected: { ver: 'v1', alg: 'none', iat: 1_700_000_000 },
    signature: '',
    payload: {
      device_name: 'ac:87',
      device_type: 'NANO',
      interval_ms: 10,
      sensors: [
        { name: 'accX', units: 'm/s2' },
        { name: 'accY', units: 'm/s2' },
      ],
      values,
    },
    ...more,
  });

describe('acquisition files', () => {
  it('are taken with what they say', async () => {
    const { captures, report } = await importFiles({ 'idle.01.json': acquisition() });
    expect(captures[0]).toMatchObject({
      label: 'idle',
      rateHz: 100,
      device: 'ac:87',
      sensor: 'NANO',
      createdAt: '2023-11-14T22:13:20.000Z',
    });
    expect(captures[0].values).toEqual(Float32Array.of(1, 2, 3, 4, 5, 6));
    expect(report.warnings).toEqual([]);
  });

  it('have their signature checked where the key is known', async () => {
    const draft = acquisition({ protected: { ver: 'v1', alg: 'HS256' }, signature: '0'.repeat(64) });
    const digest = createHmac('sha256', 'secret').update(draft).digest('hex');
    const signed = draft.replace('0'.repeat(64), digest);
    const warningsOf = async (text: string, hmacKey?: string): Promise<string> =>
      (await importFiles({ 'a.json': text }, { hmacKey })).report.warnings.join();
    expect(await warningsOf(signed, 'secret')).toBe('');
    expect(await warningsOf(signed)).toContain('was not checked');
    expect(await warningsOf(signed, 'wrong')).toContain('changed after it was signed');
    expect(await warningsOf(signed.replace('[5,6]', '[5,7]'), 'secret')).toContain('changed after it was signed');
    expect(await warningsOf(draft)).toContain('its signature is empty');
  });

  it('that are damaged are refused with a sentence, whatever they claim', async () => {
    const bad: (string | Uint8Array)[] = [
      acquisition().slice(0, 60),
      acquisition({}, []),
      acquisition({}, 'x'),
      acquisition({}, [[1]]),
      acquisition({}, [[1, 2], [3]]),
      acquisition().replace('"interval_ms":10', '"interval_ms":0'),
      acquisition().replace('"interval_ms":10', '"interval_ms":1e300'),
      '[]',
      '{}',
      'null',
      '[['.repeat(50_000),
      '{"a":'.repeat(50_000),
      // CBOR: a text, an array and bytes that claim 4 GB, endless nesting, a map of 2^64 - 1 entries.
      Uint8Array.of(0x7a, 0xff, 0xff, 0xff, 0xff),
      Uint8Array.of(0x9a, 0xff, 0xff, 0xff, 0xff, 1),
      Uint8Array.of(0x5a, 0xff, 0xff, 0xff, 0xff),
      new Uint8Array(100_000).fill(0x81),
      Uint8Array.of(0xbb, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff),
    ];
    for (const content of bad)
      await expect(importFiles({ 'a.cbor': content })).rejects.toMatchObject({ code: 'nothing-imported' });
  });

  it('with values that are no numbers get gaps', async () => {
    const { captures, report } = await importFiles({
      'a.json': acquisition({}, [
        [1, 2],
        [null, 4],
        [5, 6],
        [7, 8],
      ]),
    });
    expect(captures[0]).toMatchObject({ frames: 3, gaps: [{ at: 1, lost: 1 }] });
    expect(report.warnings.join()).toContain('marked as gaps');
  });
});

/** A WAV file of given format with four frames. */
function wav(format: {
  tag?: number;
  bits?: number;
  channels?: number;
  data?: number[];
  dataLength?: number;
  rate?: number;
}): Uint8Array {
  const { tag = 1, bits = 16, channels = 1, data = [0, 0, 255, 127, 0, 128, 1, 0], rate = 16000 } = format;
  const bytes = Buffer.alloc(44 + data.length);
  bytes.write('RIFF', 0);
  bytes.writeUInt32LE(36 + data.length, 4);
  bytes.write('WAVEfmt ', 8);
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(tag, 20);
  bytes.writeUInt16LE(channels, 22);
  bytes.writeUInt32LE(rate, 24);
  bytes.writeUInt16LE(bits, 34);
  bytes.write('data', 36);
  bytes.writeUInt32LE(format.dataLength ?? data.length, 40);
  bytes.set(data, 44);
  return bytes;
}

describe('sounds', () => {
  it('of every PCM and float format come out on the 16-bit scale', async () => {
    const float = [...new Uint8Array(Float32Array.of(0, 0.5, -1).buffer)];
    const double = [...new Uint8Array(Float64Array.of(0, 0.5, -1).buffer)];
    const formats: [Parameters<typeof wav>[0], number[]][] = [
      [{ bits: 8, data: [128, 192, 0] }, [0, 16384, -32768]],
      [{ bits: 16 }, [0, 32767, -32768, 1]],
      [{ bits: 24, data: [0, 0, 0, 0, 0, 64, 0, 0, 128] }, [0, 16384, -32768]],
      [{ bits: 32, data: [0, 0, 0, 0, 0, 0, 0, 64, 0, 0, 0, 128] }, [0, 16384, -32768]],
      [{ tag: 3, bits: 32, data: float }, [0, 16384, -32768]],
      [{ tag: 3, bits: 64, data: double }, [0, 16384, -32768]],
    ];
    for (const [format, values] of formats) {
      const { captures } = await importFiles({ 'yes.wav': wav(format) });
      expect(Array.from(captures[0].values), JSON.stringify(format)).toEqual(values);
      expect(captures[0]).toMatchObject({ kind: 'audio', label: 'yes', rateHz: 16000 });
    }
    expect((await importFiles({ 'yes.wav': wav({ channels: 2 }) })).captures[0]).toMatchObject({
      frames: 2,
      axes: [{ name: 'audio1' }, { name: 'audio2' }],
    });
  });

  it('that lie about their length are read as far as they go, others refused', async () => {
    const long = await importFiles({ 'yes.wav': wav({ dataLength: 0xffffffff }) });
    expect(long.captures[0].frames).toBe(4);
    expect(long.report.warnings.join()).toContain('shorter than it says');
    const bad = [
      wav({ tag: 2 }),
      wav({ bits: 12 }),
      wav({ channels: 0 }),
      wav({ channels: 65 }),
      wav({ rate: 0 }),
      wav({ data: [] }),
      wav({}).subarray(0, 30),
      wav({}).subarray(0, 44),
      Uint8Array.of(1),
    ];
    for (const content of bad)
      await expect(importFiles({ 'a.wav': content })).rejects.toMatchObject({
        code: 'nothing-imported',
        message: expect.stringContaining('a.wav'),
      });
  });
});

const csv = (seed: number): string => `timestamp,accX\n${lines(10, (i) => `${i * 20},${i + seed}`)}`;

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
    const { readdirSync } = await import('node:fs');
    expect(readdirSync(folder)).toEqual(['there.zip']);
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

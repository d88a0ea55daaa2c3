/** Single files of every kind: what they say is taken, what is wrong with them is said. */
import { createHmac } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import type { Capture, ImportOptions } from '../../src/dataset';
import { acquisition, folders, importFiles, lines } from './made-up-files';

afterEach(() => folders.clean());

/** One table on its own, as its only capture. */
async function table(
  text: string,
  options?: ImportOptions,
): Promise<{ capture: Capture; warnings: readonly string[] }> {
  const { captures, report } = await importFiles({ 'x.csv': text }, options);
  expect(captures).toHaveLength(1);
  return { capture: captures[0], warnings: report.warnings };
}

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
        message: expect.stringContaining('x.csv') as unknown,
      });
    }
  });
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
        message: expect.stringContaining('a.wav') as unknown,
      });
  });
});

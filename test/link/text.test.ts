/** Any sketch that prints numbers: its lines, its rate, its mistakes. */
import { describe, expect, it } from 'vitest';
import { connectDevice, customPort, RateFit, snapRate, type Device, type SampleBlock } from '../../src/link';
import { CsvDevice } from '../../src/link/text/csv-device';
import { LineSplitter, parseLine } from '../../src/link/text/lines';
import { TextSniffer } from '../../src/link/text/sniffer';
import { FakeTransport } from './fakes';

const port = customPort('fake');

describe('a line', () => {
  it.each([
    ['0.1,0.2,9.8', [0.1, 0.2, 9.8]],
    ['-1\t2\t+3', [-1, 2, 3]],
    ['1 2   3', [1, 2, 3]],
    ['1;2;3', [1, 2, 3]],
    ['1,5;2,5;-3,25', [1.5, 2.5, -3.25]],
    ['  1.0, 2.0, 3.0,  ', [1, 2, 3]],
    ['1e3,.5,6.', [1000, 0.5, 6]],
    ['42', [42]],
    ['\u001b[2K\u001b[1;32m0.1,\u001b[0m0.2', [0.1, 0.2]],
    ['\u001b]0;title\u00071,2', [1, 2]],
    ['1,2\r', [1, 2]],
  ])('%j is numbers', (line, values) => {
    expect(parseLine(line)).toMatchObject({ kind: 'numbers', values });
  });

  it.each([
    ['x:0.1,y:0.2,z:9.8', ['x', 'y', 'z']],
    ['x: 0.1 y: 0.2', ['x', 'y']],
    ['accX=1\taccY=2', ['accX', 'accY']],
    ['raw: 1, 2', ['raw', '']],
  ])('%j has labels', (line, names) => {
    expect(parseLine(line)).toMatchObject({ kind: 'numbers', names });
  });

  it.each([
    'nan,1,2',
    '1,1e39,2',
    '-4e38',
    '1,,2',
    'inf',
    '1,2,abc',
    'ERR 5',
    '1,2,3x',
    'x:',
    '1.2.3',
    '0x10,1',
    '-',
    '1,NaN',
    'ovf,1',
  ])('%j is bad', (line) => {
    expect(parseLine(line).kind).toBe('bad');
  });

  it('may be empty, or the head of a table', () => {
    expect(parseLine('  \r').kind).toBe('empty');
    expect(parseLine('\u001b[0m').kind).toBe('empty');
    expect(parseLine('accX,accY,accZ')).toEqual({ kind: 'head', names: ['accX', 'accY', 'accZ'] });
  });

  it('is found wherever the bytes are cut, and its length is bounded', () => {
    const bytes = new TextEncoder().encode('half,of\r\n1,2\n3,4\r\n' + 'x'.repeat(100_000) + '\n5,6\n');
    for (const chunk of [1, 3, 7, 4096]) {
      const lines: string[] = [];
      const splitter = new LineSplitter((line) => lines.push(line));
      for (let at = 0; at < bytes.length; at += chunk) splitter.push(bytes.subarray(at, at + chunk));
      expect(lines).toEqual(['1,2', '3,4', '5,6']);
    }
  });
});

describe('the rate', () => {
  it('comes from all arrivals, not from a count over a second', () => {
    const fit = new RateFit();
    // Lines at 49.95 Hz that arrive in bursts, up to 16 ms late.
    for (let i = 0; i < 500; i++) fit.add(i, Math.ceil((i / 49.95) * 62.5) * 16000);
    expect(fit.rateHz).toBeGreaterThan(49.9);
    expect(fit.rateHz).toBeLessThan(50);
    expect(snapRate(fit.rateHz)).toBe(50);
  });
  it('is unknown until there is enough', () => {
    const fit = new RateFit();
    expect(fit.rateHz).toBeNaN();
    for (let i = 0; i < 10; i++) fit.add(i, i * 10000);
    expect(fit.rateHz).toBeNaN();
  });
  it('believes a declared rate, then a usual one, then itself', () => {
    expect(snapRate(98.4, [100])).toBe(100);
    expect(snapRate(98.4)).toBe(98.4);
    expect(snapRate(62.6)).toBe(62.5);
    expect(snapRate(118.8)).toBe(119);
    expect(snapRate(51)).toBe(51);
    expect(snapRate(87.65432)).toBe(87.654);
  });
});

/** A clock that the test moves, and a sketch that prints at a fixed rate. */
class Sketch {
  readonly transport = new FakeTransport();
  readonly blocks: SampleBlock[] = [];
  readonly warnings: string[] = [];
  micros = 0;

  device(columns: number, rateHz: number): CsvDevice {
    const names = Array.from({ length: columns }, (_, i) => `value ${i + 1}`);
    const device = new CsvDevice(this.transport, port, { columns, names, rateHz }, () => this.micros);
    device.onLog((_level, message) => this.warnings.push(message));
    this.transport.print('the rest of a line\r\n');
    return device;
  }
  async stream(device: Device): Promise<number> {
    return device.startStream(0, 100, (block) => this.blocks.push(block));
  }
  print(text: string, afterMicros = 10_000): void {
    this.micros += afterMicros;
    this.transport.print(text);
  }
}

describe('a sketch that prints numbers', () => {
  it('keeps its good lines, shows the bad ones and stores each as a gap', async () => {
    const sketch = new Sketch();
    const device = sketch.device(3, 100);
    await sketch.stream(device);
    sketch.print('1,2,3\r\n4,5,6\r\n');
    sketch.print('nan,8,9\r\n');
    sketch.print('10,11\r\n\r\n13,14,15\r\n');
    sketch.print('oops\r\n');
    sketch.print('16,17,18\r\n19,20');
    sketch.print(',21\r\n-,-,-\r\n');
    const frames = sketch.blocks.flatMap((block) => [...block.values]);
    expect(frames).toEqual([1, 2, 3, 4, 5, 6, 13, 14, 15, 16, 17, 18, 19, 20, 21]);
    expect(sketch.blocks.map((block) => [block.index, block.lost, block.frames])).toEqual([
      [0, 0, 2],
      [4, 2, 1],
      [6, 1, 1],
      [7, 0, 1],
    ]);
    expect(sketch.warnings).toHaveLength(4);
    expect(sketch.warnings[0]).toBe('A line has nan instead of a number and is kept as a gap: "nan,8,9"');
    expect(sketch.warnings[1]).toContain('"10,11"');
    expect(sketch.warnings[2]).toContain('"oops"');
    await device.stopStream();
    expect(sketch.blocks.at(-1)).toMatchObject({ frames: 0, lost: 1, index: 9 });
    expect(device.health()).toMatchObject({ frames: 5, lost: 4 });
  });

  it('is measured over the whole capture', async () => {
    const sketch = new Sketch();
    const device = sketch.device(1, 100);
    expect(await sketch.stream(device)).toBe(100);
    for (let i = 0; i < 400; i++) sketch.print(`${i}\n`, 1e6 / 104);
    expect(device.health().measuredRateHz).toBeCloseTo(104, 3);
  });

  it('does not drown the app in warnings', async () => {
    const sketch = new Sketch();
    const device = sketch.device(3, 100);
    await sketch.stream(device);
    for (let i = 0; i < 500; i++) sketch.print('###\n', 100);
    expect(sketch.warnings.length).toBeLessThanOrEqual(10);
    sketch.print('1,2,3\n');
    expect(device.health()).toMatchObject({ frames: 1, lost: 500 });
  });

  it('cannot take a model, and says what to do', async () => {
    const device = new Sketch().device(3, 100);
    await expect(device.startRun()).rejects.toMatchObject({ code: 'unsupported' });
    await expect(device.beginSlot()).rejects.toMatchObject({ code: 'unsupported' });
    await expect(device.startStream(1, 100, () => undefined)).rejects.toMatchObject({ code: 'no-such-sensor' });
  });

  it('that is unplugged ends the stream with a reason', async () => {
    const sketch = new Sketch();
    const device = sketch.device(3, 100);
    const reasons: string[] = [];
    device.onLost((reason) => reasons.push(reason));
    await sketch.stream(device);
    sketch.transport.vanish('the port is gone');
    sketch.print('1,2,3\n');
    expect(reasons).toEqual(['the port is gone']);
    expect(sketch.blocks).toEqual([]);
    await expect(device.startStream(0, 100, () => undefined)).rejects.toMatchObject({ code: 'lost' });
  });

  it('is recognised with its labels while the greeting goes unanswered', async () => {
    const sketch = new Sketch();
    let count = 0;
    const timer = setInterval(() => sketch.transport.print(`ax:${count++}\tay:0.5\taz:-9.8\r\n`), 20);
    try {
      const device = await connectDevice(sketch.transport, port, { textMs: 1000 });
      expect(device.info.dormouse).toBe(false);
      expect(device.info.sensors[0].axes.map((axis) => axis.name)).toEqual(['ax', 'ay', 'az']);
      expect(device.info.sensors[0].kind).toBe('motion');
      await device.close();
    } finally {
      clearInterval(timer);
    }
  });
});

describe('the sniffer', () => {
  function sniff(lines: readonly string[], everyMicros: number): TextSniffer {
    const sniffer = new TextSniffer();
    const encoder = new TextEncoder();
    lines.forEach((line, i) => sniffer.push(encoder.encode(`${line}\r\n`), i * everyMicros));
    return sniffer;
  }
  it('is not fooled by boot messages with numbers in them', () => {
    expect(
      sniff(['boot 1', '115200', 'load:0x3fff0030,len:1344', 'ho 0 tail 12 room 4', 'entry 0x400805f0'], 300_000)
        .format,
    ).toBeUndefined();
  });
  it('takes the names from a head line, and the rate from the arrivals', () => {
    const lines = ['', 'gyrX,gyrY', ...Array.from({ length: 80 }, (_, i) => `${i},${-i}`)];
    expect(sniff(lines, 16_000).format).toEqual({ columns: 2, names: ['gyrX', 'gyrY'], rateHz: 62.5 });
  });
  it('bears some bad lines', () => {
    const lines = Array.from({ length: 100 }, (_, i) => (i % 5 === 0 ? 'nan,1,2' : '0,1,2'));
    expect(sniff(lines, 10_000).format).toMatchObject({ columns: 3, rateHz: 100 });
  });
});

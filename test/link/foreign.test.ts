/** Other tools' sketches as sensors: a peer that speaks each protocol, cut anywhere, torn, with gaps, and hostile bytes. */
import { encode } from 'cborg';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { connectDevice, customPort, type Device, type SampleBlock } from '../../src/link';
import { PiccoloDevice } from '../../src/link/foreign/devices';
import { NordicSplitter, parseNordic } from '../../src/link/foreign/nordic';
import { parsePiccolo, PiccoloReader } from '../../src/link/foreign/piccolo';
import { cobsEncode } from '../../src/link/wire/frame';
import { FakeTransport } from './fakes';

const port = customPort('fake');
const description = {
  sample_rate: 100,
  version: 1,
  samples_per_packet: 2,
  column_location: { AccelerometerX: 0, AccelerometerY: 1, AccelerometerZ: 2 },
};
const format = (version: 1 | 2) => {
  const parsed = parsePiccolo(JSON.stringify({ ...description, version }));
  if (!parsed) throw new Error('The description was not read.');
  return parsed;
};

describe('a description of Simple Streaming', () => {
  it('tells rate and columns in their order', () => {
    expect(parsePiccolo(JSON.stringify({ ...description, column_location: { B: 1, A: 0 } }))).toEqual({
      version: 1,
      rateHz: 100,
      names: ['A', 'B'],
      perPacket: 2,
    });
  });
  it.each([
    '{}',
    '[]',
    '{"sample_rate":100,"column_location":{}}',
    '{"sample_rate":-1,"column_location":{"a":0}}',
    '{"sample_rate":1e9,"column_location":{"a":0}}',
    '{"sample_rate":100,"column_location":{"a":0,"b":0}}',
    '{"sample_rate":100,"column_location":{"a":7}}',
    '{"sample_rate":100,"version":3,"column_location":{"a":0}}',
    '{"sample_rate":100,"column_location":[0]}',
    '{"sample_rate":100',
  ])('%s is none', (line) => {
    expect(parsePiccolo(line)).toBeUndefined();
  });
});

/** Packets as a board makes them. */
function packet(sequence: number, values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(3 + 6 + values.length * 2 + 1);
  const view = new DataView(bytes.buffer);
  bytes[0] = 0xff;
  view.setUint16(1, 6 + values.length * 2, true);
  view.setUint32(5, sequence, true);
  values.forEach((value, i) => view.setInt16(9 + 2 * i, value, true));
  bytes[bytes.length - 1] = bytes.subarray(3, -1).reduce((check, byte) => check ^ byte, 0);
  return bytes;
}
const joined = (parts: readonly Uint8Array[]): Uint8Array => Uint8Array.from(parts.flatMap((part) => [...part]));

function readAll(version: 1 | 2, bytes: Uint8Array, chunk: number) {
  const values: number[] = [];
  const said = { values, missing: 0, damaged: 0 };
  const reader = new PiccoloReader(format(version), {
    onFrames: (frames) => values.push(...frames),
    onMissing: (frames) => (said.missing += frames),
    onDamaged: () => said.damaged++,
  });
  for (let at = 0; at < bytes.length; at += chunk) reader.push(bytes.subarray(at, at + chunk));
  return said;
}

describe('its values', () => {
  it('are read wherever the bytes are cut', () => {
    const numbers = Array.from({ length: 60 }, (_, i) => ((i * 7919) % 65536) - 32768);
    const bare = new Uint8Array(Int16Array.from(numbers).buffer);
    const packets = joined(Array.from({ length: 10 }, (_, i) => packet(i, numbers.slice(6 * i, 6 * i + 6))));
    for (const chunk of [1, 2, 5, 17, 4096]) {
      expect(readAll(1, bare, chunk).values).toEqual(numbers);
      expect(readAll(2, packets, chunk)).toEqual({ values: numbers, missing: 0, damaged: 0 });
    }
  });
  it('miss what a damaged or lost packet held, and nothing else', () => {
    const parts = Array.from({ length: 6 }, (_, i) => packet(i, [i, i, i, i, i, i]));
    parts[2][10] ^= 1;
    const said = readAll(2, joined([...parts.slice(0, 4), parts[5]]), 3);
    expect(said.values.filter((_, i) => i % 6 === 0)).toEqual([0, 1, 3, 5]);
    expect(said.missing).toBe(2 * 2);
    expect(said.damaged).toBeGreaterThan(0);
  });
  it('never break the reader, whatever comes', () => {
    fc.assert(
      fc.property(fc.constantFrom(1 as const, 2 as const), fc.uint8Array({ maxLength: 400 }), (version, bytes) => {
        const said = readAll(version, bytes, 7);
        expect(said.values.length % 3).toBe(0);
        expect(said.values.length * 2).toBeLessThanOrEqual(bytes.length);
      }),
      { seed: 1, numRuns: 3000 },
    );
  });
});

/** A board with such a sketch: describes itself until it is told to connect. */
class PiccoloBoard extends FakeTransport {
  readonly heard: string[] = [];
  constructor(private readonly version: 1 | 2) {
    super();
  }
  override write(bytes: Uint8Array): Promise<void> {
    this.heard.push(new TextDecoder().decode(bytes));
    return Promise.resolve();
  }
  describe(): void {
    this.print(`${JSON.stringify({ ...description, version: this.version })}\r\n`);
  }
}

describe.each([1, 2] as const)('a board with Simple Streaming, version %i', (version) => {
  it('is recognised, asked to connect, read, and told to stop', async () => {
    const board = new PiccoloBoard(version);
    const timer = setInterval(() => board.describe(), 30);
    let device: Device;
    try {
      device = await connectDevice(board, port, { totalMs: 2000 });
    } finally {
      clearInterval(timer);
    }
    expect(device.info.sensors[0]).toMatchObject({ kind: 'motion', ratesHz: [100] });
    expect(device.info.sensors[0].axes.map(({ name }) => name)).toEqual(Object.keys(description.column_location));
    await device.close();

    const blocks: SampleBlock[] = [];
    const quick = new PiccoloDevice(board, port, format(version), 1);
    board.print('"the rest of a description":0}\r\n');
    expect(await quick.startStream(0, 100, (block) => blocks.push(block))).toBe(100);
    expect(board.heard.at(-1)).toBe('connect');
    board.describe();
    // The first value's low byte looks like the beginning of text.
    const values = [0x017b, 2, 3, 4, 5, 6];
    board.emit(version === 1 ? new Uint8Array(Int16Array.from(values).buffer) : packet(9, values));
    if (version === 2) board.emit(packet(11, values));
    expect(blocks.flatMap((block) => [...block.values]).slice(0, 6)).toEqual(values);
    expect(quick.health().lost).toBe(version === 1 ? 0 : 2);
    await quick.stopStream();
    expect(board.heard.at(-1)).toBe('disconnect');
    await expect(quick.beginSlot()).rejects.toMatchObject({ code: 'unsupported' });
    await quick.close();
  });
});

function crc16(bytes: Uint8Array): number {
  let crc = 0xffff;
  for (const byte of bytes) {
    let e = (crc ^ byte) & 0xff;
    e = (e ^ (e << 4)) & 0xff;
    crc = ((crc >>> 8) ^ (e << 8) ^ (e << 3) ^ (e >>> 4)) & 0xffff;
  }
  return crc;
}

/** One frame as the schema says; the check is the table-free form of Zephyr's crc16_ccitt. */
function nordic(message: unknown, check: boolean): Uint8Array {
  const body = encode(message, { mapSorter: () => 0, float64: false });
  const plain = new Uint8Array(2 + body.length + (check ? 2 : 0));
  const view = new DataView(plain.buffer);
  view.setUint16(0, body.length, true);
  plain.set(body, 2);
  if (check) view.setUint16(2 + body.length, crc16(body), true);
  const out = new Uint8Array(plain.length + 8);
  return out.slice(0, cobsEncode(plain, out));
}
const session = { sid: 4_000_000_000, hz: 200, ch: 3, ch_n: ['ax', 'ay', 'az'], st: 1, dr: 0, name: 'tag' };
const sample = (seq: number, val: readonly number[], check = true): Uint8Array =>
  nordic({ t: 'sd', d: { seq, ts: seq * 5, val } }, check);

describe('a board with Nordic’s data forwarder', () => {
  it.each([true, false])('is recognised and read, gaps seen (with a check: %s)', async (check) => {
    const board = new FakeTransport();
    const timer = setInterval(() => board.emit(nordic({ t: 'si', d: session }, check)), 30);
    let device: Device;
    try {
      device = await connectDevice(board, port, { totalMs: 2000 });
    } finally {
      clearInterval(timer);
    }
    expect(device.info.sensors[0]).toMatchObject({ name: 'tag', kind: 'motion', ratesHz: [200] });
    const blocks: SampleBlock[] = [];
    await device.startStream(0, 200, (block) => blocks.push(block));
    // The line may have been in the middle of a frame when the device began to read.
    board.emit(nordic({ t: 'si', d: session }, check));
    const line = joined([sample(7, [0.5, -1.25, 9.75], check), sample(8, [1.5, 2.5, 3.5], check)]);
    for (let at = 0; at < line.length; at += 3) board.emit(line.subarray(at, at + 3));
    const torn = sample(9, [5, 5, 5], check);
    torn[4] ^= 0x20;
    board.emit(torn);
    // Whole numbers are millionths.
    board.emit(sample(10, [1_500_000, -250_000, 0], check));
    expect(blocks.flatMap((block) => [...block.values])).toEqual([0.5, -1.25, 9.75, 1.5, 2.5, 3.5, 1.5, -0.25, 0]);
    expect(blocks.at(-1)).toMatchObject({ lost: 1, index: 3 });
    expect(device.health()).toMatchObject({ frames: 3, lost: 1, damagedWireFrames: 1 });
    await device.close();
  });
  it('is not seen in what is none, and nothing breaks the reader', () => {
    for (const message of [
      { t: 'si', d: { ...session, ch: 2 } },
      { t: 'si', d: { ...session, hz: 0 } },
      { t: 'xx', d: {} },
      [1],
      5,
    ])
      expect(parseNordic(nordic(message, true).slice(0, -1))).toBeUndefined();
    const good = sample(1, [0.5, 1.5, 2.5]).slice(0, -1);
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 120 }),
        fc.nat(good.length - 1),
        fc.integer({ min: 1, max: 255 }),
        (noise, at, flip) => {
          let frames = 0;
          const splitter = new NordicSplitter((frame) => {
            frames++;
            parseNordic(frame);
          });
          splitter.push(noise);
          expect(frames).toBeLessThanOrEqual(noise.length);
          const torn = good.slice();
          torn[at] ^= flip;
          const said = parseNordic(torn);
          expect(said === undefined || 'sample' in said).toBe(true);
        },
      ),
      { seed: 1, numRuns: 3000 },
    );
  });
});

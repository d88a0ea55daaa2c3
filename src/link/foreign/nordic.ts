/**
 * The data forwarder of Nordic's Edge AI add-on, as its schema says: COBS frames of u16 length, one CBOR map, and a CRC-16
 * where the sketch was built with one. {"t": "si"} describes the session, {"t": "sd"} is one frame of values with its
 * sequence. Pure; knows nothing of ports.
 */
import { Tokenizer, Type } from 'cborg';
import { cobsDecode } from '../wire/frame';
import type { SensorInfo } from '../types';

export interface NordicFormat {
  readonly session: number;
  readonly rateHz: number;
  readonly names: readonly string[];
  readonly device: string;
}

interface Sample {
  readonly sequence: number;
  readonly values: readonly number[];
}

/** Whole numbers are millionths of the sensor's unit. */
const micro = 1e-6;
const mostBytes = 2048;
const mostChannels = 64;

export function nordicSensor({ names, rateHz, device }: NordicFormat): SensorInfo {
  const motion = names.some((name) => /^(acc|gyr|[ag][xyz])/i.test(name));
  return {
    id: 0,
    name: device || 'data forwarder',
    kind: motion ? 'motion' : 'other',
    axes: names.map((name, i) => ({ name: name || `value ${i + 1}`, units: 'N/A', scale: 1 })),
    ratesHz: [rateHz],
  };
}

/** CRC-16/CCITT, reflected 0x8408, from 0xFFFF, not inverted at the end. */
function crc16(bytes: Uint8Array): number {
  let crc = 0xffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x8408 : crc >>> 1;
  }
  return crc;
}

/** Reads the few shapes of the schema by tokens: whether a number was written as a whole one decides what it means. */
class MapReader {
  private readonly tokens: Tokenizer;
  constructor(bytes: Uint8Array) {
    this.tokens = new Tokenizer(bytes, { allowIndefinite: false, allowNaN: false, allowInfinity: false });
  }

  /** Calls `take` with each key, which must read its value. */
  map(take: (key: string) => void): void {
    const token = this.tokens.next();
    if (!Type.equals(token.type, Type.map)) throw new RangeError('no map');
    for (let i = 0; i < Number(token.value); i++) take(this.text());
  }
  text(): string {
    const token = this.tokens.next();
    if (!Type.equals(token.type, Type.string)) throw new RangeError('no text');
    return String(token.value);
  }
  whole(): number {
    const token = this.tokens.next();
    if (!Type.equals(token.type, Type.uint)) throw new RangeError('no whole number');
    return Number(token.value);
  }
  list<T>(item: () => T): T[] {
    const token = this.tokens.next();
    const count = Number(token.value);
    if (!Type.equals(token.type, Type.array) || count > mostChannels) throw new RangeError('no list');
    return Array.from({ length: count }, item);
  }
  number(): number {
    const token = this.tokens.next();
    if (Type.equals(token.type, Type.float)) return Math.fround(Number(token.value));
    if (Type.equals(token.type, Type.uint) || Type.equals(token.type, Type.negint)) return Number(token.value) * micro;
    throw new RangeError('no number');
  }
  done(): void {
    if (!this.tokens.done()) throw new RangeError('more than a map');
  }
}

function readSession(reader: MapReader): NordicFormat {
  const said = { session: 0, rateHz: 0, channels: 0, names: [] as string[], device: '' };
  reader.map((key) => {
    if (key === 'sid') said.session = reader.whole();
    else if (key === 'hz') said.rateHz = reader.whole();
    else if (key === 'ch') said.channels = reader.whole();
    else if (key === 'ch_n') said.names = reader.list(() => reader.text());
    else if (key === 'name') said.device = reader.text();
    else reader.whole();
  });
  const { session, rateHz, channels, names, device } = said;
  if (rateHz === 0 || names.length === 0 || names.length !== channels) throw new RangeError('no session');
  return { session, rateHz, names, device };
}

function readSample(reader: MapReader): Sample {
  let sequence = 0;
  let values: number[] = [];
  reader.map((key) => {
    if (key === 'seq') sequence = reader.whole();
    else if (key === 'val') values = reader.list(() => reader.number());
    else reader.whole();
  });
  return { sequence, values };
}

/** What one frame (between two 0x00) says; undefined where it is not of this kind, or damaged. */
export function parseNordic(frame: Uint8Array): { session: NordicFormat } | { sample: Sample } | undefined {
  const plain = new Uint8Array(mostBytes);
  const length = frame.length > mostBytes ? -1 : cobsDecode(frame, 0, frame.length, plain);
  if (length < 4) return undefined;
  const bytes = plain[0] | (plain[1] << 8);
  const body = plain.subarray(2, 2 + bytes);
  const checked = length === bytes + 4;
  if (!checked && length !== bytes + 2) return undefined;
  if (checked && crc16(body) !== (plain[2 + bytes] | (plain[3 + bytes] << 8))) return undefined;
  try {
    const reader = new MapReader(body);
    let kind = '';
    let found: { session: NordicFormat } | { sample: Sample } | undefined;
    reader.map((key) => {
      if (key === 't') kind = reader.text();
      else if (key === 'd' && kind === 'si') found = { session: readSession(reader) };
      else if (key === 'd' && kind === 'sd') found = { sample: readSample(reader) };
      else throw new RangeError('not of this kind');
    });
    reader.done();
    return found;
  } catch {
    // The tokenizer throws at whatever is not CBOR; so is text, or another tool's frame.
    return undefined;
  }
}

/** Cuts a line into what stands between two 0x00. The first, which may have begun before we listened, is left out. */
export class NordicSplitter {
  private pending: number[] = [];
  private begun = false;

  constructor(private readonly onFrame: (frame: Uint8Array) => void) {}

  push(bytes: Uint8Array): void {
    for (const byte of bytes) {
      if (byte !== 0) {
        if (this.pending.length <= mostBytes) this.pending.push(byte);
        continue;
      }
      if (this.begun && this.pending.length > 0) this.onFrame(Uint8Array.from(this.pending));
      this.begun = true;
      this.pending = [];
    }
  }
}

/**
 * SensiML's "Simple Streaming" as boards speak it: a JSON line that describes the sketch, printed until "connect" comes; then
 * int16 values, little-endian, bare (version 1) or in packets with a sequence and a check (version 2); "disconnect" brings
 * the JSON back. Pure; knows nothing of ports.
 */
import type { SensorInfo } from '../types';

export interface PiccoloFormat {
  readonly version: 1 | 2;
  readonly rateHz: number;
  /** In the order of their columns. */
  readonly names: readonly string[];
  /** Frames in a packet of version 2. */
  readonly perPacket: number;
}

const mostColumns = 64;
const mostRate = 200_000;
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isWhole = (value: unknown, low: number, high: number): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= low && value <= high;

/** What a line says, undefined where it is no such description. */
export function parsePiccolo(line: string): PiccoloFormat | undefined {
  let said: unknown;
  try {
    said = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (!isRecord(said) || !isRecord(said.column_location)) return undefined;
  const { sample_rate: rateHz, version = 1, samples_per_packet: perPacket = 1 } = said;
  const columns = Object.entries(said.column_location);
  if (typeof rateHz !== 'number' || !(rateHz > 0 && rateHz <= mostRate)) return undefined;
  if ((version !== 1 && version !== 2) || !isWhole(perPacket, 1, 4096)) return undefined;
  if (columns.length === 0 || columns.length > mostColumns) return undefined;
  const names = new Array<string>(columns.length).fill('');
  for (const [name, at] of columns) {
    if (!isWhole(at, 0, columns.length - 1) || names[at] !== '' || name === '') return undefined;
    names[at] = name.slice(0, 64);
  }
  return { version, rateHz, names, perPacket };
}

/** Sound where it is one fast column, motion where it is named so; raw counts either way, for no unit is told. */
export function piccoloSensor({ names, rateHz }: PiccoloFormat): SensorInfo {
  const sound = names.length === 1 && rateHz >= 4000;
  const motion = names.some((name) => /acc|gyr/i.test(name));
  return {
    id: 0,
    name: 'Simple Streaming',
    kind: sound ? 'audio' : motion ? 'motion' : 'other',
    axes: sound ? [{ name: 'audio', units: 'wav', scale: 1 }] : names.map((name) => ({ name, units: 'N/A', scale: 1 })),
    ratesHz: [rateHz],
  };
}

export interface PiccoloNews {
  readonly onFrames: (values: Float32Array) => void;
  readonly onMissing: (frames: number) => void;
  readonly onDamaged: () => void;
}

const sync = 0xff;
/** u8 sync, u16 length, then what the length counts: u8 reserved, u8 channel, u32 sequence, values; u8 check. */
const head = 3;
const counted = 6;

/** Reads what follows "connect". Memory is bounded whatever arrives. */
export class PiccoloReader {
  private pending = new Uint8Array(0);
  private expected: number | undefined;
  private readonly frameBytes: number;

  constructor(
    private readonly format: PiccoloFormat,
    private readonly news: PiccoloNews,
  ) {
    this.frameBytes = format.names.length * 2;
  }

  push(bytes: Uint8Array): void {
    const all = new Uint8Array(this.pending.length + bytes.length);
    all.set(this.pending);
    all.set(bytes, this.pending.length);
    const used = this.format.version === 1 ? this.bare(all) : this.packets(all);
    this.pending = all.slice(used);
  }

  private bare(bytes: Uint8Array): number {
    const used = bytes.length - (bytes.length % this.frameBytes);
    this.tell(bytes, 0, used);
    return used;
  }

  private packets(bytes: Uint8Array): number {
    const most = counted + this.format.perPacket * this.frameBytes;
    let at = 0;
    while (at + head <= bytes.length) {
      const length = bytes[at + 1] | (bytes[at + 2] << 8);
      const possible = bytes[at] === sync && length > counted && length <= most;
      const end = at + head + length;
      if (possible && end >= bytes.length) break;
      if (possible && this.isWhole(bytes, at + head, end)) {
        this.packet(bytes, at + head, end);
        at = end + 1;
        continue;
      }
      // Whatever stands between two packets is one piece of damage.
      if (bytes[at] === sync) this.news.onDamaged();
      at++;
    }
    return at;
  }

  private isWhole(bytes: Uint8Array, from: number, end: number): boolean {
    let check = 0;
    for (let i = from; i < end; i++) check ^= bytes[i];
    return bytes[from] === 0 && check === bytes[end] && (end - from - counted) % this.frameBytes === 0;
  }

  private packet(bytes: Uint8Array, from: number, end: number): void {
    const sequence = new DataView(bytes.buffer, bytes.byteOffset).getUint32(from + 2, true);
    const skipped = this.expected === undefined ? 0 : (sequence - this.expected) >>> 0;
    this.expected = (sequence + 1) >>> 0;
    // A sequence that runs backwards is a board that began anew, not a gap of four thousand million packets.
    if (skipped > 0 && skipped < 0x7fffffff) this.news.onMissing(skipped * this.format.perPacket);
    this.tell(bytes, from + counted, end);
  }

  private tell(bytes: Uint8Array, from: number, end: number): void {
    if (end === from) return;
    const values = new Float32Array((end - from) / 2);
    for (let i = 0; i < values.length; i++)
      values[i] = ((bytes[from + 2 * i] | (bytes[from + 2 * i + 1] << 8)) << 16) >> 16;
    this.news.onFrames(values);
  }
}

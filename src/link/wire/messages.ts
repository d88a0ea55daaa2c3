/**
 * The numbers and binary layouts of the messages (firmware/PROTOCOL.md, section 3). Knows nothing of conversations:
 * who asks what, when and how often is the session's business.
 */
import { encode } from 'cborg';
import { LinkError } from '../errors';

export const request = {
  hello: 0x01,
  ping: 0x02,
  bye: 0x03,
  baud: 0x04,
  reset: 0x05,
  streamStart: 0x10,
  streamStop: 0x11,
  slotList: 0x20,
  slotBegin: 0x21,
  slotWrite: 0x22,
  slotVerify: 0x23,
  slotCommit: 0x24,
  slotRollback: 0x25,
  slotErase: 0x26,
  runStart: 0x30,
  runStop: 0x31,
  inferData: 0x32,
  inferRun: 0x33,
  cancelInfer: 0x34,
} as const;

export const event = {
  samples: 0x40,
  result: 0x41,
  log: 0x42,
  button: 0x43,
  window: 0x44,
  picture: 0x45,
  objects: 0x46,
} as const;

export const responseBit = 0x80;
export const errorFlag = 0x01;
/** Bytes before the values in a SAMPLES event. */
export const samplesHeader = 20;
/** SAMPLES formats: int16 values, or sound as IMA ADPCM. */
export const int16Format = 0;
export const adpcmFormat = 1;
/** Bytes before the pixels in a PICTURE event. */
export const pictureHeader = 28;

/** 'STREAM_START' for 0x10, for people who read an error. */
export function requestName(type: number): string {
  const name = Object.entries(request).find(([, value]) => value === type)?.[0] ?? `request ${type}`;
  return name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}

/** A CBOR map with its keys in the order given, as the protocol asks. */
export function control(fields: Readonly<Record<string, number>>): Uint8Array {
  return encode(fields, { mapSorter: () => 0 });
}

export const noPayload = new Uint8Array(0);

/** Reads little-endian fields one after the other; an answer that is too short throws 'bad-answer'. */
export class FieldReader {
  private readonly view: DataView;
  private at = 0;

  constructor(
    private readonly bytes: Uint8Array,
    private readonly what: string,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  u8(): number {
    return this.view.getUint8(this.advance(1));
  }
  i8(): number {
    return this.view.getInt8(this.advance(1));
  }
  u16(): number {
    return this.view.getUint16(this.advance(2), true);
  }
  u32(): number {
    return this.view.getUint32(this.advance(4), true);
  }
  f32(): number {
    return this.view.getFloat32(this.advance(4), true);
  }
  /** Exact up to 2^53, which as microseconds is 285 years. */
  u64(): number {
    const low = this.u32();
    return this.u32() * 4294967296 + low;
  }
  /** A copy. */
  int8s(count: number): Int8Array {
    const at = this.advance(count);
    return new Int8Array(this.bytes.slice(at, at + count).buffer);
  }
  get left(): number {
    return this.bytes.length - this.at;
  }

  private advance(count: number): number {
    const at = this.at;
    if (count > this.bytes.length - at)
      throw new LinkError(
        'bad-answer',
        `The board's ${this.what} is too short to be read.`,
        "Update the board's firmware.",
      );
    this.at += count;
    return at;
  }
}

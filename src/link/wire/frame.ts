/**
 * Frames on the wire (firmware/PROTOCOL.md, section 1): COBS( header | payload | crc ) 0x00. Pure and synchronous;
 * knows nothing of what the types mean, of transports or of time.
 */
import { crc32 } from './crc32';

export interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly sequence: number;
  /** A view into the decoder's own memory: valid only until the listener returns. Copy what must last. */
  readonly payload: Uint8Array;
}

export const maxPayload = 1024;
const headerBytes = 6;
const crcBytes = 4;
const maxDecoded = headerBytes + maxPayload + crcBytes;
/** COBS adds one byte for every 254 begun. */
const maxEncoded = maxDecoded + Math.ceil(maxDecoded / 254);

/** One frame as it goes on the line, with the closing 0x00. Throws RangeError for more than 1024 bytes of payload. */
export function encodeFrame(type: number, flags: number, sequence: number, payload: Uint8Array): Uint8Array {
  if (payload.length > maxPayload)
    throw new RangeError(`A frame carries at most ${maxPayload} bytes, not ${payload.length}.`);
  const plain = new Uint8Array(headerBytes + payload.length + crcBytes);
  plain[0] = type;
  plain[1] = flags;
  plain[2] = sequence & 0xff;
  plain[3] = (sequence >>> 8) & 0xff;
  plain[4] = payload.length & 0xff;
  plain[5] = payload.length >>> 8;
  plain.set(payload, headerBytes);
  const end = headerBytes + payload.length;
  const crc = crc32(plain, 0, end);
  for (let i = 0; i < crcBytes; i++) plain[end + i] = (crc >>> (8 * i)) & 0xff;
  const out = new Uint8Array(plain.length + Math.floor(plain.length / 254) + 2);
  return out.subarray(0, cobsEncode(plain, out));
}

/** Stuffs `plain` into `out` and closes it with 0x00; returns the bytes written. */
export function cobsEncode(plain: Uint8Array, out: Uint8Array): number {
  let code = 1;
  let codeAt = 0;
  let to = 1;
  for (let i = 0; i < plain.length; i++) {
    const byte = plain[i];
    if (byte !== 0) {
      out[to++] = byte;
      // A full block opens the next at once, as a writer must that does not know yet where the data ends.
      if (++code !== 255) continue;
    }
    out[codeAt] = code;
    codeAt = to++;
    code = 1;
  }
  out[codeAt] = code;
  out[to++] = 0;
  return to;
}

/**
 * Unstuffs `bytes[from, end)` (no 0x00 inside, none behind) into `out`. Returns the bytes written, or -1 where a code
 * points past the end or the result would not fit.
 */
export function cobsDecode(bytes: Uint8Array, from: number, end: number, out: Uint8Array): number {
  let at = from;
  let to = 0;
  while (at < end) {
    const code = bytes[at++];
    const blockEnd = at + code - 1;
    if (code === 0 || blockEnd > end || to + code - 1 > out.length) return -1;
    while (at < blockEnd) out[to++] = bytes[at++];
    if (code !== 255 && at < end) {
      if (to >= out.length) return -1;
      out[to++] = 0;
    }
  }
  return to;
}

/**
 * Finds frames in a stream of chunks cut anywhere. Memory is bounded whatever arrives: longer than any frame without a
 * 0x00 is dropped up to the next one and counted once.
 */
export class FrameDecoder {
  /** Frames dropped for a wrong CRC, length or code. */
  damaged = 0;
  private readonly pending = new Uint8Array(maxEncoded);
  private pendingLength = 0;
  private overflowed = false;
  private readonly plain = new Uint8Array(maxDecoded);

  constructor(private readonly onFrame: (frame: Frame) => void) {}

  push(chunk: Uint8Array): void {
    let from = 0;
    while (from < chunk.length) {
      const zero = chunk.indexOf(0, from);
      if (zero < 0) {
        this.keep(chunk, from, chunk.length);
        return;
      }
      if (this.pendingLength === 0 && !this.overflowed) this.decode(chunk, from, zero);
      else {
        this.keep(chunk, from, zero);
        const length = this.pendingLength;
        this.pendingLength = 0;
        if (this.overflowed) this.damaged++;
        else this.decode(this.pending, 0, length);
        this.overflowed = false;
      }
      from = zero + 1;
    }
  }

  /** Forgets a half-received frame, as after a reconnect. */
  reset(): void {
    this.pendingLength = 0;
    this.overflowed = false;
  }

  private keep(chunk: Uint8Array, from: number, end: number): void {
    if (this.overflowed) return;
    if (this.pendingLength + end - from > this.pending.length) {
      this.overflowed = true;
      this.pendingLength = 0;
      return;
    }
    this.pending.set(chunk.subarray(from, end), this.pendingLength);
    this.pendingLength += end - from;
  }

  private decode(bytes: Uint8Array, from: number, end: number): void {
    if (from === end) return;
    const plain = this.plain;
    const length = cobsDecode(bytes, from, end, plain);
    const payloadEnd = length - crcBytes;
    if (payloadEnd < headerBytes || (plain[4] | (plain[5] << 8)) !== payloadEnd - headerBytes) {
      this.damaged++;
      return;
    }
    const stated =
      (plain[payloadEnd] |
        (plain[payloadEnd + 1] << 8) |
        (plain[payloadEnd + 2] << 16) |
        (plain[payloadEnd + 3] << 24)) >>>
      0;
    if (stated !== crc32(plain, 0, payloadEnd)) {
      this.damaged++;
      return;
    }
    this.onFrame({
      type: plain[0],
      flags: plain[1],
      sequence: plain[2] | (plain[3] << 8),
      payload: plain.subarray(headerBytes, payloadEnd),
    });
  }
}

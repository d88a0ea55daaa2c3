/** A second, plain implementation of the frames of firmware/PROTOCOL.md 1, to test the board's own against. */

export interface WireFrame {
  readonly type: number;
  readonly flags: number;
  readonly sequence: number;
  readonly payload: Uint8Array;
}

const crcTable = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1;
  return c >>> 0;
});

export function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (crc >>> 8) ^ crcTable[(crc ^ byte) & 255];
  return (crc ^ 0xffffffff) >>> 0;
}

export function cobsEncode(bytes: Uint8Array): Uint8Array {
  const out: number[] = [];
  let run: number[] = [];
  const close = () => {
    out.push(run.length + 1, ...run);
    run = [];
  };
  for (const byte of bytes) {
    if (byte !== 0) run.push(byte);
    if (byte === 0 || run.length === 254) close();
  }
  close();
  return Uint8Array.from(out);
}

/** undefined if a code points past the end or a zero lies inside. */
export function cobsDecode(bytes: Uint8Array): Uint8Array | undefined {
  const out: number[] = [];
  for (let at = 0; at < bytes.length;) {
    const code = bytes[at];
    if (code === 0 || at + code > bytes.length) return undefined;
    for (let i = 1; i < code; i++) out.push(bytes[at + i]);
    at += code;
    if (code < 255 && at < bytes.length) out.push(0);
  }
  return Uint8Array.from(out);
}

/** A whole frame as it goes on the line, its ending 0x00 included. */
export function frameBytes(
  type: number,
  sequence: number,
  payload: Uint8Array = new Uint8Array(),
  flags = 0,
): Uint8Array {
  const raw = new Uint8Array(6 + payload.length + 4);
  const view = new DataView(raw.buffer);
  raw[0] = type;
  raw[1] = flags;
  view.setUint16(2, sequence, true);
  view.setUint16(4, payload.length, true);
  raw.set(payload, 6);
  view.setUint32(6 + payload.length, crc32(raw.subarray(0, 6 + payload.length)), true);
  const encoded = cobsEncode(raw);
  const line = new Uint8Array(encoded.length + 1);
  line.set(encoded);
  return line;
}

export class FrameParser {
  damaged = 0;
  private pending: number[] = [];

  push(bytes: Uint8Array): WireFrame[] {
    const frames: WireFrame[] = [];
    for (const byte of bytes) {
      if (byte !== 0) {
        this.pending.push(byte);
        continue;
      }
      if (this.pending.length > 0) {
        const frame = this.parse(cobsDecode(Uint8Array.from(this.pending)));
        if (frame) frames.push(frame);
        else this.damaged++;
      }
      this.pending = [];
    }
    return frames;
  }

  private parse(raw: Uint8Array | undefined): WireFrame | undefined {
    if (!raw || raw.length < 10) return undefined;
    const view = new DataView(raw.buffer);
    const length = raw.length - 10;
    if (view.getUint16(4, true) !== length) return undefined;
    if (view.getUint32(6 + length, true) !== crc32(raw.subarray(0, 6 + length))) return undefined;
    return { type: raw[0], flags: raw[1], sequence: view.getUint16(2, true), payload: raw.slice(6, 6 + length) };
  }
}

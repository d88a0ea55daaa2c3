/** The frames that the C++ and the TypeScript tests share: test/vectors/wire.json. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { crc32 } from '../../src/link';
import { encodeFrame, FrameDecoder } from '../../src/link/wire/frame';
import { keep, type KeptFrame } from './fakes';

interface Vectors {
  readonly crc32: readonly { name: string; bytes: string; crc: number }[];
  readonly frames: readonly {
    name: string;
    type: number;
    flags: number;
    sequence: number;
    payload: string;
    line: string;
  }[];
  readonly damaged: readonly { name: string; line: string }[];
}

const vectors = JSON.parse(readFileSync(new URL('../vectors/wire.json', import.meta.url), 'utf8')) as Vectors;
const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'));
const toHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

function decode(line: Uint8Array): { frames: KeptFrame[]; damaged: number } {
  const frames: KeptFrame[] = [];
  const decoder = new FrameDecoder((frame) => frames.push(keep(frame)));
  decoder.push(line);
  return { frames, damaged: decoder.damaged };
}

describe('the shared vectors of the wire', () => {
  it.each(vectors.crc32)('CRC-32 of $name', ({ bytes, crc }) => {
    expect(crc32(hex(bytes))).toBe(crc);
  });

  it.each(vectors.frames)('$name is written and read so', ({ type, flags, sequence, payload, line }) => {
    expect(toHex(encodeFrame(type, flags, sequence, hex(payload)))).toBe(line);
    const { frames, damaged } = decode(hex(line));
    expect(damaged).toBe(0);
    expect(frames.map((frame) => ({ ...frame, payload: toHex(frame.payload) }))).toEqual([
      { type, flags, sequence, payload },
    ]);
  });

  it.each(vectors.damaged)('$name is refused', ({ line }) => {
    const { frames, damaged } = decode(Uint8Array.from([...hex(line), 0]));
    expect(frames).toEqual([]);
    expect(damaged).toBeGreaterThan(0);
  });
});

/** The TypeScript framing: round trips, chunks cut anywhere, and a line that damages everything. */
import fc from 'fast-check';
import { crc32 as zlibCrc32 } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { Random } from '../../src/base';
import { crc32 } from '../../src/link';
import { cobsDecode, cobsEncode, encodeFrame, FrameDecoder, maxPayload } from '../../src/link/wire/frame';
import { keep, type KeptFrame } from './fakes';

function decodeAll(bytes: Uint8Array, cut?: () => number): { frames: KeptFrame[]; decoder: FrameDecoder } {
  const frames: KeptFrame[] = [];
  const decoder = new FrameDecoder((frame) => frames.push(keep(frame)));
  for (let at = 0; at < bytes.length;) {
    const end = cut ? Math.min(bytes.length, at + cut()) : bytes.length;
    decoder.push(bytes.subarray(at, end));
    at = end;
  }
  return { frames, decoder };
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(Buffer.concat(parts));
}

const frameArbitrary = fc.record({
  type: fc.integer({ min: 0, max: 255 }),
  flags: fc.integer({ min: 0, max: 255 }),
  sequence: fc.integer({ min: 0, max: 0xffff }),
  payload: fc.uint8Array({ minLength: 0, maxLength: maxPayload }),
});

describe('CRC-32', () => {
  it('agrees with the published check value', () => {
    expect(crc32(new TextEncoder().encode('123456789'))).toBe(0xcbf43926);
  });
  it.runIf(typeof zlibCrc32 === 'function')('agrees with zlib', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 2000 }), (bytes) => crc32(bytes) === zlibCrc32(bytes)));
  });
  it('goes on from an earlier part', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(300), (bytes, cut) => {
        const at = Math.min(cut, bytes.length);
        return crc32(bytes, at, bytes.length, crc32(bytes, 0, at)) === crc32(bytes);
      }),
    );
  });
});

describe('COBS', () => {
  it('brings every length around a block of 254 back, with and without zeros', () => {
    for (const length of [0, 1, 2, 252, 253, 254, 255, 256, 507, 508, 509, 1034]) {
      for (const fill of [0, 1, 255]) {
        const plain = new Uint8Array(length).fill(fill);
        const line = new Uint8Array(length + 10);
        const written = cobsEncode(plain, line);
        expect(line.indexOf(0)).toBe(written - 1);
        const back = new Uint8Array(length);
        expect(cobsDecode(line, 0, written - 1, back)).toBe(length);
        expect(back).toEqual(plain);
      }
    }
  });
  it('refuses a code that points past the end', () => {
    expect(cobsDecode(Uint8Array.of(5, 0x11), 0, 2, new Uint8Array(16))).toBe(-1);
  });
  it('refuses what does not fit', () => {
    expect(cobsDecode(Uint8Array.of(4, 1, 2, 3), 0, 4, new Uint8Array(2))).toBe(-1);
  });
});

describe('frames', () => {
  it('come back as they were sent, wherever the chunks are cut', () => {
    fc.assert(
      fc.property(fc.array(frameArbitrary, { maxLength: 8 }), fc.integer({ min: 1, max: 3000 }), (sent, chunk) => {
        const line = join(sent.map((one) => encodeFrame(one.type, one.flags, one.sequence, one.payload)));
        const { frames, decoder } = decodeAll(line, () => chunk);
        expect(decoder.damaged).toBe(0);
        expect(
          frames.map(({ type, flags, sequence, payload }) => ({ type, flags, sequence, payload: [...payload] })),
        ).toEqual(sent.map((one) => ({ ...one, payload: [...one.payload] })));
      }),
      { numRuns: 60 },
    );
  });

  it('skips empty frames and starts anew behind garbage', () => {
    const good = encodeFrame(0x81, 0, 7, Uint8Array.of(1, 2, 3));
    const { frames, decoder } = decodeAll(
      join([Uint8Array.of(0, 0), new TextEncoder().encode('0.1,0.2\r\n'), Uint8Array.of(0), good]),
    );
    expect(frames).toHaveLength(1);
    expect(decoder.damaged).toBe(1);
  });

  it('stays bounded, and recovers, however long no 0x00 comes', () => {
    const good = encodeFrame(1, 0, 1, new Uint8Array(10));
    const flood = new Uint8Array(1_000_000).fill(0x55);
    const { frames, decoder } = decodeAll(join([flood, Uint8Array.of(0), good]), () => 777);
    expect(frames).toHaveLength(1);
    expect(decoder.damaged).toBe(1);
  });

  it('refuses to make a frame that is too long', () => {
    expect(() => encodeFrame(1, 0, 1, new Uint8Array(maxPayload + 1))).toThrow(RangeError);
  });
});

describe('a line that damages frames', () => {
  /** One damage of each kind that a line does; returns what arrives in place of `frame`. */
  const damages: Record<string, (frame: Uint8Array, random: Random) => Uint8Array> = {
    'a flipped bit': (frame, random) => {
      const out = frame.slice();
      out[random.below(frame.length - 1)] ^= 1 << random.below(8);
      return out;
    },
    'a burst': (frame, random) => {
      const out = frame.slice();
      const at = random.below(frame.length - 1);
      for (let i = at; i < Math.min(out.length - 1, at + 1 + random.below(40)); i++) out[i] = random.below(256);
      return out;
    },
    'dropped bytes': (frame, random) => {
      const at = random.below(frame.length - 1);
      const count = 1 + random.below(Math.min(64, frame.length - 1 - at));
      return join([frame.subarray(0, at), frame.subarray(at + count)]);
    },
    'doubled bytes': (frame, random) => {
      const at = random.below(frame.length - 1);
      return join([frame.subarray(0, at + 1), frame.subarray(at)]);
    },
    'inserted bytes': (frame, random) => {
      const at = random.below(frame.length);
      const extra = Uint8Array.from({ length: 1 + random.below(20) }, () => random.below(256));
      return join([frame.subarray(0, at), extra, frame.subarray(at)]);
    },
    'a lost end': (frame, random) => frame.subarray(0, random.below(frame.length)),
  };

  it('never gets one accepted wrongly, and is understood again within one good frame: 120,000 frames', () => {
    const random = new Random(20);
    const names = Object.keys(damages);
    let sequence = -1;
    let accepted: KeptFrame[] = [];
    const decoder = new FrameDecoder((frame) => accepted.push(keep(frame)));
    let damagedFrames = 0;
    let wrong = 0;
    let unrecovered = 0;
    for (let round = 0; round < 120_000; round++) {
      sequence = (sequence + 1) & 0xffff;
      const payload = Uint8Array.from({ length: random.below(60) }, () =>
        random.below(4) === 0 ? 0 : random.below(256),
      );
      const frame = encodeFrame(0x40, 0, sequence, payload);
      const hurt = damages[names[round % names.length]](frame, random);
      const unchanged = Buffer.compare(hurt, frame) === 0;
      accepted = [];
      decoder.push(hurt);
      if (!unchanged) damagedFrames++;
      const same = (one: KeptFrame): boolean => one.sequence === sequence && Buffer.compare(one.payload, payload) === 0;
      // A byte inserted before a frame's first or behind its last may leave the frame itself whole.
      wrong += accepted.filter((one) => !same(one)).length;
      // One good frame may fall to the damage's open end; the one behind it must not.
      const good = encodeFrame(0x41, 0, sequence, Uint8Array.of(1, 0, 2));
      accepted = [];
      decoder.push(good);
      const first = accepted.some((one) => one.type === 0x41);
      if (!first) {
        decoder.push(good);
        if (!accepted.some((one) => one.type === 0x41)) unrecovered++;
      }
    }
    expect(damagedFrames).toBeGreaterThan(100_000);
    expect(wrong).toBe(0);
    expect(unrecovered).toBe(0);
  });
});

/** UF2 against its specification: the layout of a block is written out here by hand, from microsoft/uf2's README. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FirmwareError, readUf2, writeUf2 } from '../../../src/deploy';

describe('UF2 files', () => {
  it('have the blocks of the specification', () => {
    const binary = Uint8Array.from({ length: 300 }, (_, i) => i % 251);
    const file = Buffer.from(writeUf2(binary, 0x10000000, 0xe48bff56));
    expect(file.length).toBe(1024);
    const first = ['55463204', '57515d9e', '00200000', '00000010', '00010000', '00000000', '02000000', '56ff8be4'];
    first[0] = '5546320a'; // "UF2\n"
    expect(file.subarray(0, 32).toString('hex')).toBe(first.join(''));
    expect(file.subarray(32, 288)).toEqual(Buffer.from(binary.subarray(0, 256)));
    expect(file.subarray(288, 508).every((byte) => byte === 0)).toBe(true);
    expect(file.subarray(508, 512).toString('hex')).toBe('306fb10a');
    const second = ['00010010', '00010000', '01000000', '02000000'];
    expect(file.subarray(512 + 12, 512 + 28).toString('hex')).toBe(second.join(''));
    expect(file.subarray(512 + 32, 512 + 32 + 44)).toEqual(Buffer.from(binary.subarray(256)));
  });

  it('are read back', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5000 }), fc.integer({ min: 0, max: 0xffff }), (bytes, page) => {
        const file = writeUf2(new Uint8Array(bytes), page * 256, 0xada52840);
        const blocks = Math.ceil(bytes / 256);
        expect(readUf2(file)).toEqual({ family: 0xada52840, start: page * 256, bytes: blocks * 256 });
      }),
      { numRuns: 50 },
    );
  });

  it('are refused where they are damaged', () => {
    const good = writeUf2(new Uint8Array(1000), 0x27000, 0xada52840);
    const broken = (change: (view: DataView) => void): Uint8Array => {
      const copy = good.slice();
      change(new DataView(copy.buffer));
      return copy;
    };
    const cases: readonly Uint8Array[] = [
      new Uint8Array(0),
      good.subarray(0, 700),
      good.subarray(512),
      broken((view) => view.setUint8(0, 0)),
      broken((view) => view.setUint8(511, 0)),
      broken((view) => view.setUint32(16, 477, true)),
      broken((view) => view.setUint32(16, 0, true)),
      broken((view) => view.setUint32(20, 1, true)),
      broken((view) => view.setUint32(28, 0xe48bff56, true)),
      broken((view) => view.setUint32(12, 0xffffffff, true)),
    ];
    for (const file of cases) expect(() => readUf2(file)).toThrow(FirmwareError);
  });

  it('never do anything but answer or throw the one error, whatever they hold', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2048 }), fc.nat(2047), fc.nat(255), (noise, at, value) => {
        const file = writeUf2(new Uint8Array(1024), 0, 1);
        file[at] = value;
        for (const bytes of [noise, file]) {
          try {
            readUf2(bytes);
          } catch (error) {
            expect(error).toBeInstanceOf(FirmwareError);
          }
        }
      }),
      { numRuns: 200 },
    );
  });
});

/** Pictures in: known pixels come back, every damage is one sentence, nothing unpacks beyond its stated size. */
import { zlibSync } from 'fflate';
import { encode as encodePng } from 'fast-png';
import { encode as encodeJpeg } from 'jpeg-js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DatasetError, decodePicture, resizePicture } from '../../src/dataset';

const rgb = Uint8Array.from({ length: 5 * 4 * 3 }, (_, index) => (index * 37) % 256);
const png = encodePng({ width: 5, height: 4, data: rgb, channels: 3, depth: 8 });

function chunk(kind: string, data: Uint8Array): Buffer {
  const table = (value: number) => {
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
    return value >>> 0;
  };
  const body = Buffer.concat([Buffer.from(kind, 'latin1'), data]);
  let crc = 0xffffffff;
  for (const byte of body) crc = (table((crc ^ byte) & 255) ^ (crc >>> 8)) >>> 0;
  const out = Buffer.alloc(body.length + 8);
  out.writeUInt32BE(data.length, 0);
  out.set(body, 4);
  out.writeUInt32BE(~crc >>> 0, body.length + 4);
  return out;
}

function pngOf(width: number, height: number, depth: number, colour: number, rows: Uint8Array, ...more: Buffer[]) {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([depth, colour, 0, 0, 0], 8);
  const start = Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]);
  const parts = [start, chunk('IHDR', head), ...more, chunk('IDAT', zlibSync(rows)), chunk('IEND', new Uint8Array())];
  return Buffer.concat(parts);
}

const refused = (bytes: Uint8Array): string => {
  try {
    decodePicture(bytes);
  } catch (error) {
    expect(error).toBeInstanceOf(DatasetError);
    return (error as Error).message;
  }
  return 'not refused';
};

describe('pictures', () => {
  it('come back as they were drawn: RGB, grey, alpha over white, palettes of few bits', () => {
    expect([...decodePicture(png).rgb]).toEqual([...rgb]);
    const grey = encodePng({ width: 2, height: 1, data: Uint8Array.of(7, 200), channels: 1, depth: 8 });
    expect([...decodePicture(grey).rgb]).toEqual([7, 7, 7, 200, 200, 200]);
    const clear = encodePng({ width: 1, height: 1, data: Uint8Array.of(0, 100, 255, 0), channels: 4, depth: 8 });
    expect([...decodePicture(clear).rgb]).toEqual([255, 255, 255]);
    const wide = encodePng({ width: 1, height: 1, data: Uint16Array.of(65535, 0, 32896), channels: 3, depth: 16 });
    expect([...decodePicture(wide).rgb]).toEqual([255, 0, 128]);
    const palette = chunk('PLTE', Uint8Array.of(1, 2, 3, 9, 8, 7));
    const bits = pngOf(3, 2, 1, 3, Uint8Array.of(0, 0b01000000, 0, 0b10100000), palette);
    expect([...decodePicture(bits).rgb]).toEqual([1, 2, 3, 9, 8, 7, 1, 2, 3, 9, 8, 7, 1, 2, 3, 9, 8, 7]);
  });

  it('come out of a JPEG about as they went in', () => {
    const data = new Uint8Array(16 * 16 * 4).fill(180);
    const { width, rgb: pixels } = decodePicture(encodeJpeg({ width: 16, height: 16, data }, 90).data);
    expect(width).toBe(16);
    expect(Math.abs(pixels[100] - 180)).toBeLessThan(4);
  });

  it('are refused where they claim too much, or unpack to more than they claim', () => {
    expect(refused(pngOf(100_000, 2, 8, 2, new Uint8Array(10)))).toContain('100000 x 2 pixels');
    expect(refused(pngOf(2, 2, 8, 2, new Uint8Array(20_000_000)))).toContain('damaged');
    const profile = chunk(
      'iCCP',
      Buffer.concat([Buffer.from('x\0\0', 'latin1'), zlibSync(new Uint8Array(50_000_000))]),
    );
    expect([...decodePicture(pngOf(1, 1, 8, 2, Uint8Array.of(0, 5, 6, 7), profile)).rgb]).toEqual([5, 6, 7]);
    expect(refused(Buffer.from('BM not a bitmap that we read'))).toContain('neither');
    expect(refused(png.subarray(0, 60))).toContain('cut off');
  });

  it('never make the reader fail otherwise, whatever bytes are hurt', () => {
    const jpeg = encodeJpeg({ width: 8, height: 8, data: new Uint8Array(256).fill(99) }, 80).data;
    const hurt = fc.tuple(fc.constantFrom(png, jpeg), fc.nat(4000), fc.nat(255), fc.nat(4000));
    fc.assert(
      fc.property(hurt, ([source, at, value, length]) => {
        const bytes = Uint8Array.from(source).subarray(0, 20 + (length % source.length));
        bytes[at % bytes.length] = value;
        try {
          expect(decodePicture(bytes).rgb.length).toBeGreaterThan(0);
        } catch (error) {
          expect(error).toBeInstanceOf(DatasetError);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe('resizing', () => {
  it('averages by area and cuts the middle', () => {
    const striped = { width: 6, height: 2, rgb: Uint8Array.from({ length: 36 }, (_, i) => Math.floor(i / 3) % 6) };
    expect([...resizePicture(striped, 1, 1)]).toEqual([2.5, 2.5, 2.5]);
    expect([...resizePicture(striped, 3, 1)].filter((_, i) => i % 3 === 0)).toEqual([0.5, 2.5, 4.5]);
    const same = resizePicture(striped, 6, 2);
    expect([...same]).toEqual([...striped.rgb]);
  });
});

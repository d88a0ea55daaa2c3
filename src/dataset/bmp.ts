/**
 * Uncompressed Windows bitmaps (8, 24 and 32 bits a pixel), as boards and camera tools write them. Source: Microsoft,
 * "Bitmap Storage" (BITMAPFILEHEADER, BITMAPINFOHEADER). Knows nothing of captures.
 */
import { DatasetError } from './errors';
import type { Picture } from './image-decode';

const resave = 'Save the picture again as JPEG or PNG and import that.';
const bad = (what: string): DatasetError => new DatasetError('bad-file', what, resave);

export const looksLikeBmp = (bytes: Uint8Array): boolean => bytes[0] === 0x42 && bytes[1] === 0x4d && bytes.length > 53;

interface BmpHeader {
  readonly pixels: number;
  readonly palette: number;
  readonly colours: number;
  readonly width: number;
  readonly height: number;
  /** Rows stand from the top; usually they stand from the bottom. */
  readonly topDown: boolean;
  readonly bits: number;
}

function readHeader(bytes: Uint8Array): BmpHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const infoBytes = view.getUint32(14, true);
  const height = view.getInt32(22, true);
  const bits = view.getUint16(28, true);
  const compression = view.getUint32(30, true);
  // 3 = masks, which for 32 bits are nearly always blue, green, red, alpha as without them.
  if (infoBytes < 40 || ![8, 24, 32].includes(bits) || !(compression === 0 || (compression === 3 && bits === 32)))
    throw bad('This bitmap is of a rare kind (packed, or not 8, 24 or 32 bits a pixel).');
  return {
    pixels: view.getUint32(10, true),
    palette: 14 + infoBytes,
    colours: bits === 8 ? view.getUint32(46, true) || 256 : 0,
    width: view.getInt32(18, true),
    height: Math.abs(height),
    topDown: height < 0,
    bits,
  };
}

/** `checkSize` throws for sizes that are not to be read. */
export function readBmp(bytes: Uint8Array, checkSize: (width: number, height: number) => void): Picture {
  const { pixels, palette, colours, width, height, topDown, bits } = readHeader(bytes);
  checkSize(width, height);
  const rowBytes = Math.ceil((width * bits) / 32) * 4;
  if (pixels + rowBytes * height > bytes.length || palette + colours * 4 > bytes.length || colours > 256)
    throw bad('This bitmap is cut off.');
  const rgb = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    const row = pixels + (topDown ? y : height - 1 - y) * rowBytes;
    for (let x = 0; x < width; x++) {
      const index = bits === 8 ? bytes[row + x] : 0;
      if (index >= Math.max(1, colours)) throw bad('This bitmap uses a colour that its palette does not have.');
      const from = bits === 8 ? palette + index * 4 : row + (x * bits) / 8;
      for (let colour = 0; colour < 3; colour++) rgb[(y * width + x) * 3 + colour] = bytes[from + 2 - colour];
    }
  }
  return { width, height, rgb };
}

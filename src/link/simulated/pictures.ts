/**
 * JPEG and PNG files for a simulated camera to show, brought to the camera's size. As much of the formats as showing
 * needs; the dataset's importer is the one that says what is wrong with a file.
 */
import { inflateSync } from 'node:zlib';
import { convertIndexedToRgb, decode as decodePng } from 'fast-png';
import { decode as decodeJpeg } from 'jpeg-js';

export interface ShownPicture {
  readonly width: number;
  readonly height: number;
  /** Red, green, blue of 8 bits, row by row. */
  readonly pixels: Uint8Array;
}

/** Larger ones are no pictures for a board's camera, and may be made to fill this computer's memory. */
const mostPixels = 1 << 24;

/** undefined for what is neither, or damaged. */
export function readShownPicture(bytes: Uint8Array): ShownPicture | undefined {
  try {
    if (bytes[0] === 0x89 && bytes[1] === 0x50) return readPng(bytes);
    if (bytes[0] === 0xff && bytes[1] === 0xd8) return readJpeg(bytes);
  } catch {
    // Damaged: it is left out, as a CSV without numbers is.
  }
  return undefined;
}

function readJpeg(bytes: Uint8Array): ShownPicture {
  const options = {
    useTArray: true as const,
    formatAsRGBA: false,
    maxResolutionInMP: mostPixels / 1e6,
    maxMemoryUsageInMB: 512,
  };
  const { width, height, data } = decodeJpeg(bytes, options);
  return { width, height, pixels: data };
}

/** How many bytes the pixels may unpack to is checked first; the rest of the file is not looked at. */
function readPng(bytes: Uint8Array): ShownPicture | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [width, height] = [view.getUint32(16), view.getUint32(20)];
  if (width * height > mostPixels || width > 32768 || height > 32768) return undefined;
  const kept = [bytes.subarray(0, 8)];
  const packed: Uint8Array[] = [];
  for (let at = 8; at + 12 <= bytes.length;) {
    const end = at + 12 + view.getUint32(at);
    if (end > bytes.length) return undefined;
    const kind = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (['IHDR', 'PLTE', 'tRNS', 'IDAT', 'IEND'].includes(kind)) kept.push(bytes.subarray(at, end));
    if (kind === 'IDAT') packed.push(bytes.subarray(at + 8, end - 4));
    at = end;
  }
  inflateSync(Buffer.concat(packed), { maxOutputLength: width * height * 8 + 16 * height + 128 });
  const decoded = decodePng(Buffer.concat(kept));
  if (decoded.width !== width || decoded.height !== height) return undefined;
  const { depth, channels, palette } = decoded;
  if (palette) {
    const width4 = palette[0].length;
    return { width, height, pixels: asRgb(convertIndexedToRgb(decoded), width4, width * height, 8) };
  }
  return depth < 8 ? undefined : { width, height, pixels: asRgb(decoded.data, channels, width * height, depth) };
}

function asRgb(data: ArrayLike<number>, channels: number, count: number, depth: number): Uint8Array {
  const pixels = new Uint8Array(count * 3);
  const colours = channels >= 3 ? 3 : 1;
  for (let i = 0; i < count; i++) {
    for (let c = 0; c < 3; c++) pixels[i * 3 + c] = data[i * channels + (c % colours)] >> (depth - 8);
  }
  return pixels;
}

/** The largest middle part of the wanted proportions; each pixel the mean of those it covers, or the nearest. */
export function fitShown(picture: ShownPicture, width: number, height: number): Uint8Array {
  if (picture.width === width && picture.height === height) return picture.pixels;
  const scale = Math.min(picture.width / width, picture.height / height);
  const left = (picture.width - width * scale) / 2;
  const top = (picture.height - height * scale) / 2;
  const pixels = new Uint8Array(width * height * 3);
  for (let y = 0, at = 0; y < height; y++) {
    const y0 = Math.floor(top + y * scale);
    const y1 = Math.min(picture.height, Math.max(y0 + 1, Math.floor(top + (y + 1) * scale)));
    for (let x = 0; x < width; x++, at += 3) {
      const x0 = Math.floor(left + x * scale);
      const x1 = Math.min(picture.width, Math.max(x0 + 1, Math.floor(left + (x + 1) * scale)));
      for (let c = 0; c < 3; c++) {
        let sum = 0;
        for (let v = y0; v < y1; v++)
          for (let u = x0; u < x1; u++) sum += picture.pixels[(v * picture.width + u) * 3 + c];
        pixels[at + c] = sum / ((y1 - y0) * (x1 - x0));
      }
    }
  }
  return pixels;
}

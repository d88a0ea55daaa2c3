/**
 * JPEG, PNG and BMP to 8-bit RGB, in plain JavaScript: the same bytes of a file give the same pixels on every machine (a
 * browser's decoders do not promise that). Sizes are read from the file's head and refused before anything is
 * unpacked. Sources: ISO/IEC 10918-1 annex B (JPEG markers), W3C PNG specification 3rd edition, section 5 (chunks).
 *
 * Knows nothing of captures, labels or features.
 */
import { inflateSync } from 'node:zlib';
import { decode as decodePng } from 'fast-png';
import { decode as decodeJpeg } from 'jpeg-js';
import { looksLikeBmp, readBmp } from './bmp';
import { DatasetError } from './errors';

export interface Picture {
  readonly width: number;
  readonly height: number;
  /** width * height * 3 bytes, rows from the top. Where a PNG is transparent, white shines through. */
  readonly rgb: Uint8Array;
}

/** Far above what a board's camera or a phone delivers, below what would harm the computer (48 MB of RGB). */
const mostPixels = 1 << 24;
const mostBytes = 1 << 26;
const longestSide = 1 << 15;

const resave = 'Save the picture again as JPEG or PNG and import that.';
const bad = (what: string, cause?: unknown): DatasetError => new DatasetError('bad-file', what, resave, cause);

function checkSize(width: number, height: number): void {
  if (width < 1 || height < 1) throw bad('This picture has no pixels.');
  if (width > longestSide || height > longestSide || width * height > mostPixels)
    throw bad(`This picture has ${width} x ${height} pixels; up to ${mostPixels / (1 << 20)} million are read.`);
}

const pngSignature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
export const looksLikePng = (bytes: Uint8Array) => pngSignature.every((value, index) => bytes[index] === value);
export const looksLikeJpeg = (bytes: Uint8Array) => bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff;

/** True for the kinds of picture that `decodePicture` reads, by their first bytes. */
export const looksLikePicture = (bytes: Uint8Array): boolean =>
  looksLikePng(bytes) || looksLikeJpeg(bytes) || looksLikeBmp(bytes);

interface JpegFrame {
  readonly width: number;
  readonly height: number;
  readonly components: number;
}

/** What the first frame header says; every length is checked against the file's real size. */
function jpegFrame(bytes: Uint8Array): JpegFrame {
  const word = (at: number) => (bytes[at] << 8) | bytes[at + 1];
  for (let at = 2; at + 4 <= bytes.length;) {
    if (bytes[at] !== 0xff) break;
    const marker = bytes[at + 1];
    const standsAlone = marker === 0xff || marker === 0x01 || (marker >= 0xd0 && marker <= 0xd7);
    if (standsAlone) {
      at += marker === 0xff ? 1 : 2;
      continue;
    }
    // C4, C8 and CC are tables in the range of the frame headers.
    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) {
      if (at + 9 > bytes.length) break;
      if (marker !== 0xc0 && marker !== 0xc1 && marker !== 0xc2)
        throw bad('This JPEG is of a rare kind (lossless, arithmetic or hierarchical).');
      return { height: word(at + 5), width: word(at + 7), components: bytes[at + 9] ?? 3 };
    }
    at += 2 + word(at + 2);
  }
  throw bad('This JPEG is damaged: its size is nowhere to be found.');
}

/** 1 where a JPEG is grey, 3 where it has colours. Throws DatasetError 'bad-file'. */
export const jpegComponents = (bytes: Uint8Array): number => jpegFrame(bytes).components;

function readJpeg(bytes: Uint8Array): Picture {
  const { width, height } = jpegFrame(bytes);
  checkSize(width, height);
  const picture = decodeJpeg(bytes, {
    useTArray: true,
    formatAsRGBA: false,
    maxResolutionInMP: mostPixels / 1e6,
    maxMemoryUsageInMB: 512,
  });
  // A later frame header may have said otherwise.
  if (picture.width !== width || picture.height !== height) throw bad('This JPEG says two different sizes.');
  return { width, height, rgb: picture.data };
}

/** The file without the chunks that pixels do not need: profiles and texts may unpack to any size. */
function essentialPng(bytes: Uint8Array): { file: Uint8Array; packed: Uint8Array[] } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const kept: Uint8Array[] = [bytes.subarray(0, 8)];
  const packed: Uint8Array[] = [];
  let ended = false;
  for (let at = 8; at + 12 <= bytes.length && !ended;) {
    const end = at + 12 + view.getUint32(at);
    const kind = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (end > bytes.length) throw bad('This PNG is cut off.');
    if (['IHDR', 'PLTE', 'tRNS', 'IDAT', 'IEND'].includes(kind)) kept.push(bytes.subarray(at, end));
    if (kind === 'IDAT') packed.push(bytes.subarray(at + 8, end - 4));
    ended = kind === 'IEND';
    at = end;
  }
  if (!ended) throw bad('This PNG is cut off.');
  return { file: Buffer.concat(kept), packed };
}

/** Any PNG's samples as 8-bit RGB over white. */
function flattened({ data, depth, channels, palette }: ReturnType<typeof decodePng>, pixels: number): Uint8Array {
  const rgb = new Uint8Array(pixels * 3);
  const scale = depth === 16 ? 1 / 257 : 255 / ((1 << depth) - 1);
  const grey = channels < 3;
  const hasAlpha = channels === 2 || channels === 4;
  for (let pixel = 0; pixel < pixels; pixel++) {
    const entry = palette ? palette[data[pixel]] : undefined;
    if (palette && !entry) throw bad('This PNG uses a colour that its palette does not have.');
    const alpha = entry ? (entry[3] ?? 255) / 255 : hasAlpha ? (data[(pixel + 1) * channels - 1] * scale) / 255 : 1;
    for (let colour = 0; colour < 3; colour++) {
      const value = entry ? entry[colour] : data[pixel * channels + (grey ? 0 : colour)] * scale;
      rgb[pixel * 3 + colour] = Math.round(255 + (value - 255) * alpha);
    }
  }
  return rgb;
}

function readPng(bytes: Uint8Array): Picture {
  if (bytes.length < 33) throw bad('This PNG is cut off.');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const width = view.getUint32(16);
  const height = view.getUint32(20);
  checkSize(width, height);
  const { file, packed } = essentialPng(bytes);
  // At most 8 bytes a pixel and one a row; interlacing makes up to 7 small pictures of it, with rows of their own.
  const largest = width * height * 8 + (2 * height + 16) * 8;
  inflateSync(Buffer.concat(packed), { maxOutputLength: largest });
  const picture = decodePng(file, { checkCrc: true });
  if (picture.width !== width || picture.height !== height) throw bad('This PNG says two different sizes.');
  // Below 8 bits several samples share a byte; only palettes and plain greys do that.
  return { width, height, rgb: flattened(unpackedBits(picture), width * height) };
}

type DecodedPng = ReturnType<typeof decodePng>;

/** One sample an entry where the file has 1, 2 or 4 bits a sample, rows beginning at whole bytes. */
function unpackedBits(picture: DecodedPng): DecodedPng {
  const { width, height, depth, data } = picture;
  if (depth >= 8) return picture;
  const rowBytes = Math.ceil((width * depth) / 8);
  const samples = new Uint8Array(width * height);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const bit = x * depth;
      const byte = data[y * rowBytes + (bit >> 3)];
      samples[y * width + x] = (byte >> (8 - depth - (bit & 7))) & ((1 << depth) - 1);
    }
  return { ...picture, data: samples };
}

/**
 * @returns the pixels of a JPEG (baseline or progressive) or PNG (any colour type, 1 to 16 bits), or of a plain bitmap.
 * @throws DatasetError `bad-file` with one sentence for anything else, for damage, and for more than 16 million pixels.
 */
export function decodePicture(bytes: Uint8Array): Picture {
  if (!looksLikePicture(bytes)) throw bad('This is neither a JPEG nor a PNG nor a plain bitmap.');
  if (bytes.length > mostBytes)
    throw bad(`This picture is ${Math.round(bytes.length / 1e6)} MB long; up to ${mostBytes / (1 << 20)} MB are read.`);
  const kind = looksLikePng(bytes) ? 'PNG' : looksLikeJpeg(bytes) ? 'JPEG' : 'bitmap';
  try {
    if (kind === 'bitmap') return readBmp(bytes, checkSize);
    return kind === 'PNG' ? readPng(bytes) : readJpeg(bytes);
  } catch (error) {
    if (error instanceof DatasetError) throw error;
    throw bad(`This ${kind} is damaged and cannot be unpacked.`, error);
  }
}

/**
 * The largest middle part that has the wanted proportions, averaged down (or repeated up) by area: each pixel of
 * the result is the mean of the part of the source that it covers, so no detail is skipped.
 * @returns width * height * 3 values, 0 to 255.
 */
export function resizePicture(picture: Picture, width: number, height: number): Float32Array {
  const scale = Math.min(picture.width / width, picture.height / height);
  const left = (picture.width - width * scale) / 2;
  const top = (picture.height - height * scale) / 2;
  const columns = coverage(width, left, scale, picture.width);
  const rows = coverage(height, top, scale, picture.height);
  const out = new Float32Array(width * height * 3);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let colour = 0; colour < 3; colour++) {
        let sum = 0;
        for (const [sourceY, shareY] of rows[y])
          for (const [sourceX, shareX] of columns[x])
            sum += picture.rgb[(sourceY * picture.width + sourceX) * 3 + colour] * shareY * shareX;
        out[(y * width + x) * 3 + colour] = sum;
      }
  return out;
}

/** For each place of the result: which source lines it covers, and by which share (they sum to 1). */
function coverage(count: number, offset: number, scale: number, length: number): (readonly [number, number])[][] {
  return Array.from({ length: count }, (_, index) => {
    const from = offset + index * scale;
    const to = from + scale;
    const parts: (readonly [number, number])[] = [];
    for (let line = Math.max(0, Math.floor(from)); line < Math.min(length, Math.ceil(to - 1e-9)); line++)
      parts.push([line, (Math.min(to, line + 1) - Math.max(from, line)) / scale]);
    return parts;
  });
}

/**
 * Pictures as captures: each pixel is a frame, its colours are the axes, values are 0 to 255. A JPEG or PNG that was
 * imported is kept as it is; what a camera sent, bitmaps, and photographs far larger than any board sees become PNG.
 *
 * Knows nothing of labels and boxes.
 */
import { encode as encodePng } from 'fast-png';
import { DatasetError } from './errors';
import {
  decodePicture,
  jpegComponents,
  looksLikeJpeg,
  looksLikePng,
  resizePicture,
  type Picture,
} from './image-decode';
import type { Axis } from './types';

/** Boards see up to 160 x 120 and models less; this leaves room to cut, and keeps training from decoding for hours. */
const mostPixelsKept = 1 << 20;

/** A picture has no rate; its frames are places and not points in time. */
export const pictureRateHz = 1;

const colours = ['red', 'green', 'blue'];

export function pictureAxes(channels: 1 | 3): Axis[] {
  return (channels === 1 ? ['gray'] : colours).map((name) => ({ name, units: 'N/A' }));
}

export interface PictureFile {
  readonly axes: readonly Axis[];
  readonly width: number;
  /** width * height * axes values, 0 to 255, row by row. */
  readonly values: Float32Array;
}

export interface ImportedPicture extends PictureFile {
  /** What is stored: the given bytes, or a PNG made of them. */
  readonly bytes: Uint8Array;
  /** Stored side by given side: below 1 where the picture was made smaller. */
  readonly scale: number;
}

/** True for files whose pixels have one value; PNG colour types 0 and 4 are grey. */
function isGrey(bytes: Uint8Array): boolean {
  if (looksLikePng(bytes)) return bytes[25] === 0 || bytes[25] === 4;
  return looksLikeJpeg(bytes) && jpegComponents(bytes) === 1;
}

function valuesOf({ rgb }: Picture, grey: boolean): Float32Array {
  return grey ? Float32Array.from({ length: rgb.length / 3 }, (_, pixel) => rgb[pixel * 3]) : Float32Array.from(rgb);
}

/** Reads a data file. Throws DatasetError 'bad-file'. */
export function readPictureFile(bytes: Uint8Array): PictureFile {
  const picture = decodePicture(bytes);
  const grey = isGrey(bytes);
  return { axes: pictureAxes(grey ? 1 : 3), width: picture.width, values: valuesOf(picture, grey) };
}

/** Reads a file that somebody brings, and says what of it is to be kept. Throws DatasetError 'bad-file'. */
export function importPicture(bytes: Uint8Array): ImportedPicture {
  const picture = decodePicture(bytes);
  const grey = isGrey(bytes);
  const axes = pictureAxes(grey ? 1 : 3);
  const pixels = picture.width * picture.height;
  if (pixels <= mostPixelsKept && (looksLikePng(bytes) || looksLikeJpeg(bytes)))
    return { axes, width: picture.width, values: valuesOf(picture, grey), bytes, scale: 1 };
  const scale = Math.min(1, Math.sqrt(mostPixelsKept / pixels));
  const width = Math.max(1, Math.round(picture.width * scale));
  const height = Math.max(1, Math.round(picture.height * scale));
  const rgb = scale < 1 ? Uint8Array.from(resizePicture(picture, width, height), Math.round) : picture.rgb;
  const values = valuesOf({ width, height, rgb }, grey);
  return { axes, width, values, bytes: writePicture(values, width, axes.length), scale };
}

/** PNG of 8 bits a colour. `values` as in PictureFile; what lies outside of 0 to 255 is clipped. */
export function writePicture(values: Float32Array, width: number, channels: number): Uint8Array {
  const data = Uint8ClampedArray.from(values);
  return encodePng({ width, height: values.length / channels / width, data: new Uint8Array(data.buffer), channels });
}

/** Says what is wrong with a picture that cannot be stored. */
export function checkPicture(values: Float32Array, channels: number, width: number | undefined): void {
  const rows = width === undefined ? NaN : values.length / channels / width;
  const right = channels === 1 || channels === 3;
  if (right && Number.isInteger(rows) && rows > 0 && values.every((value) => value >= 0 && value <= 255)) return;
  const what = `A picture of ${channels} colours and rows of ${width} pixels cannot have these ${values.length} values.`;
  const action = 'This is a fault of the program that made the picture; nothing was stored.';
  throw new DatasetError('bad-capture', what, action);
}

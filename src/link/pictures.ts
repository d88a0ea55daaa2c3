/**
 * The picture stream of one camera: PICTURE events in, whole pictures of 8 bits a value out, every missing one counted.
 * Knows the layout of the event (firmware/PROTOCOL.md, section 3), not how streams are started.
 */
import { RateFit } from './rate-fit';
import type { PictureBlock, PictureShape, SensorInfo } from './types';
import { pictureHeader } from './wire/messages';

const bytesPerPixel = { gray: 1, rgb: 2 } as const;

export class PictureStream {
  frames = 0;
  lost = 0;
  readonly fit = new RateFit();
  private readonly raw: Uint8Array;
  private current = -1;
  private filled = 0;
  private expected = 0;

  constructor(
    readonly sensor: SensorInfo,
    private readonly shape: PictureShape,
    private readonly onPicture: (picture: PictureBlock) => void,
  ) {
    this.raw = new Uint8Array(shape.width * shape.height * bytesPerPixel[shape.format]);
  }

  /**
   * One PICTURE payload of this sensor. A picture of which a part is missing is given up, and counted with the next
   * whole one. Returns false for a part that contradicts itself or the camera.
   */
  receive(payload: Uint8Array): boolean {
    const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
    const { width, height, format } = this.shape;
    const number = view.getUint32(8, true);
    const offset = view.getUint32(24, true);
    const bytes = payload.subarray(pictureHeader);
    if (payload[1] !== (format === 'rgb' ? 1 : 0)) return false;
    if (view.getUint16(2, true) !== width || view.getUint16(4, true) !== height) return false;
    if (bytes.length === 0 || offset + bytes.length > this.raw.length) return false;
    const ahead = (number - this.expected) >>> 0;
    // A number that runs backwards is a part of an older stream.
    if (ahead > 0x7fffffff) return false;
    if (offset === 0) {
      this.current = number;
      this.filled = 0;
    }
    // The parts behind a missing one are sound, and of no use.
    if (number !== this.current || offset !== this.filled) {
      this.current = -1;
      return true;
    }
    this.raw.set(bytes, offset);
    this.filled += bytes.length;
    if (this.filled < this.raw.length) return true;
    const micros = view.getUint32(12, true) + view.getUint32(16, true) * 4294967296;
    this.deliver(this.expected + ahead, ahead, micros);
    return true;
  }

  /** After the stream ended: `produced` pictures in all. */
  finish(produced: number): void {
    this.lost += Math.max(0, produced - this.expected);
    this.expected = Math.max(this.expected, produced);
  }

  private deliver(number: number, lost: number, micros: number): void {
    this.current = -1;
    this.lost += lost;
    this.frames++;
    this.expected = number + 1;
    this.fit.add(number, micros);
    const pixels = this.shape.format === 'rgb' ? expandRgb565(this.raw) : this.raw.slice();
    this.onPicture({ ...this.shape, sensor: this.sensor.id, number, micros, lost, pixels });
  }
}

/** Two bytes a pixel, the low one first, to red, green, blue of 8 bits: high bits are repeated, so white stays white. */
export function expandRgb565(bytes: Uint8Array): Uint8Array {
  const pixels = new Uint8Array((bytes.length >> 1) * 3);
  for (let i = 0, at = 0; at < pixels.length; i += 2, at += 3) {
    const value = bytes[i] | (bytes[i + 1] << 8);
    const [red, green, blue] = [value >> 11, (value >> 5) & 63, value & 31];
    pixels[at] = (red << 3) | (red >> 2);
    pixels[at + 1] = (green << 2) | (green >> 4);
    pixels[at + 2] = (blue << 3) | (blue >> 2);
  }
  return pixels;
}

/** The other way round, for who plays a camera: the high bits of each. */
export function packRgb565(pixels: Uint8Array): Uint8Array {
  const bytes = new Uint8Array((pixels.length / 3) * 2);
  for (let i = 0, at = 0; i < bytes.length; i += 2, at += 3) {
    const value = ((pixels[at] >> 3) << 11) | ((pixels[at + 1] >> 2) << 5) | (pixels[at + 2] >> 3);
    bytes[i] = value & 0xff;
    bytes[i + 1] = value >> 8;
  }
  return bytes;
}

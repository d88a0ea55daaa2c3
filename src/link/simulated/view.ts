/** What a simulated camera sees while nothing is shown to it: a bright spot that wanders over a shaded wall. */
import type { PictureShape } from '../types';

/** Red, green, blue of 8 bits, row by row. */
export function wanderingSpot(shape: PictureShape, seconds: number): Uint8Array {
  const { width, height } = shape;
  const pixels = new Uint8Array(width * height * 3);
  const sway = (period: number): number => Math.abs(((seconds / period) % 2) - 1);
  const centreX = width * (0.2 + 0.6 * sway(3));
  const centreY = height * (0.2 + 0.6 * sway(4.3));
  const radius = Math.min(width, height) / 6;
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at += 3) {
      const distance = (x - centreX) ** 2 + (y - centreY) ** 2;
      const light = distance < radius * radius ? 220 : 60 + (80 * (x + y)) / (width + height);
      pixels[at] = light;
      pixels[at + 1] = light;
      pixels[at + 2] = light * 0.9;
    }
  }
  return pixels;
}

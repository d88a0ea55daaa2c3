/** Small pictures made of numbers, put on canvases: strengths as colours, or red, green and blue as they are. */
import { strengthColours } from './colourmap';

/** A picture of `rows` x `columns` colours; `levelAt` answers 0..255, row 0 at the top. */
export function strengthRaster(
  rows: number,
  columns: number,
  dark: boolean,
  levelAt: (row: number, column: number) => number,
): OffscreenCanvas {
  const colours = strengthColours(dark);
  return raster(columns, rows, (pixels) => {
    for (let row = 0; row < rows; row++)
      for (let column = 0; column < columns; column++)
        pixels[row * columns + column] = colours[Math.min(Math.max(Math.round(levelAt(row, column)), 0), 255)];
  });
}

/** A picture of bytes: one (gray) or three (red, green, blue) a pixel, row by row. */
export function pixelRaster(
  width: number,
  height: number,
  channels: number,
  bytes: Uint8Array | Uint8ClampedArray,
): OffscreenCanvas {
  return raster(width, height, (pixels) => {
    for (let i = 0; i < width * height; i++) {
      const r = bytes[i * channels];
      const g = channels === 3 ? bytes[i * 3 + 1] : r;
      const b = channels === 3 ? bytes[i * 3 + 2] : r;
      pixels[i] = (0xff000000 | (b << 16) | (g << 8) | r) >>> 0;
    }
  });
}

function raster(width: number, height: number, fill: (pixels: Uint32Array) => void): OffscreenCanvas {
  const canvas = new OffscreenCanvas(Math.max(width, 1), Math.max(height, 1));
  const context = canvas.getContext('2d');
  if (!context) throw new Error('This window cannot draw pictures.');
  const image = context.createImageData(canvas.width, canvas.height);
  fill(new Uint32Array(image.data.buffer));
  context.putImageData(image, 0, 0);
  return canvas;
}

/** The largest box of the picture's shape inside `box`, centred, in whole pixels. */
export function fitInside(
  width: number,
  height: number,
  box: { readonly x: number; readonly y: number; readonly width: number; readonly height: number },
): { x: number; y: number; width: number; height: number; scale: number } {
  const scale = Math.min(box.width / Math.max(width, 1), box.height / Math.max(height, 1));
  const w = Math.max(1, Math.floor(width * scale));
  const h = Math.max(1, Math.floor(height * scale));
  return {
    x: Math.round(box.x + (box.width - w) / 2),
    y: Math.round(box.y + (box.height - h) / 2),
    width: w,
    height: h,
    scale,
  };
}

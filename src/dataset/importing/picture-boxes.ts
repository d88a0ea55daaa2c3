/** Boxes of a list as boxes of the stored picture, and the one label that a picture with boxes is filed under. Pure. */
import type { Box } from '../types';
import type { Found } from './found';
import type { Said } from './lists/said';

const sized = (boxes: readonly Box[], across: number, down: number): Box[] =>
  boxes.map(({ label, x, y, width, height }) => {
    return { label, x: x * across, y: y * down, width: width * across, height: height * down };
  });

/** The part of a box that lies in the picture. */
function clipped({ label, x, y, width, height }: Box, columns: number, rows: number): Box {
  const [left, top] = [Math.max(0, x), Math.max(0, y)];
  return {
    label,
    x: left,
    y: top,
    width: Math.min(columns, x + width) - left,
    height: Math.min(rows, y + height) - top,
  };
}

/** undefined where no list speaks of boxes in this picture. Boxes that lie outside of it are left out. */
export function boxesFor(found: Found, said: Said): Box[] | undefined {
  if (found.width === undefined || (!said.boxes && !said.boxFractions)) return undefined;
  const columns = found.width;
  const rows = found.values.length / found.axes.length / columns;
  const scale = found.scale ?? 1;
  const boxes = [...sized(said.boxes ?? [], scale, scale), ...sized(said.boxFractions ?? [], columns, rows)];
  return boxes.map((box) => clipped(box, columns, rows)).filter(({ width, height }) => width > 0 && height > 0);
}

/** The label of the largest box; 'background' where a picture shows nothing. */
export function labelOfBoxes(boxes: readonly Box[]): string {
  const [largest] = [...boxes].sort((a, b) => b.width * b.height - a.width * a.height);
  return largest?.label ?? 'background';
}

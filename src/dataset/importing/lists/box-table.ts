/**
 * Tables of boxes: one line for each box, with the picture's name, a label, and two corners or one corner and a size,
 * in pixels or (as in Open Images) as fractions. Columns are known by their names. Pure.
 */
import type { Box } from '../../types';
import { cellsOf } from './index-csv';
import { MAX_PARTS, splitCalled, type Said } from './said';

const columnNames = {
  file: /^(file|file_?(name|path)|image|image_?(id|name|path|file)|picture|path|img)$/i,
  label: /^(label|class|classes|class_?name|label_?name|name|category|object|cell_type)$/i,
  split: /^(split|set|subset|partition)$/i,
  left: /^(x_?min|xmin|left|x1|x|bbox_?x)$/i,
  top: /^(y_?min|ymin|top|y1|y|bbox_?y)$/i,
  right: /^(x_?max|xmax|right|x2)$/i,
  bottom: /^(y_?max|ymax|bottom|y2)$/i,
  width: /^(w|width|bbox_?w|box_?width)$/i,
  height: /^(h|height|bbox_?h|box_?height)$/i,
};
type Columns = Record<keyof typeof columnNames, number>;

/** undefined where the first line is no header of a table of boxes. */
function columnsOf(header: readonly string[]): Columns | undefined {
  const find = (pattern: RegExp): number => header.findIndex((name) => pattern.test(name));
  const at = Object.fromEntries(Object.entries(columnNames).map(([what, pattern]) => [what, find(pattern)])) as Columns;
  const corners = at.right >= 0 && at.bottom >= 0;
  const complete = at.file >= 0 && at.left >= 0 && at.top >= 0 && (corners || (at.width >= 0 && at.height >= 0));
  return complete ? at : undefined;
}

export function isBoxTable(text: string): boolean {
  return columnsOf(cellsOf(text.replace(/^\ufeff/, '').split('\n', 1)[0] ?? '')) !== undefined;
}

/** `x`, `y`, `width`, `height` of one line; NaN where it has none. Width and height beside two corners are the picture's. */
function sidesOf(cells: readonly string[], at: Columns): number[] {
  const number = (column: number): number => (cells[column] ? Number(cells[column]) : NaN);
  const [x, y] = [number(at.left), number(at.top)];
  if (at.right >= 0) return [x, y, number(at.right) - x, number(at.bottom) - y];
  return [x, y, number(at.width), number(at.height)];
}

export interface BoxTable {
  readonly said: Map<string, Said>;
  /** Lines without a name, or with a box that has no size. */
  readonly skipped: number;
}

/** `names`: from machine names such as /m/01g317 to plain ones, where such a list was there. */
export function readBoxTable(text: string, names: ReadonlyMap<string, string> = new Map()): BoxTable {
  const lines = text.replace(/^\ufeff/, '').split('\n');
  const at = columnsOf(cellsOf(lines[0]));
  const pictures = new Map<string, { boxes: Box[]; split: Said['split'] }>();
  let skipped = 0;
  let fractions = at !== undefined;
  for (const line of at ? lines.slice(1) : []) {
    if (line.trim() === '') continue;
    const cells = cellsOf(line);
    const file = cells[at!.file];
    const [x, y, width, height] = sidesOf(cells, at!);
    // A line that names a picture and nothing in it says that it shows nothing.
    const empty = !cells[at!.left] && !cells[at!.top];
    const sized = width > 0 && height > 0 && Number.isFinite(x + y + width + height);
    if (!file || (!sized && !empty)) {
      skipped++;
      continue;
    }
    const entry = pictures.get(file) ?? { boxes: [], split: splitCalled(cells[at!.split]) };
    pictures.set(file, entry);
    if (empty) continue;
    const called = cells[at!.label] ?? '';
    if (x + width > 1.5 || y + height > 1.5) fractions = false;
    if (entry.boxes.length < MAX_PARTS) entry.boxes.push({ label: names.get(called) ?? called, x, y, width, height });
  }
  const said = new Map<string, Said>();
  for (const [file, { boxes, split }] of pictures)
    said.set(file, { ...(fractions ? { boxFractions: boxes } : { boxes }), ...(split ? { split } : {}) });
  return { said, skipped };
}

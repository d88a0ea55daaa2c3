/**
 * Tables of boxes, one line for each thing in a picture: file, label, and x, y, width, height (or the two corners) in
 * pixels; a column for the split may stand beside them. Pure.
 */
import type { Box } from '../../types';
import { splitCalled, type Said } from './said';

const names = {
  file: /^(image|image_?(name|path|file)|file|file_?(name|path)|path|img)$/i,
  label: /^(label|class|class_?name|name|category|object)$/i,
  split: /^(split|set|subset|partition)$/i,
  left: /^(x|left|xmin|x_?min|x1|bbox_?x)$/i,
  top: /^(y|top|ymin|y_?min|y1|bbox_?y)$/i,
  width: /^(w|bbox_?w|box_?w)$/i,
  height: /^(h|bbox_?h|box_?h)$/i,
  right: /^(right|xmax|x_?max|x2)$/i,
  bottom: /^(bottom|ymax|y_?max|y2)$/i,
};
type Column = keyof typeof names;

/** Where each column stands, -1 where there is none; undefined where the header is none of a table of boxes. */
function columnsOf(header: readonly string[]): Record<Column, number> | undefined {
  const at = Object.fromEntries(
    Object.entries(names).map(([what, pattern]) => [what, header.findIndex((name) => pattern.test(name))]),
  ) as Record<Column, number>;
  // In a table with corners, "width" and "height" are those of the picture; elsewhere those of the box.
  if (at.right < 0 && at.width < 0) at.width = header.findIndex((name) => /^width$/i.test(name));
  if (at.bottom < 0 && at.height < 0) at.height = header.findIndex((name) => /^height$/i.test(name));
  const placed = at.left >= 0 && at.top >= 0 && (at.width >= 0 || at.right >= 0) && (at.height >= 0 || at.bottom >= 0);
  return at.file >= 0 && at.label >= 0 && placed ? at : undefined;
}

/** `rows` are lines of cells, the first of them the header. undefined where it is no table of boxes. */
export function boxTable(rows: readonly (readonly string[])[]): Map<string, Said> | undefined {
  const at = columnsOf(rows[0] ?? []);
  if (!at) return undefined;
  const files = new Map<string, Said & { boxes: Box[] }>();
  for (const cells of rows.slice(1)) {
    const path = cells[at.file]?.replaceAll('\\', '/').replace(/^\.\//, '');
    if (!path) continue;
    const split = splitCalled(cells[at.split]);
    const entry = files.get(path) ?? { boxes: [], ...(split ? { split } : {}) };
    files.set(path, entry);
    const number = (column: Column): number => (cells[at[column]] ? Number(cells[at[column]]) : NaN);
    const [x, y] = [number('left'), number('top')];
    const width = at.width >= 0 ? number('width') : number('right') - x;
    const height = at.height >= 0 ? number('height') : number('bottom') - y;
    // A line without numbers says that the picture shows nothing.
    if ([x, y, width, height].every(Number.isFinite) && width > 0 && height > 0)
      entry.boxes.push({ label: cells[at.label], x, y, width, height });
  }
  return files;
}

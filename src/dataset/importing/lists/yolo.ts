/**
 * YOLO annotations, one text file for each picture: `class centre-x centre-y width height` as fractions of the picture
 * (or a class and a polygon), with the classes' names in classes.txt, *.names or data.yaml. Source: docs.ultralytics.com,
 * "Object detection datasets". Pure.
 */
import type { Box } from '../../types';
import { MAX_PARTS } from './said';

export function isClassList(name: string): boolean {
  return /^(classes|_darknet|obj|labels)\.(txt|names|labels)$|\.names$|^(data|dataset)\.ya?ml$/i.test(name);
}

/** A plain or quoted scalar of one line. */
function unquoted(text: string): string {
  const plain = text.trim();
  const quoted = /^"((?:[^"\\]|\\.)*)"|^'((?:[^']|'')*)'/.exec(plain);
  if (quoted) return (quoted[1]?.replace(/\\(.)/g, '$1') ?? quoted[2].replaceAll("''", "'")).trim();
  return plain.replace(/\s+#.*$/, '').trim();
}

/** The names under `names:` of a data.yaml, in each of the three ways in which they are written. */
function namesInYaml(text: string): string[] {
  const lines = text.split(/\r?\n/);
  const at = lines.findIndex((line) => /^names\s*:/.test(line));
  if (at < 0) return [];
  const first = lines[at].replace(/^names\s*:/, '').trim();
  if (first.startsWith('[')) {
    // A list in brackets may go on over several lines.
    const inside = [first, ...lines.slice(at + 1)].join(' ').slice(1);
    const end = inside.indexOf(']');
    const list = end < 0 ? inside : inside.slice(0, end);
    return list.split(',').map(unquoted).filter(Boolean);
  }
  const names: string[] = [];
  for (const line of lines.slice(at + 1)) {
    const item = /^\s*-\s*(.+)$/.exec(line);
    const numbered = /^\s+(\d{1,5})\s*:\s*(.+)$/.exec(line);
    if (item) names.push(unquoted(item[1]));
    else if (numbered) names[Number(numbered[1])] = unquoted(numbered[2]);
    else if (line.trim() !== '' && !line.trim().startsWith('#')) break;
  }
  return names;
}

/** The classes' names in their order; gaps in the numbering stay empty. */
export function readClassList(fileName: string, text: string): readonly string[] {
  const plain = text.replace(/^\ufeff/, '');
  const names = /\.ya?ml$/i.test(fileName) ? namesInYaml(plain) : plain.split(/\r?\n/).map((line) => line.trim());
  return names.slice(0, MAX_PARTS);
}

/** A polygon's corners to the box around it: [centre-x, centre-y, width, height]. */
function around(corners: readonly number[]): number[] {
  const xs = corners.filter((_, i) => i % 2 === 0);
  const ys = corners.filter((_, i) => i % 2 === 1);
  const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  return [(left + right) / 2, (top + bottom) / 2, right - left, bottom - top];
}

/** Boxes as fractions with their top left corner; undefined where the text is no annotation. An empty one has none. */
export function readYolo(text: string, names: readonly string[]): Box[] | undefined {
  const boxes: Box[] = [];
  for (const line of text.split(/\r?\n/)) {
    if (line.trim() === '') continue;
    const cells = line.trim().split(/\s+/).map(Number);
    const numbers = cells.slice(1);
    const isPolygon = numbers.length >= 6 && numbers.length % 2 === 0;
    if (!Number.isInteger(cells[0]) || cells[0] < 0 || numbers.length < 4 || numbers.length > 10_000) return undefined;
    // A confidence may follow; everything is a fraction, if a little over the edge now and then.
    if (!numbers.every((value) => value > -0.5 && value < 1.5)) return undefined;
    const [x, y, width, height] = isPolygon ? around(numbers) : numbers;
    if (boxes.length < MAX_PARTS && width > 0 && height > 0)
      boxes.push({ label: names[cells[0]] || `class ${cells[0]}`, x: x - width / 2, y: y - height / 2, width, height });
  }
  return boxes;
}

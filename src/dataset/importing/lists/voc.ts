/**
 * Pascal VOC annotations, one XML file for each picture: `<annotation><filename/><object><name/><bndbox><xmin/>...`.
 * Corners are pixels; as in the tools that write them, a box is xmax - xmin wide. Source: PASCAL VOC 2012 development
 * kit. Pure.
 */
import type { Box } from '../../types';
import { nameOf } from './locate';
import { MAX_PARTS, type Said } from './said';
import { childOf, parseXml, textIn } from './xml';

export interface VocPicture {
  /** As the file has it, '' where it does not say. */
  readonly filename: string;
  readonly said: Said;
}

/** undefined where the XML is no annotation. Throws DatasetError 'bad-file' where it is no XML. */
export function readVoc(text: string): VocPicture | undefined {
  const root = parseXml(text);
  if (root.name !== 'annotation') return undefined;
  const boxes: Box[] = [];
  for (const thing of root.children) {
    if (thing.name !== 'object' || boxes.length >= MAX_PARTS) continue;
    const corners = childOf(thing, 'bndbox');
    const [left, top, right, bottom] = ['xmin', 'ymin', 'xmax', 'ymax'].map((side) =>
      Number(textIn(corners, side) || NaN),
    );
    const box = { label: textIn(thing, 'name'), x: left, y: top, width: right - left, height: bottom - top };
    if (box.width > 0 && box.height > 0) boxes.push(box);
  }
  return { filename: nameOf(textIn(root, 'filename').replaceAll('\\', '/')), said: { boxes } };
}

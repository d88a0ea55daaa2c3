/**
 * COCO's object detection JSON: `{images, annotations, categories}`, boxes as [x, y, width, height] in pixels from the
 * top left. Source: cocodataset.org, "Data format". Masks, crowds and key points are passed over. Pure.
 */
import type { Box } from '../../types';
import { isFields, MAX_PARTS, type Fields, type Said } from './said';

export function isCoco(value: unknown): value is Fields {
  return isFields(value) && Array.isArray(value['images']) && Array.isArray(value['annotations']);
}

const isId = (value: unknown): value is string | number => typeof value === 'string' || typeof value === 'number';

function byId(rows: unknown, name: string): Map<string, string> {
  const map = new Map<string, string>();
  for (const row of Array.isArray(rows) ? rows : [])
    if (isFields(row) && isId(row['id']) && typeof row[name] === 'string') map.set(String(row['id']), row[name]);
  return map;
}

/** A box, or a list of them: both are found. */
function cornersOf(bbox: unknown): number[][] {
  if (!Array.isArray(bbox)) return [];
  const lists: unknown[] = Array.isArray(bbox[0]) ? bbox : [bbox];
  return lists.filter(
    (list): list is number[] => Array.isArray(list) && list.length === 4 && list.every((side) => Number.isFinite(side)),
  );
}

/** By the file names in it; a picture without annotations has no boxes, which is said too. */
export function readCoco(value: Fields): Map<string, Said> {
  const files = byId(value['images'], 'file_name');
  const names = byId(value['categories'], 'name');
  const boxes = new Map<string, Box[]>([...files.values()].map((file) => [file, []]));
  for (const one of value['annotations'] as unknown[]) {
    if (!isFields(one)) continue;
    const list = boxes.get(files.get(String(one['image_id'])) ?? '');
    if (!list || list.length >= MAX_PARTS) continue;
    const label = names.get(String(one['category_id'])) ?? `class ${String(one['category_id'])}`;
    for (const [x, y, width, height] of cornersOf(one['bbox'])) list.push({ label, x, y, width, height });
  }
  return new Map([...boxes].map(([file, list]) => [file, { boxes: list }]));
}

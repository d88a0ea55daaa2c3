/** Boxes on a picture as a person draws, moves and resizes them: inside the picture, never too small to hold. Pure. */
import type { Box } from '../../../src/dataset/types';

export interface Size {
  readonly width: number;
  readonly height: number;
}
export interface Point {
  readonly x: number;
  readonly y: number;
}
/** Which edges a handle moves: -1 left or top, 1 right or bottom, 0 neither. */
export interface Grip {
  readonly x: -1 | 0 | 1;
  readonly y: -1 | 0 | 1;
}

export const leastSide = 2;
export const grips: readonly Grip[] = [
  { x: -1, y: -1 },
  { x: 0, y: -1 },
  { x: 1, y: -1 },
  { x: 1, y: 0 },
  { x: 1, y: 1 },
  { x: 0, y: 1 },
  { x: -1, y: 1 },
  { x: -1, y: 0 },
];

const clamp = (x: number, low: number, high: number): number => Math.min(Math.max(x, low), high);
/** Tenths of a pixel are finer than a hand. */
const round = (x: number): number => Math.round(x * 10) / 10;

/** The box between two corners, cut at the picture's edges; undefined where it is a slip rather than a box. */
export function drawn(from: Point, to: Point, picture: Size, label: string): Box | undefined {
  const left = clamp(Math.min(from.x, to.x), 0, picture.width);
  const right = clamp(Math.max(from.x, to.x), 0, picture.width);
  const top = clamp(Math.min(from.y, to.y), 0, picture.height);
  const bottom = clamp(Math.max(from.y, to.y), 0, picture.height);
  if (right - left < leastSide || bottom - top < leastSide) return undefined;
  return { label, x: round(left), y: round(top), width: round(right - left), height: round(bottom - top) };
}

export function movedBy(box: Box, by: Point, picture: Size): Box {
  return {
    ...box,
    x: round(clamp(box.x + by.x, 0, Math.max(0, picture.width - box.width))),
    y: round(clamp(box.y + by.y, 0, Math.max(0, picture.height - box.height))),
  };
}

export function resizedBy(box: Box, grip: Grip, by: Point, picture: Size): Box {
  let [left, top] = [box.x, box.y];
  let [right, bottom] = [box.x + box.width, box.y + box.height];
  if (grip.x < 0) left = clamp(left + by.x, 0, right - leastSide);
  if (grip.x > 0) right = clamp(right + by.x, left + leastSide, picture.width);
  if (grip.y < 0) top = clamp(top + by.y, 0, bottom - leastSide);
  if (grip.y > 0) bottom = clamp(bottom + by.y, top + leastSide, picture.height);
  return { ...box, x: round(left), y: round(top), width: round(right - left), height: round(bottom - top) };
}

export const replacedAt = (boxes: readonly Box[], index: number, box: Box): Box[] =>
  boxes.map((one, i) => (i === index ? box : one));

export const same = (a: readonly Box[], b: readonly Box[]): boolean =>
  a.length === b.length &&
  a.every((box, i) => (['label', 'x', 'y', 'width', 'height'] as const).every((key) => box[key] === b[i][key]));

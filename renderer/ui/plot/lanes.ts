/**
 * Which axes share a scale: those with the same units lie in one lane, lanes are stacked. Two units never share one
 * set of numbers at the edge. Pure.
 */
import type { Axis } from '../../../src/dataset/types';

export interface Lane {
  readonly units: string;
  /** Indices of the axes drawn here; hidden ones are left out, an empty lane is dropped. */
  readonly axes: readonly number[];
}

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export function lanesOf(axes: readonly Pick<Axis, 'units'>[], hidden: readonly number[] = []): Lane[] {
  const lanes = new Map<string, number[]>();
  axes.forEach((axis, index) => {
    if (hidden.includes(index)) return;
    lanes.set(axis.units, [...(lanes.get(axis.units) ?? []), index]);
  });
  return [...lanes].map(([units, members]) => ({ units, axes: members }));
}

/** Splits a box into equal lanes from top to bottom with a little air between them. */
export function laneBoxes(box: Box, count: number): Box[] {
  const air = 12;
  const height = (box.height - air * (count - 1)) / Math.max(count, 1);
  return Array.from({ length: count }, (_, i) => ({ ...box, y: box.y + i * (height + air), height }));
}

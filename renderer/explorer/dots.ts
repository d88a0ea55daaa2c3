/** The recordings on the map, and what of its findings still holds after labels were changed and recordings deleted. Pure. */
import type { CaptureSummary } from '../../src/dataset/types';
import type { ExplorerMap } from '../../src/project/contract';

/** A recording on the map. */
export interface Dot {
  readonly id: string;
  readonly x: number;
  readonly y: number;
  readonly label: string;
  /** 1 right, 0 wrong, -1 not tested. */
  readonly verdict: number;
}

export function dotsOf({ ids, points, labels, label, verdict }: ExplorerMap): Dot[] {
  return ids.map((id, i) => ({
    id,
    x: points[i * 2],
    y: points[i * 2 + 1],
    label: labels[label[i]],
    verdict: verdict[i],
  }));
}

/** Labels as they are now; deleted recordings are left out. */
export function relabelled(dots: readonly Dot[], now: readonly CaptureSummary[]): Dot[] {
  const labels = new Map(now.map(({ id, label }) => [id, label]));
  return dots.flatMap((dot) => {
    const label = labels.get(dot.id);
    return label === undefined ? [] : [label === dot.label ? dot : { ...dot, label }];
  });
}

/** How many recordings the map was made without because they were not there yet. */
export function addedSince(map: ExplorerMap, now: readonly CaptureSummary[]): number {
  const known = new Set(map.ids);
  return Math.max(0, now.filter(({ id }) => !known.has(id)).length - map.leftOut);
}

/** Doubts about labels that have not been changed since. */
export function openSuspects(map: ExplorerMap | undefined, dots: readonly Dot[]): ExplorerMap['suspects'] {
  const labels = new Map(dots.map(({ id, label }) => [id, label]));
  return (map?.suspects ?? []).filter(({ id, label }) => labels.get(id) === label);
}

/** Pairs of which both are still there. */
export function openDuplicates(map: ExplorerMap | undefined, dots: readonly Dot[]): ExplorerMap['duplicates'] {
  const there = new Set(dots.map(({ id }) => id));
  return (map?.duplicates ?? []).filter(([a, b]) => there.has(a) && there.has(b));
}

/**
 * Labelled parts of a recording as a person draws, moves and stretches them: inside the recording, never too short to
 * hold. What a person draws does not reach into its neighbours; parts that came in overlapping stay as they are. Pure.
 */
import type { Segment } from '../../../src/dataset/types';

export interface Stretch {
  readonly start: number;
  readonly end: number;
}
export type Edge = 'start' | 'end';

const clamp = (x: number, low: number, high: number): number => Math.min(Math.max(x, low), high);

/** By where they begin, then by where they end. */
export const sorted = (parts: readonly Segment[]): Segment[] =>
  [...parts].sort((a, b) => a.start - b.start || a.end - b.end);

export const same = (a: readonly Segment[], b: readonly Segment[]): boolean =>
  a.length === b.length &&
  a.every((part, i) => part.start === b[i].start && part.end === b[i].end && part.label === b[i].label);

/** How far a stretch may reach: to the end of the last part before it, and to the start of the first one after it. */
function room(others: readonly Stretch[], { start, end }: Stretch, frames: number): Stretch {
  const before = others.filter((other) => other.end <= start).map((other) => other.end);
  const after = others.filter((other) => other.start >= end).map((other) => other.start);
  return { start: Math.max(0, ...before), end: Math.min(frames, ...after) };
}

const without = (parts: readonly Segment[], index: number): Segment[] => parts.filter((_, i) => i !== index);

/** A part between two frames, cut where its neighbours are; undefined where it begins on one, or is a slip. */
export function drawn(
  parts: readonly Segment[],
  from: number,
  to: number,
  frames: number,
  least: number,
): Stretch | undefined {
  // Where the hand went down decides between which neighbours it lies.
  const at = clamp(Math.round(from), 0, frames);
  if (parts.some((part) => at > part.start && at < part.end)) return undefined;
  const bounds = room(parts, { start: at, end: at }, frames);
  const start = clamp(Math.round(Math.min(from, to)), bounds.start, bounds.end);
  const end = clamp(Math.round(Math.max(from, to)), bounds.start, bounds.end);
  return end - start < least ? undefined : { start, end };
}

/** The part moved by `by` frames, as far as its neighbours let it. */
export function moved(parts: readonly Segment[], index: number, by: number, frames: number): Segment {
  const part = parts[index];
  const bounds = room(without(parts, index), part, frames);
  const step = clamp(Math.round(by), bounds.start - part.start, bounds.end - part.end);
  return { ...part, start: part.start + step, end: part.end + step };
}

/** One end of the part put at a frame; `least` frames remain. */
export function stretched(
  parts: readonly Segment[],
  index: number,
  edge: Edge,
  to: number,
  frames: number,
  least: number,
): Segment {
  const part = parts[index];
  const bounds = room(without(parts, index), part, frames);
  return edge === 'start'
    ? { ...part, start: clamp(Math.round(to), bounds.start, Math.max(bounds.start, part.end - least)) }
    : { ...part, end: clamp(Math.round(to), Math.min(bounds.end, part.start + least), bounds.end) };
}

/** A stretch of about `length` frames near `at` that no part lies on; undefined where there is no room. */
export function free(
  parts: readonly Segment[],
  at: number,
  length: number,
  frames: number,
  least: number,
): Stretch | undefined {
  const taken = sorted(parts);
  const edges = [0, ...taken.map((part) => part.end)];
  const gaps = edges
    .map((start, i) => ({ start: Math.max(...edges.slice(0, i + 1)), end: taken[i]?.start ?? frames, at: start }))
    .filter((gap) => gap.end - gap.start >= least);
  const away = (gap: Stretch): number => Math.max(gap.start - at, at - gap.end, 0);
  const [gap] = gaps.sort((a, b) => away(a) - away(b));
  if (!gap) return undefined;
  const whole = Math.min(Math.round(length), gap.end - gap.start);
  const start = clamp(Math.round(at - whole / 2), gap.start, gap.end - whole);
  return { start, end: start + whole };
}

/** For each part, how many of those before it reach into it: its name is written so many lines lower. */
export function depths(parts: readonly Stretch[]): number[] {
  return parts.map((part, i) => parts.slice(0, i).filter((other) => other.end > part.start).length);
}

/** The view of `frames` zoomed by `factor` around a frame; never closer than `least` frames, never beyond the ends. */
export function zoomed(view: Stretch, factor: number, around: number, frames: number, least: number): Stretch {
  const length = clamp((view.end - view.start) / factor, Math.min(least, frames), frames);
  const share = (around - view.start) / (view.end - view.start);
  const start = clamp(around - share * length, 0, frames - length);
  return { start, end: start + length };
}

export function panned(view: Stretch, by: number, frames: number): Stretch {
  const length = view.end - view.start;
  const start = clamp(view.start + by, 0, frames - length);
  return { start, end: start + length };
}

/** The view moved just so far that a stretch lies in it with a little air; its start, where it is longer than the view. */
export function brought(view: Stretch, part: Stretch, frames: number): Stretch {
  const length = view.end - view.start;
  const air = length * 0.05;
  if (part.start >= view.start && part.end <= view.end) return view;
  const late = part.end - view.end + air;
  const early = part.start - view.start - air;
  return panned(view, part.start < view.start || part.end - part.start > length ? early : late, frames);
}

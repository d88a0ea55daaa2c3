/** Parts of a recording as a person moves them: none overlap, all lie inside, none is shorter than can be seen. Pure. */

export interface Part {
  readonly start: number;
  readonly end: number;
}

/** What a part may reach from: the end of the one before, and the start of the one after. */
function room(parts: readonly Part[], index: number, frames: number): Part {
  return { start: index > 0 ? parts[index - 1].end : 0, end: parts[index + 1]?.start ?? frames };
}

const replaced = (parts: readonly Part[], index: number, part: Part): Part[] =>
  parts.map((one, i) => (i === index ? part : one));

/** Moves a part by `by` frames, no further than its neighbours let it. */
export function moved(parts: readonly Part[], index: number, by: number, frames: number): Part[] {
  const part = parts[index];
  const { start, end } = room(parts, index, frames);
  const step = Math.min(Math.max(by, start - part.start), end - part.end);
  return replaced(parts, index, { start: part.start + step, end: part.end + step });
}

/** Puts one edge of a part at a frame; `least` frames remain. */
export function resized(
  parts: readonly Part[],
  index: number,
  edge: 'start' | 'end',
  to: number,
  frames: number,
  least: number,
): Part[] {
  const part = parts[index];
  const bounds = room(parts, index, frames);
  return replaced(
    parts,
    index,
    edge === 'start'
      ? { start: Math.max(bounds.start, Math.min(to, part.end - least)), end: part.end }
      : { start: part.start, end: Math.min(bounds.end, Math.max(to, part.start + least)) },
  );
}

/** A new part of `length` frames around a frame, as long as there is room; the same parts where there is none. */
export function added(
  parts: readonly Part[],
  at: number,
  length: number,
  frames: number,
  least: number,
): { parts: readonly Part[]; index: number } {
  if (parts.some((part) => at >= part.start && at < part.end)) return { parts, index: -1 };
  const index = parts.filter((part) => part.end <= at).length;
  const low = index > 0 ? parts[index - 1].end : 0;
  const high = parts[index]?.start ?? frames;
  const whole = Math.min(length, high - low);
  if (whole < least) return { parts, index: -1 };
  const start = Math.min(Math.max(Math.round(at - whole / 2), low), high - whole);
  return { parts: [...parts.slice(0, index), { start, end: start + whole }, ...parts.slice(index)], index };
}

export const removed = (parts: readonly Part[], index: number): Part[] => parts.filter((_, i) => i !== index);

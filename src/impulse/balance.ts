/**
 * Which windows teach where one label has hours and the others seconds: five minutes of nothing are six hundred windows,
 * twenty words are twenty. Long recordings of such a label give fewer windows, spread over all of them; every recording
 * gives at least one. Knows nothing of features.
 */
import type { CaptureSummary } from '../dataset';
import type { ResolvedImpulse } from './types';
import { labelAt, windowStarts } from './windows';

/** So many times the windows of the label in the middle. */
const most = 2;

interface Window {
  readonly id: string;
  readonly start: number;
  /** Later windows of a recording may be spared. */
  readonly spare: boolean;
}

export interface Balanced {
  readonly starts: ReadonlyMap<string, readonly number[]>;
  /** Labels of which windows were spared: how many there are, and how many of them were kept. */
  readonly thinned: readonly { readonly label: string; readonly windows: number; readonly kept: number }[];
}

function byLabel(captures: readonly CaptureSummary[], resolved: ResolvedImpulse): Map<string, Window[]> {
  const windows = new Map<string, Window[]>();
  const ordered = [...captures].sort((a, b) => (a.hash + a.id < b.hash + b.id ? -1 : 1));
  for (const capture of ordered) {
    const seen = new Set<string>();
    for (const start of windowStarts(capture, resolved)) {
      const label = labelAt(capture, start);
      const own = windows.get(label) ?? [];
      own.push({ id: capture.id, start, spare: seen.has(label) });
      windows.set(label, own);
      seen.add(label);
    }
  }
  return windows;
}

export function balancedStarts(
  captures: readonly CaptureSummary[],
  resolved: ResolvedImpulse,
  labels: readonly string[],
): Balanced {
  const windows = byLabel(captures, resolved);
  const counts = labels.map((label) => windows.get(label)?.length ?? 0).sort((a, b) => a - b);
  // Of an even number of labels the lower one: with two, the rarer sets the measure.
  const limit = most * Math.max(1, counts[(counts.length - 1) >> 1] ?? 1);
  const starts = new Map<string, number[]>(captures.map(({ id }) => [id, []]));
  const thinned: { label: string; windows: number; kept: number }[] = [];
  for (const [label, own] of windows) {
    const spare = own.filter((window) => window.spare).length;
    const room = Math.min(spare, Math.max(0, limit - (own.length - spare)));
    let at = 0;
    const kept = own.filter((window) => {
      if (!window.spare) return true;
      at++;
      return Math.floor((at * room) / spare) > Math.floor(((at - 1) * room) / spare);
    });
    for (const { id, start } of kept) starts.get(id)?.push(start);
    if (room < spare && labels.includes(label)) thinned.push({ label, windows: own.length, kept: kept.length });
  }
  for (const list of starts.values()) list.sort((a, b) => a - b);
  return { starts, thinned: thinned.sort((a, b) => (a.label < b.label ? -1 : 1)) };
}

/**
 * Which captures are held out for testing. Whole groups (a person, a session, or one capture) go to one side, never
 * windows: a model is judged on what it has not seen. Pure and deterministic; orders come from hashes of names and
 * contents, not from random ids, so two imports of the same files split alike.
 */
import { DatasetError } from './errors';
import type { AutoSplitOptions, Split, SplitBy } from './types';

/** How new captures are split: as the last automatic split was made. */
export const defaultSplitting: AutoSplitOptions = { by: 'capture', testing: 0.2, seed: 1 };

export interface SplitItem {
  readonly label: string;
  /** What must stay together; see `groupOf`. */
  readonly group: string;
  /** undefined where the split may be chosen. */
  readonly pinned: Split | undefined;
}

interface Grouped {
  readonly person: string;
  readonly session: string;
  readonly hash: string;
}

/** The group of a capture; where the person or session is not known it stands alone. */
export function groupOf(capture: Grouped, by: SplitBy): string {
  if (by === 'person' && capture.person) return `person:${capture.person}`;
  if (by === 'session' && capture.session) return `session:${capture.session}`;
  return `capture:${capture.hash}`;
}

/** A number in [0, 1) that depends on every bit of the text and the seed: FNV-1a with murmur3's finaliser. */
export function hashUnit(text: string, seed: number): number {
  let hash = (0x811c9dc5 ^ Math.imul(seed, 0x9e3779b1)) >>> 0;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193) >>> 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 4294967296;
}

interface Group {
  readonly key: string;
  readonly order: number;
  readonly counts: Map<string, number>;
  pinned: Split | undefined;
  testing: boolean;
}

function gather(items: readonly SplitItem[], seed: number): Group[] {
  const groups = new Map<string, Group>();
  for (const item of items) {
    let group = groups.get(item.group);
    if (!group) {
      group = {
        key: item.group,
        order: hashUnit(item.group, seed),
        counts: new Map(),
        pinned: undefined,
        testing: false,
      };
      groups.set(item.group, group);
    }
    group.counts.set(item.label, (group.counts.get(item.label) ?? 0) + 1);
    // A group with pins on both sides cannot be kept together any more; what is free of it goes to training.
    if (item.pinned) group.pinned = group.pinned && group.pinned !== item.pinned ? 'training' : item.pinned;
    group.testing = group.pinned === 'testing';
  }
  return [...groups.values()].sort((a, b) => a.order - b.order || (a.key < b.key ? -1 : 1));
}

/** Captures per label in the groups of one side. */
function countSide(groups: readonly Group[], testing: boolean): Map<string, number> {
  const counts = new Map<string, number>();
  for (const group of groups) {
    if (group.testing !== testing) continue;
    for (const [label, count] of group.counts) counts.set(label, (counts.get(label) ?? 0) + count);
  }
  return counts;
}

/** How much closer to the wished counts the testing side comes with this group in it. */
function gainOf(group: Group, wished: Map<string, number>, reached: Map<string, number>): number {
  let gain = 0;
  for (const [label, count] of group.counts) {
    const missing = (wished.get(label) as number) - (reached.get(label) ?? 0);
    gain += Math.abs(missing) - Math.abs(missing - count);
  }
  return gain;
}

/** Moves one free group with the label to the side that has none of it, where that strips no label of its other side. */
function rescueLabels(groups: readonly Group[], labels: Iterable<string>, toTesting: boolean): void {
  for (const label of labels) {
    if ((countSide(groups, toTesting).get(label) ?? 0) > 0) continue;
    const other = countSide(groups, !toTesting);
    const fits = (group: Group): boolean => [...group.counts].every(([name, count]) => (other.get(name) ?? 0) > count);
    const candidates = groups.filter(
      (group) => !group.pinned && group.testing !== toTesting && group.counts.has(label),
    );
    const chosen = candidates.find(fits);
    if (chosen) chosen.testing = toTesting;
  }
}

/** One split per item: pinned ones as they are, the others chosen group by group, stratified by label. */
export function planSplit(items: readonly SplitItem[], testing: number, seed: number): Split[] {
  if (!(testing >= 0 && testing <= 0.9)) {
    const action = 'Ask for a share between 0 and 0.9.';
    throw new DatasetError('bad-request', `${testing} is no share of captures to keep for testing.`, action);
  }
  const groups = gather(items, seed);
  if (testing > 0) {
    const totals = new Map<string, number>();
    for (const item of items) totals.set(item.label, (totals.get(item.label) ?? 0) + 1);
    const wished = new Map([...totals].map(([label, count]) => [label, count * testing]));
    const reached = countSide(groups, true);
    for (const group of groups) {
      if (group.pinned || gainOf(group, wished, reached) <= 1e-9) continue;
      group.testing = true;
      for (const [label, count] of group.counts) reached.set(label, (reached.get(label) ?? 0) + count);
    }
    rescueLabels(groups, [...totals.keys()].sort(), true);
    rescueLabels(groups, [...totals.keys()].sort(), false);
  }
  const testingKeys = new Set(groups.filter((group) => group.testing).map((group) => group.key));
  return items.map((item) => item.pinned ?? (testingKeys.has(item.group) ? 'testing' : 'training'));
}

/** Chooses the split of captures one by one as they arrive, in the manner of the last automatic split. */
export class ArrivalSplitter {
  private readonly labels = new Map<string, { training: number; testing: number }>();
  private readonly groups = new Map<string, { training: number; testing: number }>();

  constructor(private readonly options: AutoSplitOptions) {}

  private static bump(map: Map<string, { training: number; testing: number }>, key: string, split: Split): void {
    const counts = map.get(key) ?? { training: 0, testing: 0 };
    counts[split]++;
    map.set(key, counts);
  }

  /** Tells what is there already. */
  note(capture: Grouped & { readonly label: string; readonly split: Split }): void {
    ArrivalSplitter.bump(this.labels, capture.label, capture.split);
    ArrivalSplitter.bump(this.groups, groupOf(capture, this.options.by), capture.split);
  }

  /** A known group keeps its side; a new one goes by its hash, held to about the wished share of each label. */
  choose(capture: Grouped & { readonly label: string }): Split {
    const key = groupOf(capture, this.options.by);
    const group = this.groups.get(key);
    if (group) return group.testing > group.training ? 'testing' : 'training';
    const { training, testing } = this.labels.get(capture.label) ?? { training: 0, testing: 0 };
    const wished = (training + testing + 1) * this.options.testing;
    if (training === 0 || this.options.testing === 0) return 'training';
    if (testing === 0 && wished >= 1) return 'testing';
    if (testing + 1 > Math.max(1, wished * 1.5)) return 'training';
    return hashUnit(key, this.options.seed) < this.options.testing ? 'testing' : 'training';
  }
}

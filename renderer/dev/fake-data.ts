/** The fake's recordings, with the same edits and the same undo that the real dataset has. */
import type { Capture, CaptureNotes, CaptureQuery, CaptureSummary } from '../../src/dataset/types';
import type { LabelCount } from '../../src/project/contract';
import { drawObject, pictureSize, valuesOf, worldOf, type World } from './worlds';

const persons = ['Ada', 'Ben', 'Chidi', 'Dana', 'Emre'];

interface Change {
  readonly what: string;
  readonly before: readonly CaptureSummary[];
  readonly after: readonly CaptureSummary[];
}

export class FakeData {
  items: readonly CaptureSummary[] = [];
  private done: Change[] = [];
  private undone: Change[] = [];
  private next = 0;

  constructor(
    size: number,
    private readonly world: World = worldOf('motion'),
  ) {
    const items: CaptureSummary[] = [];
    for (let i = 0; i < size; i++) {
      const person = persons[Math.floor(i / 4) % persons.length];
      items.push(
        this.make(world.labels[i % world.labels.length], {
          person,
          session: i % 40 < 20 ? 'Monday' : 'Tuesday',
          gap: i % 17 === 5 && world.kind === 'motion',
        }),
      );
    }
    this.items = items.map((item) => (item.person === 'Emre' ? { ...item, split: 'testing' } : item));
  }

  make(
    label: string,
    extra: { person?: string; session?: string; gap?: boolean; frames?: number } = {},
  ): CaptureSummary {
    const n = this.next++;
    const { world } = this;
    const picture = world.kind === 'image';
    return {
      id: `c${String(n).padStart(6, '0')}`,
      label,
      split: 'training',
      splitPinned: false,
      person: extra.person ?? '',
      session: extra.session ?? '',
      device: 'Simulated board',
      sensor: { motion: 'imu', audio: 'microphone', image: 'camera', other: '' }[world.kind],
      createdAt: new Date(Date.UTC(2026, 4, 4, 9, 0, n * 7)).toISOString(),
      source: '',
      gaps: extra.gap ? [{ at: 96, lost: 14 }] : [],
      segments: [],
      boxes: picture ? drawObject(label, n + 1).boxes : [],
      note: '',
      hash: `fake-${n}`,
      kind: world.kind,
      axes: world.axes,
      rateHz: world.rateHz,
      frames: picture ? world.frames : (extra.frames ?? world.frames),
      ...(picture && { width: pictureSize }),
    };
  }

  get undoName(): string {
    return this.done.at(-1)?.what ?? '';
  }
  get redoName(): string {
    return this.undone.at(-1)?.what ?? '';
  }

  find(query: CaptureQuery): readonly CaptureSummary[] {
    const ids = query.ids && new Set(query.ids);
    const text = query.text?.toLowerCase();
    return this.items.filter(
      (item) =>
        (!query.label || item.label === query.label) &&
        (!query.split || item.split === query.split) &&
        (!query.person || item.person === query.person) &&
        (!ids || ids.has(item.id)) &&
        (!text || `${item.label} ${item.person} ${item.session} ${item.id}`.toLowerCase().includes(text)),
    );
  }

  get(id: string): Capture | undefined {
    const item = this.items.find((one) => one.id === id);
    return item && { ...item, values: valuesOf(this.world, item, Number(id.slice(1)) + 1) };
  }

  add(item: CaptureSummary): void {
    this.commit(`record ${item.label}`, [...this.items, item]);
  }

  update(what: string, ids: readonly string[], change: Partial<CaptureNotes>): void {
    const wanted = new Set(ids);
    this.commit(
      what,
      this.items.map((item) => (wanted.has(item.id) ? { ...item, ...change } : item)),
    );
  }

  replace(what: string, id: string, by: readonly CaptureSummary[]): void {
    this.commit(what, [...this.items.filter((item) => item.id !== id), ...by]);
  }

  remove(ids: readonly string[]): void {
    const gone = new Set(ids);
    this.commit(
      `delete ${ids.length} recordings`,
      this.items.filter((item) => !gone.has(item.id)),
    );
  }

  split(by: 'person' | 'session' | 'capture', share: number): void {
    const keyOf = (item: CaptureSummary): string =>
      by === 'person' ? item.person : by === 'session' ? item.session : item.id;
    const keys = [...new Set(this.items.map(keyOf))].sort();
    const testing = new Set(keys.slice(0, Math.max(1, Math.round(keys.length * share))));
    this.commit(
      'split',
      this.items.map((item) => ({ ...item, split: testing.has(keyOf(item)) ? 'testing' : 'training' })),
    );
  }

  undo(): void {
    const change = this.done.pop();
    if (!change) return;
    this.items = change.before;
    this.undone.push(change);
  }

  redo(): void {
    const change = this.undone.pop();
    if (!change) return;
    this.items = change.after;
    this.done.push(change);
  }

  counts(): LabelCount[] {
    const counts = new Map<string, { training: number; testing: number; seconds: number }>();
    for (const item of this.items) {
      const entry = counts.get(item.label) ?? { training: 0, testing: 0, seconds: 0 };
      entry[item.split]++;
      entry.seconds += item.frames / item.rateHz;
      counts.set(item.label, entry);
    }
    return [...counts].sort(([a], [b]) => a.localeCompare(b)).map(([label, entry]) => ({ label, ...entry }));
  }

  distinct(key: 'person' | 'session'): string[] {
    return [...new Set(this.items.map((item) => item[key]).filter(Boolean))].sort();
  }

  private commit(what: string, after: readonly CaptureSummary[]): void {
    this.done.push({ what, before: this.items, after });
    this.undone = [];
    this.items = after;
  }
}

/**
 * How changes are carried out and taken back: writing captures and notes, moving them to the trash and back, and
 * keeping the list in step with the files. Calls never overlap; `Dataset` sees to that.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { replaceFile, type Disk } from '../base';
import { stampOf, summaryOf, type Catalogue, type Entry } from './catalogue';
import { DatasetError, diskError } from './errors';
import type { History, Step } from './history';
import type { ImportTarget } from './importing/import';
import { completeNotes, dataExtensions, idPattern, type DataExtension } from './notes';
import { patchBetween } from './reading';
import { ArrivalSplitter, defaultSplitting, groupOf, planSplit } from './splitting';
import type { CaptureStore, PreparedCapture } from './store';
import type { AutoSplitOptions } from './types';

const BATCH = 64;

export class Editor {
  splitting: AutoSplitOptions = defaultSplitting;
  readonly problems: string[] = [];

  constructor(
    private readonly folder: string,
    private readonly disk: Disk,
    private readonly store: CaptureStore,
    private readonly catalogue: Catalogue,
    private readonly history: History,
  ) {}

  entry(id: string): Entry {
    const entry = this.catalogue.entries.get(id);
    if (entry) return entry;
    throw new DatasetError(
      'unknown-capture',
      `There is no capture ${id.slice(0, 130)}.`,
      'It may have been deleted; Undo brings it back.',
    );
  }

  splitter(): ArrivalSplitter {
    const splitter = new ArrivalSplitter(this.splitting);
    for (const entry of this.catalogue.entries.values()) splitter.note(summaryOf(entry));
    return splitter;
  }

  async keep(captures: readonly PreparedCapture[]): Promise<void> {
    try {
      await this.store.write(captures);
    } catch (error) {
      this.resync(captures.map((capture) => capture.id));
      throw error;
    }
    for (const { id, notes, data } of captures) {
      const stamp = stampOf(this.store.notesPath(id)) ?? { size: 0, time: 0 };
      this.catalogue.set({ id, notes, data, stamp, problem: '' });
    }
  }

  /** After a failure: what is on the disk is what counts, whether it came before or after the failing call. */
  private resync(ids: readonly string[]): void {
    for (const id of ids) {
      const file = this.dataFileOf(id);
      const known = this.catalogue.entries.get(id);
      const stamp = stampOf(this.store.notesPath(id));
      const unchanged = file && known && stamp && known.stamp.size === stamp.size && known.stamp.time === stamp.time;
      if (unchanged) continue;
      const entry = file ? this.catalogue.readEntry(id, file) : undefined;
      if (entry && typeof entry !== 'string') this.catalogue.set(entry);
      else if (known) this.catalogue.remove(id);
    }
  }

  /** Writes a step down, carries it out, and forgets it again where nothing of it happened. */
  async step(step: Step, work: () => Promise<void>): Promise<void> {
    await this.history.begin(step);
    const before = [...this.catalogue.entries.values()];
    try {
      await work();
    } catch (error) {
      const now = [...this.catalogue.entries.values()];
      if (now.length === before.length && now.every((entry, i) => entry === before[i])) await this.history.abandon();
      throw error;
    }
  }

  async applyPatches(changed: NonNullable<Step['changed']>, side: 'before' | 'after'): Promise<void> {
    const ids = Object.keys(changed).filter((id) => this.catalogue.entries.has(id));
    const apply = async (id: string): Promise<void> => {
      const entry = this.entry(id);
      const patch = changed[id][side];
      const merged = { ...entry.notes, ...patch, ...(patch.trim === null ? { trim: undefined } : {}) };
      const notes = completeNotes(merged);
      await this.store.writeNotes(id, notes, entry.data);
      const stamp = stampOf(this.store.notesPath(id)) ?? entry.stamp;
      this.catalogue.set({ ...entry, notes, stamp, problem: '' });
    };
    for (let at = 0; at < ids.length; at += BATCH) {
      const batch = ids.slice(at, at + BATCH);
      const results = await Promise.allSettled(batch.map(apply));
      const failed = results.find((result) => result.status === 'rejected');
      if (!failed) continue;
      this.resync(batch);
      throw failed.reason;
    }
  }

  async toTrash(ids: readonly string[]): Promise<void> {
    try {
      await this.store.move(ids, 'trash');
    } finally {
      this.resync(ids);
    }
  }

  private dataFileOf(id: string): DataExtension | undefined {
    return dataExtensions.find((file) => existsSync(join(this.store.captures, `${id}.${file}`)));
  }

  async fromTrash(ids: readonly string[]): Promise<void> {
    const missing = await this.store.move(ids, 'captures').finally(() => this.resync(ids));
    const lost = missing.filter((id) => !this.catalogue.entries.has(id));
    if (lost.length > 0)
      this.problems.push(`${lost.length} deleted captures are not in the trash any more and stay deleted.`);
  }

  splitPatches(entries: readonly Entry[], options: AutoSplitOptions): NonNullable<Step['changed']> {
    const items = entries.map((entry) => ({
      label: entry.notes.label,
      group: groupOf(summaryOf(entry), options.by),
      pinned: entry.notes.splitPinned ? entry.notes.split : undefined,
    }));
    const splits = planSplit(items, options.testing, options.seed);
    const patches = entries.map(
      (entry, i) => [entry.id, patchBetween(entry.notes, { ...entry.notes, split: splits[i] })] as const,
    );
    return Object.fromEntries(
      patches.filter((pair): pair is [string, NonNullable<(typeof pair)[1]>] => pair[1] !== undefined),
    );
  }

  /** What an import may do to this dataset. */
  importTarget(prefix: string): ImportTarget {
    const splitter = this.splitter();
    const known = new Set([...this.catalogue.entries.values()].map((entry) => entry.data.hash));
    return {
      prefix,
      splitter,
      known,
      keep: (captures: readonly PreparedCapture[]) => this.keep(captures),
      /** Where an import brought several people (or sessions), no one of them shall be on both sides. */
      finish: async (ids: readonly string[]): Promise<void> => {
        const entries = ids.map((id) => this.entry(id)).filter((entry) => !entry.notes.splitPinned);
        const by = (['person', 'session'] as const).find(
          (who) => new Set(entries.map((entry) => entry.notes[who])).size >= 3,
        );
        if (!by || this.splitting.by !== 'capture') return;
        await this.applyPatches(this.splitPatches(entries, { ...this.splitting, by }), 'after');
      },
      rateFor: (axes: number): number | undefined => {
        const rates = [...this.catalogue.entries.values()].filter((entry) => entry.data.axes.length === axes);
        return rates[0]?.data.rateHz;
      },
    };
  }

  /** Takes back the last step, or carries the last undone one out again. Resolves with its name, '' where there is none. */
  async replay(direction: 'undo' | 'redo'): Promise<string> {
    const undoing = direction === 'undo';
    const step = undoing ? this.history.last() : this.history.next();
    if (!step) return '';
    const added = step.addedPrefix;
    if (added && undoing) await this.toTrash(this.idsFrom(added));
    if (added && !undoing) await this.fromTrash(await this.store.trashed(added));
    const [gone, back] = undoing ? [step.restored, step.removed] : [step.removed, step.restored];
    if (gone) await this.toTrash(gone.filter((id) => this.catalogue.entries.has(id)));
    if (back) await this.fromTrash(back.filter((id) => idPattern.test(id)));
    if (step.changed) await this.applyPatches(step.changed, undoing ? 'before' : 'after');
    if (step.splitting) await this.saveSplitting(undoing ? step.splitting.before : step.splitting.after);
    await this.history.flip(direction);
    return step.name;
  }

  private idsFrom(prefix: string): string[] {
    return [...this.catalogue.entries.keys()].filter((id) => id.startsWith(prefix));
  }

  async saveSplitting(splitting: AutoSplitOptions): Promise<void> {
    try {
      const content = { format: 'dormouse-dataset', version: 1, splitting };
      await replaceFile(join(this.folder, 'dataset.json'), `${JSON.stringify(content, undefined, 1)}\n`, this.disk);
      this.splitting = splitting;
    } catch (error) {
      throw diskError(error, 'saving how captures are split');
    }
  }
}

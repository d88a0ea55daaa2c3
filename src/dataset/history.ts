/**
 * What can be undone, on disk: one small file per step in `trash/history/`, written before the step is carried out,
 * so that a step cut short by a crash can still be undone as a whole. Deleting the trash folder forgets the past and
 * harms nothing else.
 */
import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isTemporaryName, replaceFile, type Disk } from '../base';
import { diskError, isMissing } from './errors';
import type { AutoSplitOptions, CaptureNotes } from './types';

export type NotesPatch = { -readonly [K in keyof CaptureNotes]?: CaptureNotes[K] | null };

export interface Step {
  /** As the interface says it after "Undo": 'label 3 captures "wave"'. */
  readonly name: string;
  /** Captures that the step brought: all whose id starts so. */
  readonly addedPrefix?: string;
  readonly removed?: readonly string[];
  readonly restored?: readonly string[];
  /** Per id: the fields that changed, before and after; null = not there. */
  readonly changed?: Readonly<Record<string, { readonly before: NotesPatch; readonly after: NotesPatch }>>;
  readonly splitting?: { readonly before: AutoSplitOptions; readonly after: AutoSplitOptions };
}

const MAX_STEPS = 200;

export class History {
  private done: number[] = [];
  private undone: number[] = [];
  private readonly folder: string;

  constructor(
    project: string,
    private readonly disk: Disk,
  ) {
    this.folder = join(project, 'trash', 'history');
  }

  async load(writable: boolean): Promise<void> {
    let names: string[] = [];
    try {
      names = await readdir(this.folder);
    } catch (error) {
      if (!isMissing(error)) throw diskError(error, 'reading what can be undone');
    }
    const numbers = (pattern: RegExp): number[] =>
      names
        .flatMap((name) => pattern.exec(name)?.[1] ?? [])
        .map(Number)
        .sort((a, b) => a - b);
    this.undone = numbers(/^(\d{1,9})\.undone\.json$/).reverse();
    this.done = numbers(/^(\d{1,9})\.json$/);
    if (!writable) return;
    for (const name of names.filter(isTemporaryName))
      await this.disk.remove(join(this.folder, name)).catch(() => undefined);
  }

  private path(step: number, undone: boolean): string {
    return join(this.folder, `${String(step).padStart(6, '0')}${undone ? '.undone' : ''}.json`);
  }

  private read(step: number | undefined, undone: boolean): Step | undefined {
    if (step === undefined) return undefined;
    try {
      const value = JSON.parse(readFileSync(this.path(step, undone), 'utf8')) as Step;
      return typeof value === 'object' && value !== null && typeof value.name === 'string' ? value : undefined;
    } catch {
      return undefined;
    }
  }

  /** The step that undo would take back; damaged ones are passed over. */
  last(): Step | undefined {
    while (this.done.length > 0) {
      const step = this.read(this.done.at(-1), false);
      if (step) return step;
      this.done.pop();
    }
    return undefined;
  }

  /** The step that redo would carry out again. */
  next(): Step | undefined {
    while (this.undone.length > 0) {
      const step = this.read(this.undone.at(-1), true);
      if (step) return step;
      this.undone.pop();
    }
    return undefined;
  }

  /** What the newest deletion removed. */
  lastRemoved(): readonly string[] {
    for (const number of [...this.done].reverse()) {
      const removed = this.read(number, false)?.removed;
      if (removed) return removed;
    }
    return [];
  }

  /** Writes a new step down, before it is carried out; what was undone cannot be redone any more. */
  async begin(step: Step): Promise<void> {
    try {
      await this.disk.makeFolder(this.folder);
      const number = Math.max(0, ...this.done, ...this.undone) + 1;
      await replaceFile(this.path(number, false), JSON.stringify(step), this.disk);
      this.done.push(number);
      for (const old of this.undone.splice(0)) await this.disk.remove(this.path(old, true));
      while (this.done.length > MAX_STEPS) await this.disk.remove(this.path(this.done.shift() as number, false));
    } catch (error) {
      throw diskError(error, 'writing down what can be undone');
    }
  }

  /** Forgets the newest step: nothing of it was carried out. */
  async abandon(): Promise<void> {
    const step = this.done.pop();
    if (step !== undefined) await this.disk.remove(this.path(step, false)).catch(() => undefined);
  }

  /** Forgets all steps, so that nothing can be undone any more; what they did stays. */
  async forget(): Promise<void> {
    for (const step of this.undone.splice(0)) await this.disk.remove(this.path(step, true)).catch(() => undefined);
    for (const step of this.done.splice(0)) await this.disk.remove(this.path(step, false)).catch(() => undefined);
  }

  /** Marks the newest step as undone, or the newest undone one as done again. */
  async flip(direction: 'undo' | 'redo'): Promise<void> {
    const [from, to] = direction === 'undo' ? [this.done, this.undone] : [this.undone, this.done];
    const step = from.at(-1);
    if (step === undefined) return;
    try {
      await this.disk.rename(this.path(step, direction === 'redo'), this.path(step, direction === 'undo'));
      await this.disk.syncFolder(this.folder);
    } catch (error) {
      throw diskError(error, 'writing down what can be undone');
    }
    from.pop();
    to.push(step);
  }
}

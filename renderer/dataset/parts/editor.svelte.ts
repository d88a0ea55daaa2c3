/** The labelled parts of one recording in the sheet: changed at once, stored a moment later, so that a row of keys is one edit. */
import type { Capture, Segment } from '../../../src/dataset/types';
import type { Session } from '../../shell/session.svelte';
import { problemOf, type Problem } from '../../ui/problem';
import { Player } from '../player.svelte';
import { same, sorted, type Stretch } from './parts';
import { partWords as words } from './words';

const settleMs = 350;
/** Shorter than this cannot be seen, nor held. */
const leastSeconds = 0.02;

export class PartEditor {
  shown = $state(false);
  capture = $state.raw<Capture | undefined>(undefined);
  parts = $state.raw<readonly Segment[]>([]);
  /** The part that was touched last; -1 = none. */
  chosen = $state(-1);
  /** What the next part is called. */
  label = $state('');
  /** Frames in sight. */
  view = $state.raw<Stretch>({ start: 0, end: 1 });
  problem = $state.raw<Problem | undefined>(undefined);
  readonly player = new Player();
  private stored: readonly Segment[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;

  readonly frames = $derived(this.capture?.frames ?? 1);
  readonly rate = $derived(this.capture?.rateHz ?? 1);
  readonly least = $derived(Math.max(1, Math.round(this.rate * leastSeconds)));

  constructor(private readonly session: Session) {
    session.bridge.on('project.changed', () => {
      if (this.shown && this.capture) void this.refresh(this.capture.id);
    });
  }

  open(capture: Capture): void {
    this.player.reset();
    this.capture = capture;
    this.view = { start: 0, end: capture.frames };
    this.take(capture);
    this.chosen = -1;
    this.problem = undefined;
    this.label = this.parts.at(0)?.label ?? capture.label;
    this.shown = true;
  }

  close(): void {
    void this.store();
    this.player.reset();
    this.shown = false;
    this.capture = undefined;
  }

  /** Replaces the parts; `chosen` is the one to go on with, found again after sorting. */
  change(parts: readonly Segment[], chosen?: Segment, now = false): void {
    this.parts = sorted(parts);
    if (chosen) this.chosen = this.parts.indexOf(chosen);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.store(), now ? 0 : settleMs);
  }

  replace(index: number, part: Segment, now = false): void {
    this.change(
      this.parts.map((one, i) => (i === index ? part : one)),
      part,
      now,
    );
  }

  add({ start, end }: Stretch): void {
    const part = { start, end, label: this.label };
    this.change([...this.parts, part], part, true);
  }

  remove(index: number): void {
    this.change(
      this.parts.filter((_, i) => i !== index),
      undefined,
      true,
    );
    this.chosen = Math.min(index, this.parts.length - 1);
  }

  rename(index: number, label: string): void {
    this.label = label;
    this.replace(index, { ...this.parts[index], label }, true);
  }

  play(part: Stretch): void {
    const { capture, player } = this;
    if (!capture) return;
    const playing = player.playing;
    player.reset();
    if (!playing) player.toggle({ ...capture, trim: { start: part.start, end: part.end } });
  }

  async store(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const { capture, parts } = this;
    if (!capture || same(parts, this.stored)) return;
    const before = this.stored;
    this.stored = parts;
    try {
      const segments = parts.map(({ start, end, label }) => ({ start, end, label }));
      this.session.take(await this.session.ask('data.segments', { id: capture.id, segments }));
      this.problem = undefined;
    } catch (error) {
      this.problem = problemOf(error);
      if (this.capture?.id !== capture.id) return;
      this.stored = before;
      this.parts = before;
    }
  }

  /** Each part becomes a recording of its own, and the whole goes: one step, undone at once. */
  async cut(): Promise<void> {
    await this.store();
    const { capture, parts } = this;
    if (!capture || parts.length === 0 || this.problem) return;
    try {
      const segments = parts.map(({ start, end, label }) => ({ start, end, label }));
      this.session.take(await this.session.ask('data.splitWords', { id: capture.id, segments }));
      this.session.noteUndo(words.wasCut(parts.length));
      this.stored = parts;
      this.close();
    } catch (error) {
      this.problem = problemOf(error);
    }
  }

  /** What an undo made of it; edits under way are not overwritten. */
  private async refresh(id: string): Promise<void> {
    const found = await this.session.ask('data.list', { query: { ids: [id] }, offset: 0, limit: 1 }).catch(() => null);
    if (this.capture?.id !== id || this.timer !== undefined || !found) return;
    const now = found.items.at(0);
    if (!now) this.close();
    else if (!same(sorted(now.segments), this.stored)) this.take(now);
  }

  private take({ segments }: { readonly segments: readonly Segment[] }): void {
    this.stored = sorted(segments);
    this.parts = this.stored;
    this.chosen = Math.min(this.chosen, this.parts.length - 1);
  }
}

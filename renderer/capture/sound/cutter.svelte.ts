/** Cutting a long take into words: what was found, what the person made of it, and keeping it. */
import type { Capture } from '../../../src/dataset/types';
import { Player } from '../../dataset/player.svelte';
import type { Session } from '../../shell/session.svelte';
import { problemOf, type Problem } from '../../ui/problem';
import type { Part } from './segments';
import { soundWords as words } from './words';

export class Cutter {
  shown = $state(false);
  capture = $state.raw<Capture | undefined>(undefined);
  parts = $state.raw<readonly Part[]>([]);
  /** The level that words were found by, in dB of full scale, one value every `ms`. */
  level = $state.raw<{ readonly values: readonly number[]; readonly ms: number }>({ values: [], ms: 10 });
  sensitivity = $state(0.5);
  wordMs = $state(1000);
  busy = $state(false);
  problem = $state.raw<Problem | undefined>(undefined);
  readonly player = new Player();
  private turn = 0;

  constructor(private readonly session: Session) {}

  async open(take: { readonly id: string }): Promise<void> {
    this.shown = true;
    this.capture = undefined;
    this.parts = [];
    this.problem = undefined;
    try {
      this.capture = await this.session.ask('data.get', { id: take.id });
      await this.find();
    } catch (error) {
      this.problem = problemOf(error);
    }
  }

  /** Looks for words as loud as the sensitivity says; only the newest answer counts. */
  async find(): Promise<void> {
    const { capture } = this;
    if (!capture) return;
    const turn = ++this.turn;
    this.busy = true;
    try {
      const { wordMs, sensitivity } = this;
      const answer = await this.session.ask('data.words', { id: capture.id, wordMs, sensitivity });
      if (turn !== this.turn) return;
      this.parts = answer.segments;
      this.level = { values: answer.level, ms: answer.levelMs };
      this.problem = undefined;
    } catch (error) {
      if (turn === this.turn) this.problem = problemOf(error);
    }
    if (turn === this.turn) this.busy = false;
  }

  /** Plays one part, or from a frame to the end. */
  play(part: Part): void {
    const { capture, player } = this;
    if (!capture) return;
    player.reset();
    player.toggle({ ...capture, trim: { start: part.start, end: part.end } });
  }

  async keep(): Promise<void> {
    const { capture } = this;
    if (!capture || this.busy || this.parts.length === 0) return;
    this.busy = true;
    try {
      const segments = this.parts.map(({ start, end }) => ({ start, end }));
      this.session.take(await this.session.ask('data.splitWords', { id: capture.id, segments }));
      this.session.noteUndo(words.kept(segments.length, capture.label));
      this.close();
    } catch (error) {
      this.problem = problemOf(error);
    }
    this.busy = false;
  }

  close(): void {
    this.turn++;
    this.player.reset();
    this.shown = false;
    this.capture = undefined;
  }
}

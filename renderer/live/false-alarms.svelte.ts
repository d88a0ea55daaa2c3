/** False alarms and misses per hour: which recordings are replayed, what came of it, and settings for a wished rate. */
import { SvelteSet } from 'svelte/reactivity';
import type { CaptureSummary } from '../../src/dataset/types';
import type { RequestOutput } from '../../src/project/contract';
import type { Session } from '../shell/session.svelte';
import { problemOf, wasCancelled, type Problem } from '../ui/problem';
import type { LiveModel } from './live.svelte';
import { falseAlarmWords as words } from './false-alarm-words';

export type ReplayReport = RequestOutput<'live.replay'>;
export type Proposal = ReplayReport['current'];
type CheckedProposal = ReplayReport['curve'][number];

/** Shorter ones say little about an hour; they are offered last. */
const longSeconds = 10;
const offered = 1000;

export class FalseAlarms {
  shown = $state(false);
  /** Long ones first; only the held-out ones are chosen, for the others were learned. */
  captures = $state.raw<readonly CaptureSummary[]>([]);
  /** Empty = everything that is held out. */
  readonly chosen = new SvelteSet<string>();
  wished = $state(1);
  running = $state(false);
  progress = $state.raw({ done: 0, total: 0 });
  report = $state.raw<ReplayReport | undefined>(undefined);
  problem = $state.raw<Problem | undefined>(undefined);
  note = $state('');

  constructor(
    private readonly session: Session,
    private readonly live: LiveModel,
  ) {
    session.bridge.on('live.replayProgress', (progress) => (this.progress = progress));
    session.onOther(() => this.clear());
  }

  async open(): Promise<void> {
    this.shown = true;
    this.problem = undefined;
    this.note = '';
    try {
      const { items } = await this.session.ask('data.list', { query: {}, offset: 0, limit: offered });
      const lasts = (capture: CaptureSummary): number => capture.frames / capture.rateHz;
      this.captures = items
        .filter((capture) => capture.kind !== 'image' && lasts(capture) >= longSeconds)
        .sort((a, b) => lasts(b) - lasts(a));
    } catch (error) {
      this.problem = problemOf(error);
    }
  }

  toggle(id: string): void {
    if (!this.chosen.delete(id)) this.chosen.add(id);
  }

  async run(): Promise<void> {
    if (this.running) return;
    this.running = true;
    this.problem = undefined;
    this.note = '';
    this.progress = { done: 0, total: 0 };
    try {
      this.report = await this.session.ask('live.replay', { ids: [...this.chosen], falseAlarmsPerHour: this.wished });
    } catch (error) {
      if (wasCancelled(error)) this.note = words.cancelled;
      else this.problem = problemOf(error);
    }
    this.running = false;
  }

  async cancel(): Promise<void> {
    await this.session.ask('live.replayCancel').catch((error: unknown) => (this.problem = problemOf(error)));
  }

  /** What keeps to the wished rate with the fewest misses, of all that were tried. */
  readonly proposal = $derived.by((): CheckedProposal | undefined => {
    const keeping = this.report?.curve.filter(({ score }) => score.falseAlarmsPerHour <= this.wished) ?? [];
    return [...keeping].sort((a, b) => a.score.missesPerHour - b.score.missesPerHour)[0];
  });

  async apply(): Promise<void> {
    if (!this.proposal) return;
    const { threshold, smoothing, suppress, thresholds } = this.proposal.settings;
    try {
      await this.live.configure({
        threshold,
        smoothing,
        ...(suppress !== undefined && { suppress }),
        ...(thresholds && { thresholds: [...thresholds] }),
      });
      this.note = words.applied;
      if (this.report) this.report = { ...this.report, current: this.proposal };
    } catch (error) {
      this.problem = problemOf(error);
    }
  }

  private clear(): void {
    this.shown = false;
    this.captures = [];
    this.chosen.clear();
    this.report = undefined;
    this.note = '';
  }
}

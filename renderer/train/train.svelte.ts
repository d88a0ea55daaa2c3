/** Training: settings, progress, curves and the last report. Goes on while other screens are open. */
import type { TrainProgress, TrainReport, TrainSettings, RequestInput } from '../../src/project/contract';
import type { EpochReport } from '../../src/train/engine';
import type { Session } from '../shell/session.svelte';
import { problemOf, wasCancelled, type Problem } from '../ui/problem';
import { trainWords as words } from './words';

export class TrainModel {
  settings = $state.raw<TrainSettings | undefined>(undefined);
  report = $state.raw<TrainReport | undefined>(undefined);
  history = $state.raw<readonly EpochReport[]>([]);
  progress = $state.raw<TrainProgress | undefined>(undefined);
  running = $state(false);
  cancelled = $state(false);
  problem = $state.raw<Problem | undefined>(undefined);

  constructor(private readonly session: Session) {
    session.bridge.on('train.progress', (progress) => this.take(progress));
    session.bridge.on('project.changed', (project) => {
      if (!project.open) this.clear();
    });
  }

  async load(): Promise<void> {
    if (this.running) return;
    try {
      this.settings = await this.session.ask('train.settings');
      this.show((await this.session.ask('train.report')) ?? undefined);
    } catch (error) {
      this.problem = problemOf(error);
    }
  }

  async configure(change: RequestInput<'train.configure'>): Promise<void> {
    this.problem = undefined;
    try {
      this.settings = await this.session.ask('train.configure', change);
    } catch (error) {
      this.problem = problemOf(error);
    }
  }

  async start(): Promise<void> {
    if (this.running) return;
    this.running = true;
    this.cancelled = false;
    this.problem = undefined;
    this.report = undefined;
    this.history = [];
    this.progress = undefined;
    try {
      this.show(await this.session.ask('train.start'));
    } catch (error) {
      if (wasCancelled(error)) this.cancelled = true;
      else this.problem = problemOf(error);
    }
    this.running = false;
  }

  async cancel(): Promise<void> {
    try {
      await this.session.ask('train.cancel');
    } catch (error) {
      this.problem = problemOf(error);
    }
  }

  /** What is happening now, in words. */
  readonly line = $derived.by(() => {
    const p = this.progress;
    if (p?.phase === 'features') return words.phases.features(p.done, p.total);
    if (p?.phase === 'epoch') return words.phases.epoch(p.epoch.epoch, p.epoch.epochs);
    if (p?.phase === 'refit') return words.phases.refit(p.epoch, p.epochs);
    if (p?.phase === 'quantise' || p?.phase === 'evaluate') return words.phases[p.phase];
    return words.starting;
  });
  readonly part = $derived.by(() => {
    const p = this.progress;
    if (p?.phase === 'features') return p.total > 0 ? p.done / p.total : NaN;
    if (p?.phase === 'refit') return p.epochs > 0 ? p.epoch / p.epochs : NaN;
    return p?.phase === 'epoch' ? p.epoch.epoch / p.epoch.epochs : NaN;
  });
  readonly secondsLeft = $derived(
    this.progress?.phase === 'epoch' || this.progress?.phase === 'refit' ? this.progress.secondsLeft : undefined,
  );
  /** How the model that is kept came about. */
  readonly story = $derived.by(() => {
    const report = this.report;
    if (!report) return '';
    const rounds = report.history.length;
    const watched = report.settings.patience === 0 && report.testingRows > 0;
    if (report.validationRows === 0) return watched ? words.onceWatched(rounds) : words.once(rounds);
    const kept = words.keptAside[report.splitBy];
    return report.settings.patience > 0 ? words.twiceBest(report.bestEpoch, kept) : words.twice(rounds, kept);
  });

  private take(progress: TrainProgress): void {
    this.progress = progress;
    if (progress.phase === 'epoch') this.history = [...this.history, progress.epoch];
  }

  private show(report: TrainReport | undefined): void {
    this.report = report;
    this.history = report?.history ?? this.history;
  }

  private clear(): void {
    this.settings = undefined;
    this.report = undefined;
    this.history = [];
    this.progress = undefined;
    this.cancelled = false;
    this.problem = undefined;
  }
}

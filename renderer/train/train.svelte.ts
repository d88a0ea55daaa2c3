/** Training: settings, progress, curves and the last report. Goes on while other screens are open. */
import type {
  PruneSettings,
  RequestInput,
  TrainChoices,
  TrainProgress,
  TrainReport,
  TrainSettings,
} from '../../src/project/contract';
import type { EpochReport } from '../../src/train/engine';
import type { FitModel } from '../fit/fit.svelte';
import type { Session } from '../shell/session.svelte';
import { problemOf, wasCancelled, type Problem } from '../ui/problem';
import { trainWords as words } from './words';

export class TrainModel {
  settings = $state.raw<TrainSettings | undefined>(undefined);
  /** What suits the project as it is now, and what the chosen model would cost. */
  choices = $state.raw<TrainChoices | undefined>(undefined);
  report = $state.raw<TrainReport | undefined>(undefined);
  history = $state.raw<readonly EpochReport[]>([]);
  progress = $state.raw<TrainProgress | undefined>(undefined);
  running = $state(false);
  cancelled = $state(false);
  problem = $state.raw<Problem | undefined>(undefined);

  constructor(
    private readonly session: Session,
    readonly fit: FitModel,
  ) {
    session.bridge.on('train.progress', (progress) => this.take(progress));
    session.onOther(() => this.clear());
  }

  async load(): Promise<void> {
    if (this.running) return;
    try {
      await this.fit.loadBoards();
      this.settings = await this.session.ask('train.settings');
      await this.choose();
      this.show((await this.session.ask('train.report')) ?? undefined);
    } catch (error) {
      this.problem = problemOf(error);
    }
  }

  async configure(change: RequestInput<'train.configure'>): Promise<void> {
    this.problem = undefined;
    try {
      this.settings = await this.session.ask('train.configure', change);
      await this.choose();
    } catch (error) {
      this.problem = problemOf(error);
    }
  }

  private async choose(): Promise<void> {
    this.choices = await this.session.ask('train.choices', this.fit.board ? { board: this.fit.board } : {});
  }

  /** What the app proposes when a kind of pruning is chosen: half of everything, four fifths of the weights. */
  prune(kind: PruneSettings['kind'], by: PruneBy = 'share'): Promise<void> {
    return this.configure({ prune: proposed(kind, by, this.choices?.cost ?? null, this.fit.board) });
  }

  /** Begins with the layers of a model from elsewhere; of a folder (another project) or a file. */
  async chooseTrunk(what: 'project' | 'file'): Promise<void> {
    const { bridge } = this.session;
    const from =
      what === 'project'
        ? await bridge.pickFolder(words.trunkPickProject)
        : (await bridge.pickFiles({ title: words.trunkPickFile, extensions: ['keras', 'h5', 'json'] })).at(0);
    if (from) await this.configure({ transfer: { from } });
  }

  async start(resume = false): Promise<void> {
    if (this.running) return;
    this.running = true;
    this.cancelled = false;
    this.problem = undefined;
    this.report = undefined;
    if (!resume) this.history = [];
    this.progress = undefined;
    try {
      this.show(await this.session.ask('train.start', { resume }));
    } catch (error) {
      if (wasCancelled(error)) this.cancelled = true;
      else this.problem = problemOf(error);
    }
    this.running = false;
    await this.choose().catch(() => undefined);
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
    if (p?.phase === 'prune' || p?.phase === 'aware') return words.phases[p.phase](p.epoch, p.epochs);
    if (p?.phase === 'quantise' || p?.phase === 'evaluate') return words.phases[p.phase];
    return words.starting;
  });
  readonly part = $derived.by(() => {
    const p = this.progress;
    if (p?.phase === 'features') return p.total > 0 ? p.done / p.total : NaN;
    if (p?.phase === 'refit' || p?.phase === 'prune' || p?.phase === 'aware')
      return p.epochs > 0 ? p.epoch / p.epochs : NaN;
    if (p?.phase === 'evaluate') return p.total > 0 ? p.done / p.total : NaN;
    return p?.phase === 'epoch' ? p.epoch.epoch / p.epoch.epochs : NaN;
  });
  readonly secondsLeft = $derived(
    this.progress && 'secondsLeft' in this.progress ? this.progress.secondsLeft : undefined,
  );
  /** Clusters and bells are found in one go: no network, no rounds, no curves. */
  readonly withoutNetwork = $derived.by(
    () =>
      this.session.project.task === 'anomaly' &&
      this.settings !== undefined &&
      this.settings.anomaly.kind !== 'autoencoder',
  );
  /** How the model that is kept came about. */
  readonly story = $derived.by(() => {
    const report = this.report;
    if (!report) return '';
    if (report.tfliteBytes === 0) return words.withoutRounds;
    const rounds = report.history.length;
    const watched = report.settings.patience === 0 && report.testingRows > 0;
    if (report.validationRows === 0) return watched ? words.onceWatched(rounds) : words.once(rounds);
    const kept = words.keptAside[report.splitBy];
    return report.settings.patience > 0 ? words.twiceBest(report.bestEpoch, kept) : words.twice(rounds, kept);
  });

  private take(progress: TrainProgress): void {
    this.progress = progress;
    if (progress.phase === 'resumed') this.history = progress.history;
    if (progress.phase === 'epoch') this.history = [...this.history, progress.epoch];
  }

  private show(report: TrainReport | undefined): void {
    this.report = report;
    this.history = report?.history ?? this.history;
  }

  private clear(): void {
    this.settings = undefined;
    this.choices = undefined;
    this.report = undefined;
    this.history = [];
    this.progress = undefined;
    this.cancelled = false;
    this.problem = undefined;
  }
}

export type PruneBy = 'share' | 'bytes' | 'macs' | 'latency';

/** The least and greatest target that the slider offers: parts of what the model costs now. */
export function pruneRange(by: PruneBy, cost: TrainChoices['cost']): { low: number; high: number } {
  const whole = { share: 1, bytes: cost?.bytes ?? 0, macs: cost?.macs ?? 0, latency: cost?.latencyMs ?? NaN }[by];
  return { low: whole * 0.1, high: whole * 0.9 };
}

/** Targets in round figures: three that carry meaning. */
export const roundTarget = (by: PruneBy, target: number): number =>
  by === 'bytes' || by === 'macs'
    ? Math.max(1, Math.round(Number(target.toPrecision(3))))
    : Number(target.toPrecision(3));

function proposed(kind: PruneSettings['kind'], by: PruneBy, cost: TrainChoices['cost'], board: string): PruneSettings {
  if (kind === 'none') return { kind };
  if (kind === 'synapses') return { kind, by: 'share', target: 0.8 };
  const { high } = pruneRange(by, cost);
  const half = roundTarget(by, (high / 0.9) * 0.5);
  if (by === 'share' || !(half > 0)) return { kind, by: 'share', target: 0.5 };
  if (by === 'latency') return board ? { kind, by, target: half, board } : { kind, by: 'share', target: 0.5 };
  return { kind, by, target: half };
}

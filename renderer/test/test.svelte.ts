/** Scores of the trained model by float, int8 and the board itself, and the cell that is looked at. */
import type { CaptureSummary } from '../../src/dataset/types';
import type { AnomalyView, CompressionReport, CompressionVariant, ScoreReport } from '../../src/project/contract';
import type { DataModel } from '../dataset/data.svelte';
import type { Session } from '../shell/session.svelte';
import { problemOf, wasCancelled, type Problem } from '../ui/problem';
import { capturesInCell, flipsBetween } from './flips';
import { testWords as words } from './words';

export type Engine = ScoreReport['engine'];
export interface Cell {
  readonly engine: Engine;
  readonly truth: number;
  readonly predicted: number;
}

export class TestModel {
  reports = $state.raw<Partial<Record<Engine, ScoreReport>>>({});
  /** The forms of the model side by side. */
  compression = $state.raw<CompressionReport | null>(null);
  trained = $state(false);
  loaded = $state(false);
  running = $state<Engine | undefined>(undefined);
  /** The last run was stopped by the person. */
  cancelled = $state(false);
  progress = $state.raw({ done: 0, total: 0 });
  problem = $state.raw<Problem | undefined>(undefined);
  cell = $state.raw<Cell | undefined>(undefined);
  /** How usual and unusual windows score; null where the model does not know what is usual. */
  view = $state.raw<AnomalyView | null>(null);
  /** Share of what is usual that shall stay below the threshold, as it is set. */
  quantile = $state(0.99);
  /** It was set, but the trained model still has its own. */
  thresholdPending = $state(false);
  /** Held-out pictures by id, as far as they were asked for. */
  pictures = $state.raw<Readonly<Record<string, CaptureSummary | undefined>>>({});
  private sha = '';

  readonly flips = $derived(
    this.reports.float && this.reports.int8 ? flipsBetween(this.reports.float, this.reports.int8) : undefined,
  );
  readonly cellCaptures = $derived.by(() => {
    const report = this.cell && this.reports[this.cell.engine];
    return this.cell && report ? capturesInCell(report.rows, this.cell.truth, this.cell.predicted) : [];
  });
  readonly cellTitle = $derived.by(() => {
    const report = this.cell && this.reports[this.cell.engine];
    return this.cell && report
      ? words.cellTitle(report.labels[this.cell.truth], report.labels[this.cell.predicted] ?? words.none)
      : '';
  });

  constructor(
    private readonly session: Session,
    private readonly data: DataModel,
  ) {
    session.bridge.on('test.progress', (progress) => (this.progress = progress));
    session.onOther(() => this.clear());
  }

  async load(): Promise<void> {
    if (this.running) return;
    try {
      const report = await this.session.ask('train.report');
      this.trained = report !== null;
      this.loaded = true;
      if (!report || report.tfliteSha256 !== this.sha) {
        this.clear();
        this.trained = report !== null;
        this.loaded = true;
        this.sha = report?.tfliteSha256 ?? '';
        this.reports = {
          ...(report?.float && { float: report.float }),
          ...(report?.int8 && { int8: report.int8 }),
        };
        this.compression = report?.compression ?? null;
        if (report?.int8?.anomaly) await this.loadAnomaly();
      }
    } catch (error) {
      this.problem = problemOf(error);
    }
  }

  private async loadAnomaly(): Promise<void> {
    this.view = await this.session.ask('anomaly.view');
    this.quantile = (await this.session.ask('train.settings')).anomaly.quantile;
    this.thresholdPending = this.view !== null && Math.abs(this.view.quantile - this.quantile) > 1e-6;
  }

  /** Moves the threshold; where the trained model cannot follow without learning anew, that is said. */
  async setQuantile(quantile: number): Promise<void> {
    try {
      const { anomaly } = await this.session.ask('train.settings');
      await this.session.ask('train.configure', {
        anomaly: { ...anomaly, normal: anomaly.normal && [...anomaly.normal], quantile },
      });
      await this.loadAnomaly();
    } catch (error) {
      this.problem = problemOf(error);
    }
  }

  /** What is known of pictures: their size and boxes. Asks only for those that are not here yet. */
  async loadPictures(ids: readonly string[]): Promise<void> {
    const missing = ids.filter((id) => !(id in this.pictures));
    if (missing.length === 0) return;
    try {
      const { items } = await this.session.ask('data.list', { query: { ids: missing }, offset: 0, limit: 1000 });
      this.pictures = { ...this.pictures, ...Object.fromEntries(items.map((item) => [item.id, item])) };
    } catch (error) {
      this.problem = problemOf(error);
    }
  }

  openPicture(id: string): void {
    this.data.showOnly([id], words.thisPicture);
  }

  async run(engine: Engine): Promise<void> {
    if (this.running) return;
    this.running = engine;
    this.problem = undefined;
    this.cancelled = false;
    this.progress = { done: 0, total: 0 };
    try {
      this.reports = { ...this.reports, [engine]: await this.session.ask('test.run', { engine }) };
    } catch (error) {
      if (wasCancelled(error)) this.cancelled = true;
      else this.problem = problemOf(error);
    }
    this.running = undefined;
  }

  async runBoth(): Promise<void> {
    await this.run('float');
    if (!this.problem && !this.cancelled) await this.run('int8');
    if (!this.problem && !this.cancelled) await this.compare();
  }

  private async compare(): Promise<void> {
    this.running = 'int8';
    try {
      this.compression = await this.session.ask('test.compression');
    } catch (error) {
      if (wasCancelled(error)) this.cancelled = true;
      else this.problem = problemOf(error);
    }
    this.running = undefined;
  }

  /** The recordings in which a form of the model answers otherwise than before shrinking. */
  showFlipped(variant: CompressionVariant): void {
    const ids = variant.flipped.map((row) => row.captureId).filter((id, i, all) => all.indexOf(id) === i);
    this.data.showOnly(ids, words.flippedBy(words.forms[variant.id].name));
  }

  async cancel(): Promise<void> {
    try {
      await this.session.ask('test.cancel');
    } catch (error) {
      this.problem = problemOf(error);
    }
  }

  showInData(): void {
    this.data.showOnly(
      this.cellCaptures.map((entry) => entry.captureId),
      this.cellTitle,
    );
  }

  private clear(): void {
    this.reports = {};
    this.compression = null;
    this.view = null;
    this.pictures = {};
    this.trained = false;
    this.loaded = false;
    this.cell = undefined;
    this.problem = undefined;
    this.cancelled = false;
    this.sha = '';
  }
}

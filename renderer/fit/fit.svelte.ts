/** Whether the model fits a board, flashing it, and taking it elsewhere. */
import type { BoardProfile } from '../../src/boards/types';
import type { DeployProgress, DeployReport } from '../../src/deploy/types';
import type { FitReport } from '../../src/fit/types';
import type { ModelFormat } from '../../src/project/contract';
import type { DeviceModel } from '../device/device.svelte';
import type { Session } from '../shell/session.svelte';
import { problemOf, wasCancelled, type Problem } from '../ui/problem';
import { fitWords as words } from './words';

export class FitModel {
  boards = $state.raw<readonly BoardProfile[]>([]);
  board = $state('');
  trained = $state(false);
  loaded = $state(false);
  report = $state.raw<FitReport | undefined>(undefined);
  problem = $state.raw<Problem | undefined>(undefined);
  flashing = $state(false);
  progress = $state.raw<DeployProgress | undefined>(undefined);
  flashed = $state.raw<DeployReport | undefined>(undefined);
  flashProblem = $state.raw<Problem | undefined>(undefined);
  cancelled = $state(false);
  format = $state<ModelFormat>('tflite');
  exported = $state('');
  private began = 0;

  readonly profile = $derived(this.boards.find((one) => one.id === this.board));
  readonly connectedBoard = $derived.by(() => this.device.state.info?.board ?? '');
  /** The connected board first, then as the program lists them. */
  readonly ordered = $derived(
    [...this.boards].sort((a, b) => Number(b.id === this.connectedBoard) - Number(a.id === this.connectedBoard)),
  );
  readonly part = $derived(
    this.progress?.phase === 'write' && this.progress.total > 0 ? this.progress.bytes / this.progress.total : NaN,
  );
  secondsLeft = $state<number | undefined>(undefined);

  constructor(
    private readonly session: Session,
    private readonly device: DeviceModel,
  ) {
    session.bridge.on('deploy.progress', (progress) => this.take(progress));
    session.onOther(() => this.clear());
  }

  async load(): Promise<void> {
    try {
      await this.loadBoards();
      this.trained = (await this.session.ask('train.report')) !== null;
      this.loaded = true;
      if (this.trained) await this.estimate();
    } catch (error) {
      this.problem = problemOf(error);
      this.loaded = true;
    }
  }

  /** The boards there are, and the first of them where none is chosen yet. */
  async loadBoards(): Promise<void> {
    if (this.boards.length === 0) this.boards = await this.session.ask('boards.list');
    if (!this.board) this.board = this.ordered[0]?.id ?? '';
  }

  async choose(board: string): Promise<void> {
    this.board = board;
    await this.estimate();
  }

  private async estimate(): Promise<void> {
    const board = this.board;
    if (!board) return;
    this.problem = undefined;
    try {
      const report = await this.session.ask('fit.estimate', { board });
      if (board === this.board) this.report = report;
    } catch (error) {
      if (board === this.board) this.problem = problemOf(error);
    }
  }

  async flash(): Promise<void> {
    if (this.flashing) return;
    this.flashing = true;
    this.cancelled = false;
    this.flashed = undefined;
    this.flashProblem = undefined;
    this.progress = undefined;
    this.began = performance.now();
    try {
      this.flashed = await this.session.ask('deploy.start');
    } catch (error) {
      if (wasCancelled(error)) this.cancelled = true;
      else this.flashProblem = problemOf(error);
    }
    this.flashing = false;
  }

  async cancel(): Promise<void> {
    try {
      await this.session.ask('deploy.cancel');
    } catch (error) {
      this.flashProblem = problemOf(error);
    }
  }

  async export(): Promise<void> {
    const format = this.format;
    const name = this.session.project.name.replace(/[^\w.-]+/g, '-') || 'model';
    const end = words.exportFormats.find(({ id }) => id === format)?.end ?? '';
    const path = await this.session.bridge.savePath({ title: words.exportTitle, defaultName: `${name}${end}` });
    if (!path) return;
    this.problem = undefined;
    try {
      const answer = await this.session.ask('export.model', { format, path });
      this.exported = words.exported(answer.bytes, answer.path);
    } catch (error) {
      this.problem = problemOf(error);
    }
  }

  private take(progress: DeployProgress): void {
    this.progress = progress;
    const seconds = (performance.now() - this.began) / 1000;
    this.secondsLeft =
      progress.phase === 'write' && progress.bytes > 0
        ? (seconds * (progress.total - progress.bytes)) / progress.bytes
        : undefined;
  }

  private clear(): void {
    this.board = '';
    this.report = undefined;
    this.trained = false;
    this.loaded = false;
    this.flashed = undefined;
    this.flashProblem = undefined;
    this.problem = undefined;
    this.cancelled = false;
    this.exported = '';
  }
}

/** The map of recordings as a person works with it: laid out by the services, kept in step with edits made since. */
import type { CaptureSummary } from '../../src/dataset/types';
import type { ExplorerMap, ExplorerProgress } from '../../src/project/contract';
import type { Session } from '../shell/session.svelte';
import { problemOf, wasCancelled, type Problem } from '../ui/problem';
import { addedSince, dotsOf, openDuplicates, openSuspects, relabelled, type Dot } from './dots';
import { explorerWords as words } from './words';

export type ColourBy = 'label' | 'verdict';

/** As many as one list answer may hold. */
const page = 1000;

export class ExplorerModel {
  method = $state<ExplorerMap['method']>('pca');
  colourBy = $state<ColourBy>('label');
  dots = $state.raw<readonly Dot[]>([]);
  map = $state.raw<ExplorerMap | undefined>(undefined);
  /** While a map is being made. */
  progress = $state.raw<ExplorerProgress | undefined>(undefined);
  problem = $state.raw<Problem | undefined>(undefined);
  /** Recordings that came after the map was made. */
  fresh = $state(0);
  private turn = 0;
  private running: Promise<void> | undefined;
  private folder = '';

  readonly suspects = $derived(openSuspects(this.map, this.dots));
  readonly duplicates = $derived(openDuplicates(this.map, this.dots));

  constructor(private readonly session: Session) {
    session.bridge.on('explorer.progress', (progress) => {
      if (!this.progress) return;
      this.progress = progress;
      if (progress.points && progress.points.length === this.dots.length * 2) this.move(progress.points);
    });
    session.bridge.on('project.changed', (project) => {
      if (project.folder !== this.folder) this.forget();
      else if (this.map && !this.progress) void this.follow();
    });
  }

  /** The first look: a map at once. Later ones keep what is there. */
  async open(): Promise<void> {
    if (!this.map && !this.progress) await this.make();
  }

  choose(method: ExplorerMap['method']): void {
    this.method = method;
    void this.make();
  }

  /** One at a time: one that runs is stopped first. */
  async make(): Promise<void> {
    const turn = ++this.turn;
    if (this.progress) await this.cancel();
    await this.running;
    if (turn !== this.turn) return;
    this.running = this.lay(turn);
    await this.running;
  }

  private async lay(turn: number): Promise<void> {
    this.problem = undefined;
    this.progress = { step: '', done: 0, total: 0 };
    this.folder = this.session.project.folder;
    try {
      const map = await this.session.ask('explorer.start', { method: this.method });
      if (turn === this.turn) this.take(map);
    } catch (error) {
      if (turn === this.turn)
        this.problem = wasCancelled(error)
          ? { message: words.cancelled, action: words.cancelledAction }
          : problemOf(error);
    }
    if (turn === this.turn) this.progress = undefined;
  }

  async cancel(): Promise<void> {
    await this.session.ask('explorer.cancel').catch(() => undefined);
  }

  private take(map: ExplorerMap): void {
    this.map = map;
    this.fresh = 0;
    this.dots = dotsOf(map);
  }

  private move(points: Float32Array): void {
    this.dots = this.dots.map((dot, i) => ({ ...dot, x: points[i * 2], y: points[i * 2 + 1] }));
  }

  private forget(): void {
    this.turn++;
    this.map = undefined;
    this.dots = [];
    this.progress = undefined;
    this.problem = undefined;
    this.fresh = 0;
  }

  /** Labels that changed and recordings that went, without laying out anew. */
  private async follow(): Promise<void> {
    const turn = this.turn;
    const now: CaptureSummary[] = [];
    try {
      for (let offset = 0; ; offset += page) {
        const { items, total } = await this.session.ask('data.list', { query: {}, offset, limit: page });
        now.push(...items);
        if (offset + page >= total) break;
      }
    } catch {
      // The list itself says what is wrong; the map keeps what it knows.
      return;
    }
    if (turn !== this.turn || !this.map) return;
    this.dots = relabelled(this.dots, now);
    this.fresh = addedSince(this.map, now);
  }
}

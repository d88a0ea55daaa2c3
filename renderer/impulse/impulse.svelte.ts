/** The impulse's settings, and what they make of one chosen recording. */
import type { Capture, CaptureSummary } from '../../src/dataset/types';
import type { FeaturePreview, RequestInput, RequestOutput } from '../../src/project/contract';
import type { Session } from '../shell/session.svelte';
import { problemOf, type Problem } from '../ui/problem';

const offered = 200;

export class ImpulseModel {
  state = $state.raw<RequestOutput<'impulse.get'> | undefined>(undefined);
  problem = $state.raw<Problem | undefined>(undefined);
  choices = $state.raw<readonly CaptureSummary[]>([]);
  capture = $state.raw<Capture | undefined>(undefined);
  start = $state(0);
  preview = $state.raw<FeaturePreview | undefined>(undefined);
  previewProblem = $state.raw<Problem | undefined>(undefined);
  private turn = 0;

  /** Length of the window in the chosen recording's own frames. */
  readonly windowFrames = $derived.by(() => {
    const shape = this.state?.resolved?.shape;
    return shape && this.capture ? Math.round((shape.frames / shape.rateHz) * this.capture.rateHz) : 0;
  });
  /** Of the chosen recording, and those of them that the impulse uses. */
  readonly allAxes = $derived(this.capture?.axes.map((axis) => axis.name) ?? this.state?.resolved?.axes ?? []);
  readonly usedAxes = $derived(this.state?.resolved?.axes ?? this.allAxes);
  readonly lastStart = $derived(Math.max(0, (this.capture?.frames ?? 0) - this.windowFrames));

  constructor(private readonly session: Session) {
    session.onOther(() => this.clear());
  }

  async load(): Promise<void> {
    if (this.session.project.captures === 0) return;
    try {
      this.state = await this.session.ask('impulse.get');
      this.choices = (await this.session.ask('data.list', { query: {}, offset: 0, limit: offered })).items;
      if (!this.choices.some((one) => one.id === this.capture?.id)) this.capture = undefined;
      if (this.choices.length > 0) await this.choose(this.capture?.id ?? this.telling().id);
    } catch (error) {
      this.problem = problemOf(error);
    }
  }

  /** The recording that is shown first: one of a thing, not of the background, where there is one. */
  private telling(): CaptureSummary {
    return this.choices.find((one) => one.label !== 'background') ?? this.choices[0];
  }

  async set(change: RequestInput<'impulse.set'>): Promise<void> {
    this.problem = undefined;
    try {
      this.state = await this.session.ask('impulse.set', change);
      this.start = Math.min(this.start, this.lastStart);
      await this.compute();
    } catch (error) {
      this.problem = problemOf(error);
    }
  }

  async setParameter(name: string, value: number): Promise<void> {
    const dsp = this.state?.settings.dsp;
    if (dsp) await this.set({ dsp: { kind: dsp.kind, params: { ...dsp.params, [name]: value } } });
  }

  async choose(id: string): Promise<void> {
    try {
      this.capture = await this.session.ask('data.get', { id });
      this.start = Math.min(this.start, this.lastStart);
      await this.compute();
    } catch (error) {
      this.previewProblem = problemOf(error);
    }
  }

  moveTo(start: number): void {
    this.start = start;
    void this.compute();
  }

  /** Only the newest answer counts: a dragged window asks many times. */
  private async compute(): Promise<void> {
    const turn = ++this.turn;
    if (!this.capture || !this.state?.resolved) {
      this.preview = undefined;
      return;
    }
    try {
      const preview = await this.session.ask('impulse.preview', { id: this.capture.id, start: Math.round(this.start) });
      if (turn !== this.turn) return;
      this.preview = preview;
      this.previewProblem = undefined;
    } catch (error) {
      if (turn === this.turn) this.previewProblem = problemOf(error);
    }
  }

  private clear(): void {
    this.state = undefined;
    this.capture = undefined;
    this.preview = undefined;
    this.choices = [];
    this.start = 0;
  }
}

/** Recognition as it happens: the last answers, settings, and correcting them into the dataset. */
import type { LiveResult } from '../../src/live/types';
import type { RequestInput } from '../../src/project/contract';
import type { DeviceModel } from '../device/device.svelte';
import type { Session } from '../shell/session.svelte';
import { problemOf, type Problem } from '../ui/problem';
import { FalseAlarms } from './false-alarms.svelte';
import { liveWords as words } from './words';

/** Seconds shown, and how many results are kept for it. */
export const shownSeconds = 20;
const keptResults = 2000;
const listed = 60;

export class LiveModel {
  running = $state(false);
  starting = $state(false);
  labels = $state.raw<readonly string[]>([]);
  windowSeconds = $state(0);
  strideSeconds = $state(0);
  readonly alarms: FalseAlarms;
  private mayReject = $state(false);
  /** What an answer without a label says. */
  readonly nothing = $derived(this.mayReject ? words.none : words.nothing);
  /** The project's own, once it has answered. */
  threshold = $state(0.5);
  smoothing = $state(1);
  latest = $state.raw<LiveResult | undefined>(undefined);
  /** One entry per change of the answer, newest first. */
  answers = $state.raw<readonly LiveResult[]>([]);
  correcting = $state.raw<LiveResult | undefined>(undefined);
  note = $state('');
  problem = $state.raw<Problem | undefined>(undefined);
  /** Plain array: read by the canvas each frame, so it need not be reactive. */
  readonly results: LiveResult[] = [];

  /** The model tells what is unlike all that it has learned. */
  readonly tellsUnusual = $derived(this.latest?.anomaly !== undefined);

  /** An answer in words: also what is none of the labels, or like nothing that was learned. */
  textOf(result: LiveResult): string {
    if (result.unusual) return this.session.project.task === 'anomaly' ? words.wrongNow : words.unusual;
    if (result.label) return result.label;
    if (result.objects) return words.nothingThere;
    return result.anomaly !== undefined && result.scores.length === 0 ? words.normal : this.nothing;
  }

  readonly certainty = $derived.by(() => {
    if (!this.latest) return 0;
    const index = this.labels.indexOf(this.latest.label);
    return index >= 0 ? (this.latest.scores[index] ?? 0) : Math.max(0, ...this.latest.scores);
  });

  constructor(
    private readonly session: Session,
    readonly device: DeviceModel,
  ) {
    this.alarms = new FalseAlarms(session, this);
    session.bridge.on('live.result', (result) => this.take(result));
    session.bridge.on('live.stopped', ({ problem }) => {
      this.running = false;
      if (problem) this.problem = { message: problem, action: '' };
    });
    session.onOther(() => {
      this.clear();
      this.labels = [];
    });
  }

  async start(): Promise<void> {
    if (this.running || this.starting) return;
    this.starting = true;
    this.clear();
    try {
      const info = await this.session.ask('live.start');
      this.labels = info.labels;
      this.windowSeconds = info.windowSeconds;
      this.strideSeconds = info.strideSeconds;
      this.mayReject = info.mayReject;
      this.threshold = info.settings.threshold;
      this.smoothing = info.settings.smoothing;
      this.running = true;
    } catch (error) {
      this.problem = problemOf(error);
    }
    this.starting = false;
  }

  async stop(): Promise<void> {
    this.running = false;
    try {
      await this.session.ask('live.stop');
    } catch (error) {
      this.problem = problemOf(error);
    }
  }

  /** As the project has them; with no change it only asks for them. */
  async configure(change: RequestInput<'live.settings'>): Promise<void> {
    try {
      const answer = await this.session.ask('live.settings', change);
      this.threshold = answer.threshold;
      this.smoothing = answer.smoothing;
    } catch (error) {
      this.problem = problemOf(error);
    }
  }

  /** What an answer can be corrected to: what the model knows, and every other label of the project. */
  readonly correctable = $derived.by(() => {
    const others = this.session.project.labels.map((entry) => entry.label);
    return [...this.labels, ...others.filter((label) => !this.labels.includes(label))];
  });

  async correct(wanted: string): Promise<void> {
    const result = this.correcting;
    const label = wanted.trim();
    if (!result || !label) return;
    this.problem = undefined;
    try {
      await this.session.ask('live.feedback', { window: result.window, label });
      this.note = words.added(label);
      this.correcting = undefined;
      this.session.noteUndo(words.added(label));
    } catch (error) {
      this.problem = problemOf(error);
    }
  }

  private take(result: LiveResult): void {
    this.results.push(result);
    if (this.results.length > keptResults) this.results.splice(0, this.results.length - keptResults);
    if (!this.latest || this.textOf(this.latest) !== this.textOf(result))
      this.answers = [result, ...this.answers].slice(0, listed);
    this.latest = result;
  }

  private clear(): void {
    this.results.length = 0;
    this.latest = undefined;
    this.answers = [];
    this.correcting = undefined;
    this.note = '';
    this.problem = undefined;
  }
}

/** Recording: which label, how long, how often; what is running and what was just saved. */
import * as v from 'valibot';
import type { CaptureSummary } from '../../src/dataset/types';
import type { SensorInfo } from '../../src/link/types';
import { labelSchema, type CaptureProgress, type RequestInput } from '../../src/project/contract';
import type { DeviceModel } from '../device/device.svelte';
import type { Session } from '../shell/session.svelte';
import { problemOf, type Problem } from '../ui/problem';
import { cameraWords } from './camera/words';
import { takeSeconds } from './sound/beat';
import { Cutter } from './sound/cutter.svelte';
import { soundWords } from './sound/words';
import { captureWords as words } from './words';

/** Whether each recording begins at a press, or by itself when enough goes on. */
export type CaptureBegin = 'press' | 'level';

/** How a run of recordings is made: single ones, a spoken take that is cut into words, or a long one of no word at all. */
export type CaptureMode = 'each' | 'words' | 'background';

const stripLength = 40;
/** Shorter holds are slips of the finger. */
const leastHeldSeconds = 0.2;

export class CaptureModel {
  label = $state('');
  person = $state('');
  sessionName = $state('');
  seconds = $state(2);
  count = $state(10);
  countdownSeconds = $state(2);
  pauseSeconds = $state(0.5);
  shownSeconds = $state(5);
  mode = $state<CaptureMode>('each');
  /** Of a spoken take: how often, how far apart, and whether each beat clicks. */
  times = $state(20);
  beatSeconds = $state(2);
  click = $state(false);
  /** Of a background recording. */
  minutes = $state(5);
  /** Between the pictures of a burst. */
  everySeconds = $state(0.5);
  /** What kind of thing the streaming sensor sees: which view is shown, and what can be asked for. */
  sees = $state<'numbers' | 'sound' | 'camera'>('numbers');
  hidden = $state.raw<readonly number[]>([]);
  progress = $state.raw<CaptureProgress | undefined>(undefined);
  problem = $state.raw<Problem | undefined>(undefined);
  note = $state('');
  saved = $state.raw<readonly CaptureSummary[]>([]);
  holding = $state(false);
  begin = $state<CaptureBegin>('press');
  /** How much has to go on: m/s² away from rest, or % of full scale. */
  level = $state(4);
  /** So much of what came before is part of a recording that began by itself. */
  beforeSeconds = $state(0.3);
  /** Whether the button of the board records, too. */
  byButton = $state(true);
  /** The screen is there: only then do the board's button and its events mean a recording. */
  shown = false;
  readonly cutter: Cutter;
  /** The run that goes on is a spoken take. */
  speaking = $state(false);
  private added = $state.raw<readonly string[]>([]);
  private heldSince = 0;
  private savedInRun = $state(0);

  readonly running = $derived(
    this.progress !== undefined && !['finished', 'cancelled', 'failed'].includes(this.progress.phase),
  );
  /** In the order in which each got its colour, so that a number key stays with its label. */
  readonly labels = $derived.by(() => {
    const known = [...this.session.project.labels.map((entry) => entry.label), ...this.added];
    return this.session.labels.order.filter((label) => known.includes(label));
  });

  constructor(
    private readonly session: Session,
    private readonly device: DeviceModel,
  ) {
    this.cutter = new Cutter(session);
    session.bridge.on('capture.progress', (progress) => this.take(progress));
    session.bridge.on('device.button', ({ pressed }) => {
      if (pressed) void this.pressed();
    });
    session.onOther(() => this.reset());
  }

  /** What suits the sensor that streams: words are said often, everything else is recorded one by one. */
  follow(kind: SensorInfo['kind']): void {
    const sees = kind === 'audio' ? 'sound' : kind === 'camera' ? 'camera' : 'numbers';
    if (sees === this.sees) return;
    this.sees = sees;
    this.mode = sees === 'sound' ? 'words' : 'each';
    this.seconds = sees === 'sound' ? 1 : 2;
    this.level = sees === 'sound' ? 10 : 4;
  }

  /** Whether the recordings of this run begin by themselves: only such as are made one by one can. */
  readonly waits = $derived(this.begin === 'level' && this.sees !== 'camera' && this.mode === 'each');

  /** The board's own button: one recording, or one picture. */
  private async pressed(): Promise<void> {
    if (!this.shown || !this.byButton || this.running || this.holding || !this.label) return;
    if (this.sees === 'camera') await this.shoot();
    else if (this.mode !== 'each') await this.record();
    else await this.start({ seconds: this.seconds, count: 1, countdownSeconds: 0 });
  }

  /** What the large button says that it does. */
  readonly recordText = $derived.by(() => {
    if (this.mode === 'words') return soundWords.sayIt(this.label, this.times);
    if (this.mode === 'background') return soundWords.recordBackground(this.minutes);
    return (this.waits ? words.waitFor : words.record)(this.count, this.label);
  });

  setMode(mode: CaptureMode): void {
    this.mode = mode;
    if (mode === 'background') this.addLabel(soundWords.backgroundLabel);
    else if (this.label === soundWords.backgroundLabel) this.label = this.firstLabel();
    this.mode = mode;
  }

  /** What a screen that was just opened records: the first label that is a thing of its own, else any. */
  firstLabel(): string {
    const special = [soundWords.backgroundLabel, soundWords.unknownLabel];
    return this.labels.find((label) => !special.includes(label)) ?? this.labels.at(0) ?? '';
  }

  countOf(label: string): number {
    const entry = this.session.project.labels.find((item) => item.label === label);
    return entry ? entry.training + entry.testing : 0;
  }

  choose(label: string): void {
    if (this.running) return;
    this.label = label;
    if (this.sees === 'sound' && (label === soundWords.backgroundLabel) !== (this.mode === 'background'))
      this.mode = label === soundWords.backgroundLabel ? 'background' : 'words';
    // The simulated board performs what is about to be recorded, where it can.
    if (this.device.gestures.includes(label) && this.device.playing !== label) void this.device.play(label);
  }

  /** The sentence that says why not, or '' where the label was added and chosen. */
  addLabel(text: string): string {
    const parsed = v.safeParse(labelSchema, text);
    if (!parsed.success) return parsed.issues[0].message;
    if (!this.labels.includes(parsed.output)) {
      this.added = [...this.added, parsed.output];
      this.session.labels.follow(this.session.project.folder, [...this.labels, parsed.output]);
    }
    this.choose(parsed.output);
    return '';
  }

  toggleAxis(axis: number): void {
    this.hidden = this.hidden.includes(axis) ? this.hidden.filter((one) => one !== axis) : [...this.hidden, axis];
  }

  async record(): Promise<void> {
    if (this.running || !this.label) return;
    const { countdownSeconds } = this;
    if (this.sees === 'camera')
      await this.start({ seconds: 1, count: this.count, countdownSeconds: 0, everyMs: this.everySeconds * 1000 });
    else if (this.mode === 'words')
      await this.start({ seconds: takeSeconds(this.times, this.beatSeconds), count: 1, countdownSeconds });
    else if (this.mode === 'background')
      await this.start({ seconds: this.minutes * 60, count: 1, countdownSeconds: 0 });
    else if (this.waits) {
      const { level, beforeSeconds } = this;
      const begin = { on: 'level', level, beforeSeconds } as const;
      await this.start({ seconds: this.seconds, count: this.count, countdownSeconds: 0, begin });
    } else await this.start({ seconds: this.seconds, count: this.count, countdownSeconds });
  }

  /** One picture, now. */
  async shoot(): Promise<void> {
    if (this.running || this.holding || !this.label) return;
    await this.start({ seconds: 1, count: 1, countdownSeconds: 0, everyMs: 0 });
  }

  async hold(): Promise<void> {
    if (this.running || this.holding || !this.label) return;
    this.holding = true;
    this.heldSince = performance.now();
    if (!(await this.start({ seconds: 0, count: 1, countdownSeconds: 0 }))) this.holding = false;
  }

  async release(): Promise<void> {
    if (!this.holding) return;
    this.holding = false;
    const keep = (performance.now() - this.heldSince) / 1000 >= leastHeldSeconds;
    if (!keep) this.note = words.tooShort;
    await this.stop(keep);
  }

  async stop(keep = false): Promise<void> {
    try {
      await this.session.ask('capture.stop', { keep });
    } catch (error) {
      this.problem = problemOf(error);
    }
  }

  async remove(capture: CaptureSummary): Promise<void> {
    const done = await this.session.attempt(async () =>
      this.session.take(await this.session.ask('data.delete', { ids: [capture.id] })),
    );
    if (!done) return;
    this.saved = this.saved.filter((one) => one.id !== capture.id);
    this.session.noteUndo(words.removed(capture.label));
  }

  private async start(how: {
    seconds: number;
    count: number;
    countdownSeconds: number;
    everyMs?: number;
    begin?: RequestInput<'capture.start'>['begin'];
  }): Promise<boolean> {
    this.problem = undefined;
    this.note = '';
    this.savedInRun = 0;
    this.speaking = this.mode === 'words' && how.seconds > 0;
    try {
      await this.session.ask('capture.start', {
        label: this.label,
        ...how,
        pauseSeconds: this.pauseSeconds,
        ...(this.person.trim() && { person: this.person.trim() }),
        ...(this.sessionName.trim() && { session: this.sessionName.trim() }),
      });
      return true;
    } catch (error) {
      this.problem = problemOf(error);
      return false;
    }
  }

  private take(progress: CaptureProgress): void {
    this.progress = progress;
    if (progress.saved && this.saved[0]?.id !== progress.saved.id) {
      this.saved = [progress.saved, ...this.saved].slice(0, stripLength);
      this.savedInRun++;
      if (this.speaking) void this.cutter.open(progress.saved);
    }
    if (progress.phase === 'failed') {
      this.holding = false;
      this.problem = { message: progress.problem, action: words.failedAction };
    }
  }

  private readonly hint = $derived(this.sees === 'camera' ? cameraWords.idleHint : words.idleHint);
  /** One line on what is going on; the same place, whatever it says. */
  readonly line = $derived.by(() => {
    const p = this.progress;
    if (!p) return this.note || this.hint;
    switch (p.phase) {
      case 'countdown':
        return words.phases.countdown(p.ofSeconds - p.seconds);
      case 'armed':
        return words.phases.armed(p.index, p.count, this.sees === 'sound');
      case 'recording':
        return words.phases.recording(p.index, p.count, p.seconds, p.ofSeconds);
      case 'saving':
        return words.phases.saving;
      case 'pause':
        return words.phases.pause(this.savedInRun, p.count);
      case 'finished':
        return this.note || words.phases.finished(this.savedInRun, this.sees === 'camera');
      case 'cancelled':
        return this.note || words.phases.cancelled;
      case 'failed':
        return this.hint;
    }
  });

  /** 0 to 1 over the whole run. */
  readonly part = $derived.by(() => {
    const p = this.progress;
    if (!p || !this.running) return 0;
    const inside = p.phase === 'recording' && p.ofSeconds > 0 ? p.seconds / p.ofSeconds : p.phase === 'saving' ? 1 : 0;
    return (p.index - 1 + Math.min(inside, 1)) / p.count;
  });

  private reset(): void {
    this.label = '';
    this.added = [];
    this.saved = [];
    this.progress = undefined;
    this.problem = undefined;
  }
}

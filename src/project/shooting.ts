/**
 * Taking pictures: one, several so far apart, or all that come until the person lets go. Each picture is one capture,
 * stored as it came. Knows the hub and the dataset, nothing of sensors that send samples.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { CaptureSummary, Dataset } from '../dataset';
import type { PictureBlock } from '../link';
import type { CaptureProgress } from './contract';
import { ProjectError } from './errors';
import type { DeviceHub, RunningStream } from './hub';
import type { RecordingPlan } from './recording';

export interface ShootingPlan extends RecordingPlan {
  /** Between the pictures of a burst; 0 or nothing = as fast as they come. */
  readonly everyMs?: number | undefined;
}

/** Held pictures wait in memory until it is known whether they are kept: so many at most, then they are. */
const mostHeld = 1000;
const silenceSeconds = 3;
const tellEveryMs = 50;

export class Shooter {
  private stopping: 'no' | 'keep' | 'discard' = 'no';
  private waiting: PictureBlock[] = [];
  private lastAt = performance.now();
  private presses = 0;
  private wake: (() => void) | undefined;

  constructor(
    private readonly hub: DeviceHub,
    private readonly dataset: Dataset,
    private readonly stream: RunningStream,
    private readonly device: string,
  ) {}

  /** Ends the run. What was stored stays; held pictures are stored with `keep` and forgotten without. */
  finish(keep: boolean): void {
    this.stopping = keep ? 'keep' : 'discard';
    this.wake?.();
  }

  /** @throws ProjectError `device-cannot` where no picture comes for three seconds, or the camera was stopped. */
  async run(plan: ShootingPlan, onProgress: (progress: CaptureProgress) => void): Promise<readonly CaptureSummary[]> {
    if (plan.begin?.on === 'level')
      throw new ProjectError(
        'device-cannot',
        'Pictures have no level that could begin them.',
        'Take them by hand, or with the button of the board.',
      );
    const count = plan.seconds === 0 ? 1 : plan.count;
    const tell = (index: number, phase: CaptureProgress['phase'], seconds = 0, of = 0, saved?: CaptureSummary): void =>
      onProgress({ index, count, phase, seconds, ofSeconds: of, saved: saved ?? null, problem: '' });
    for (let left = plan.countdownSeconds; left > 0 && !this.stopped(); left -= 0.1) {
      tell(1, 'countdown', left, plan.countdownSeconds);
      await sleep(Math.min(100, left * 1000));
    }
    const stopListening = this.hub.listenPictures((picture) => {
      // Pictures of a camera that was started anew are not of this run.
      if (this.hub.streaming !== this.stream || this.stopped()) return;
      this.waiting.push(picture);
      this.lastAt = performance.now();
      this.wake?.();
    });
    const stopButton = this.hub.device.onButton((pressed) => {
      if (pressed) this.presses++;
    });
    this.lastAt = performance.now();
    try {
      return plan.seconds === 0 ? await this.held(plan, tell) : await this.several(plan, tell);
    } finally {
      stopListening();
      stopButton();
    }
  }

  private async several(plan: ShootingPlan, tell: Tell): Promise<readonly CaptureSummary[]> {
    const saved: CaptureSummary[] = [];
    let dueAt = performance.now();
    while (saved.length < plan.count && !this.stopped()) {
      tell(saved.length + 1, plan.begin && this.presses === 0 ? 'armed' : 'recording');
      const picture = await this.next();
      // Each press takes the next picture that comes.
      if (!picture || (plan.begin && this.presses === 0)) continue;
      this.presses = Math.max(0, this.presses - 1);
      if (performance.now() < dueAt) continue;
      dueAt += plan.everyMs ?? 0;
      const summary = await this.save(picture, plan);
      saved.push(summary);
      tell(saved.length, saved.length === plan.count ? 'finished' : 'saving', 0, 0, summary);
    }
    if (saved.length < plan.count) tell(saved.length, this.stopping === 'discard' ? 'cancelled' : 'finished');
    return saved;
  }

  private async held(plan: ShootingPlan, tell: Tell): Promise<readonly CaptureSummary[]> {
    const began = performance.now();
    const held: PictureBlock[] = [];
    let told = 0;
    while (!this.stopped() && held.length < mostHeld) {
      const picture = await this.next();
      if (picture) held.push(picture);
      const now = performance.now();
      if (now - told < tellEveryMs) continue;
      told = now;
      tell(1, 'recording', (now - began) / 1000);
    }
    const saved: CaptureSummary[] = [];
    if (this.stopping !== 'discard')
      for (const picture of [...held, ...this.waiting]) {
        const summary = await this.save(picture, plan);
        saved.push(summary);
        tell(1, 'saving', 0, 0, summary);
      }
    tell(1, this.stopping === 'discard' ? 'cancelled' : 'finished');
    return saved;
  }

  /** The next picture; undefined where the wait was only broken off to look around. */
  private async next(): Promise<PictureBlock | undefined> {
    const there = this.waiting.shift();
    if (there) return there;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, 200);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.wake = undefined;
    if (this.stopped()) return undefined;
    if (this.hub.streaming !== this.stream)
      throw new ProjectError('device-cannot', 'The camera was stopped or set to another rate.', 'Take pictures again.');
    if (performance.now() - this.lastAt > silenceSeconds * 1000)
      throw new ProjectError(
        'device-cannot',
        'The camera has stopped sending; pictures that were saved before stay.',
        'Check the cable and the board, then try again.',
      );
    return this.waiting.shift();
  }

  private stopped(): boolean {
    return this.stopping !== 'no';
  }

  private save(picture: PictureBlock, plan: ShootingPlan): Promise<CaptureSummary> {
    const { sensor } = this.stream;
    return this.dataset.add({
      kind: 'image',
      values: Float32Array.from(picture.pixels),
      axes: sensor.axes.map(({ name, units }) => ({ name, units })),
      rateHz: 1,
      width: picture.width,
      notes: {
        label: plan.label,
        ...(plan.person ? { person: plan.person } : {}),
        ...(plan.session ? { session: plan.session } : {}),
        ...(plan.split ? { split: plan.split, splitPinned: true } : {}),
        device: this.device,
        sensor: sensor.name,
      },
    });
  }
}

type Tell = (
  index: number,
  phase: CaptureProgress['phase'],
  seconds?: number,
  of?: number,
  saved?: CaptureSummary,
) => void;

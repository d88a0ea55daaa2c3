/**
 * Recording: countdown, frames from the hub until there are enough (or the person lets go), a capture on disk, the next
 * one. What the wire lost is counted and stored with the capture, never closed up.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Axis, CaptureSummary, Dataset, Gap, Split } from '../dataset';
import type { SampleBlock } from '../link';
import type { CaptureProgress } from './contract';
import { ProjectError } from './errors';
import type { DeviceHub, RunningStream } from './hub';

export interface RecordingPlan {
  readonly label: string;
  /** 0 = until `finish()` (hold to record). */
  readonly seconds: number;
  readonly count: number;
  readonly countdownSeconds: number;
  readonly pauseSeconds: number;
  readonly person?: string | undefined;
  readonly session?: string | undefined;
  readonly split?: Split | undefined;
  /** Left out: at once. Else each take waits for its own beginning. */
  readonly begin?: RecordingStart | undefined;
}

export type RecordingStart =
  /** When so much goes on, after it was quieter; what came shortly before is part of the take. */
  | { readonly on: 'level'; readonly level: number; readonly beforeSeconds: number }
  /** When the board's button is pressed. */
  | { readonly on: 'button' };

/** A held recording ends by itself after this long, as does one whose board went silent. */
const longestSeconds = 600;
const silenceSeconds = 3;

class Take {
  private readonly parts: Float32Array[] = [];
  private readonly gaps: Gap[] = [];
  frames = 0;

  constructor(private readonly axes: number) {}

  add(block: SampleBlock, wanted: number): void {
    if (block.lost > 0 && this.frames > 0) this.gaps.push({ at: this.frames, lost: block.lost });
    const taken = Math.min(block.frames, wanted - this.frames);
    this.parts.push(block.values.slice(0, taken * this.axes));
    this.frames += taken;
  }

  values(): Float32Array {
    const all = new Float32Array(this.frames * this.axes);
    let at = 0;
    for (const part of this.parts) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  }

  knownGaps(): readonly Gap[] {
    return this.gaps;
  }
}

export class Recorder {
  private stopping: 'no' | 'keep' | 'discard' = 'no';
  private wake: (() => void) | undefined;
  private readonly abort = new AbortController();
  /** The frame with which the take began by itself. */
  private beganAt = 0;

  constructor(
    private readonly hub: DeviceHub,
    private readonly dataset: Dataset,
    private readonly stream: RunningStream,
    private readonly device: string,
  ) {}

  /** Ends the running take; `keep` stores what there is of it. No further takes follow. */
  finish(keep: boolean): void {
    this.stopping = keep ? 'keep' : 'discard';
    if (!keep) this.abort.abort();
    this.wake?.();
  }

  async run(plan: RecordingPlan, onProgress: (progress: CaptureProgress) => void): Promise<readonly CaptureSummary[]> {
    const saved: CaptureSummary[] = [];
    const tell = (
      index: number,
      phase: CaptureProgress['phase'],
      seconds: number,
      ofSeconds: number,
      kept: CaptureSummary | null = null,
    ) => onProgress({ index, count: plan.count, phase, seconds, ofSeconds, saved: kept, problem: '' });
    for (let index = 1; index <= plan.count && this.stopping === 'no'; index++) {
      await this.wait(index === 1 ? plan.countdownSeconds : plan.pauseSeconds, (seconds, of) =>
        tell(index, index === 1 ? 'countdown' : 'pause', seconds, of),
      );
      if (this.stopped()) break;
      if (plan.begin) {
        tell(index, 'armed', 0, plan.seconds);
        await this.begun(plan.begin);
        if (this.stopped()) break;
      }
      const take = await this.take(plan, (seconds) => tell(index, 'recording', seconds, plan.seconds));
      if (this.discarded() || take.frames === 0) break;
      tell(index, 'saving', plan.seconds, plan.seconds);
      const summary = await this.save(take, plan);
      saved.push(summary);
      tell(index, index === plan.count ? 'finished' : 'saving', plan.seconds, plan.seconds, summary);
    }
    if (saved.length === plan.count) return saved;
    if (this.discarded()) tell(saved.length, 'cancelled', 0, plan.seconds);
    else tell(saved.length, 'finished', 0, plan.seconds);
    return saved;
  }

  /** A method, so that the compiler does not take the answer from before the wait for granted. */
  private stopped(): boolean {
    return this.stopping !== 'no';
  }

  private discarded(): boolean {
    return this.stopping === 'discard';
  }

  private async wait(seconds: number, tell: (seconds: number, of: number) => void): Promise<void> {
    const end = performance.now() + seconds * 1000;
    for (let left = end - performance.now(); left > 0 && !this.stopped(); left = end - performance.now()) {
      tell(left / 1000, seconds);
      await sleep(Math.min(100, left), undefined, { signal: this.abort.signal }).catch(() => undefined);
    }
  }

  /** Waits until the take may begin; ends early where the run is stopped. */
  private async begun(begin: RecordingStart): Promise<void> {
    let begun = false;
    // Something that goes on already has no beginning any more.
    let quiet = false;
    let last = performance.now();
    const go = (): void => {
      begun = true;
      this.wake?.();
    };
    const stops = [
      this.hub.listen((block, level) => {
        last = performance.now();
        if (begin.on !== 'level') return;
        if (level < begin.level) quiet = true;
        else if (quiet && !begun) {
          this.beganAt = block.index;
          go();
        }
      }),
      ...(begin.on === 'button' ? [this.hub.device.onButton((pressed) => pressed && go())] : []),
    ];
    try {
      while (!begun && !this.stopped()) {
        await this.pause();
        this.checkStream(last);
      }
    } finally {
      for (const stop of stops) stop();
      this.wake = undefined;
    }
  }

  private async pause(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.wake = resolve;
      setTimeout(resolve, 200);
    });
  }

  /** @throws ProjectError `device-cannot` where nothing can come any more. */
  private checkStream(lastBlockAt: number): void {
    if (this.hub.streaming !== this.stream && !this.stopped())
      throw new ProjectError(
        'device-cannot',
        'The sensor was stopped or set to another rate; this recording was not kept, those before it were.',
        'Record again.',
      );
    if (performance.now() - lastBlockAt > silenceSeconds * 1000)
      throw new ProjectError(
        'device-cannot',
        'The board has stopped sending; this recording was not kept, those before it were.',
        'Check the cable and the board, then record again.',
      );
  }

  /** Of a take that began by its level, what was heard shortly before and since; no frame is ever in two takes. */
  private heardAlready({ begin }: RecordingPlan): readonly SampleBlock[] {
    if (begin?.on !== 'level') return [];
    const before = Math.round(begin.beforeSeconds * this.stream.rateHz);
    return this.hub.rememberedSince(Math.max(this.hub.takenUntil, this.beganAt - before));
  }

  private async take(plan: RecordingPlan, tell: (seconds: number) => void): Promise<Take> {
    const { seconds } = plan;
    const { rateHz, sensor } = this.stream;
    const wanted = Math.max(1, Math.round((seconds > 0 ? seconds : longestSeconds) * rateHz));
    const take = new Take(sensor.axes.length);
    let lastBlockAt = performance.now();
    let told = 0;
    const add = (block: SampleBlock): void => {
      this.hub.takenUntil = block.index + Math.min(block.frames, wanted - take.frames);
      take.add(block, wanted);
    };
    for (const block of this.heardAlready(plan)) if (take.frames < wanted) add(block);
    const stopListening = this.hub.listen((block) => {
      // Frames of a stream that was started anew, perhaps at another rate, are not of this recording.
      if (this.hub.streaming !== this.stream || take.frames >= wanted) return;
      add(block);
      lastBlockAt = performance.now();
      if (lastBlockAt - told > 50) {
        told = lastBlockAt;
        tell(take.frames / rateHz);
      }
      if (take.frames >= wanted) this.wake?.();
    });
    try {
      while (take.frames < wanted && !this.stopped()) {
        await this.pause();
        if (take.frames < wanted) this.checkStream(lastBlockAt);
      }
    } finally {
      stopListening();
      this.wake = undefined;
    }
    return take;
  }

  private save(take: Take, plan: RecordingPlan): Promise<CaptureSummary> {
    const { sensor, rateHz } = this.stream;
    const axes: Axis[] = sensor.axes.map((axis) => ({ name: axis.name, units: axis.units }));
    return this.dataset.add({
      values: take.values(),
      axes,
      rateHz,
      kind: sensor.kind === 'audio' ? 'audio' : sensor.kind === 'motion' ? 'motion' : 'other',
      notes: {
        label: plan.label,
        ...(plan.person ? { person: plan.person } : {}),
        ...(plan.session ? { session: plan.session } : {}),
        ...(plan.split ? { split: plan.split, splitPinned: true } : {}),
        device: this.device,
        sensor: sensor.name,
        gaps: take.knownGaps(),
      },
    });
  }
}

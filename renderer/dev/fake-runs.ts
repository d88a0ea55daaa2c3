/** What the fake does over time: a run of recordings, and live answers. */
import type { CaptureSummary } from '../../src/dataset/types';
import type { DeployProgress } from '../../src/deploy/types';
import type { LiveResult } from '../../src/live/types';
import type { CaptureProgress, RequestInput, TrainProgress } from '../../src/project/contract';
import type { EpochReport } from '../../src/train/engine';
import { epochReport } from './fake-reports';

const tick = 50;
export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
/** In the shape that the bridge rejects with. */
export class FakeError extends Error {
  constructor(
    message: string,
    readonly action: string,
    readonly code = 'fake',
  ) {
    super(message);
  }
}

export class FakeRecording {
  private ended: 'no' | 'keep' | 'drop' = 'no';

  constructor(
    private readonly plan: RequestInput<'capture.start'>,
    private readonly tell: (progress: CaptureProgress) => void,
    private readonly save: (seconds: number) => CaptureSummary,
  ) {
    void this.run();
  }

  stop(keep: boolean): void {
    this.ended = keep ? 'keep' : 'drop';
  }

  private report(
    index: number,
    phase: CaptureProgress['phase'],
    seconds = 0,
    of = 0,
    saved: CaptureSummary | null = null,
  ) {
    this.tell({ index, count: this.plan.count, phase, seconds, ofSeconds: of, saved, problem: '' });
  }

  /** Reports a phase as it passes; answers how long it lasted. `of` 0 lasts until stopped. */
  private async during(
    phase: 'countdown' | 'armed' | 'recording' | 'pause',
    index: number,
    of: number,
    endless = false,
  ): Promise<number> {
    const began = performance.now();
    for (;;) {
      const seconds = (performance.now() - began) / 1000;
      if (this.ended !== 'no' || (!endless && seconds >= of)) return seconds;
      this.report(index, phase, seconds, of);
      await pause(tick);
    }
  }

  private async run(): Promise<void> {
    const { count, seconds, countdownSeconds, pauseSeconds } = this.plan;
    for (let index = 1; index <= count; index++) {
      await this.during(index === 1 ? 'countdown' : 'pause', index, index === 1 ? countdownSeconds : pauseSeconds);
      // Here something goes on a second after it is waited for.
      if (this.plan.begin) await this.during('armed', index, 1);
      const held = seconds === 0;
      const lasted = await this.during('recording', index, seconds, held);
      if (this.ended === 'drop' || (this.ended === 'keep' && !held)) return this.report(index - 1, 'cancelled');
      const saved = this.save(lasted);
      this.report(index, index === count ? 'finished' : 'saving', seconds, seconds, saved);
    }
  }
}

/** Answers five times a second; the gesture changes every six seconds. Returns the function that ends it. */
export function playLive(
  labels: readonly string[],
  gesture: () => string,
  perform: (gesture: string) => void,
  threshold: () => number,
  send: (result: LiveResult) => void,
): () => void {
  let window = 0;
  const scores = labels.map(() => 1 / labels.length);
  const timer = setInterval(() => {
    const truth = labels.indexOf(gesture());
    scores.forEach((score, i) => {
      const wanted = i === truth ? 0.94 : 0.06 / (labels.length - 1);
      scores[i] = score + (wanted - score) * 0.25 + Math.sin(window * 1.3 + i * 2) * 0.015;
    });
    const best = scores.indexOf(Math.max(...scores));
    send({
      seconds: window * 0.2 + 1,
      window: window++,
      scores: [...scores],
      label: scores[best] >= threshold() ? labels[best] : '',
      dspMicros: 2890 + (window % 5) * 12,
      modelMicros: 1214,
    });
    if (window % 30 === 0) perform(labels[(truth + 1) % labels.length]);
  }, 200);
  return () => clearInterval(timer);
}

/** Features, rounds with some kept aside, rounds with everything, shrinking; stops where it is told to. */
export async function playTraining(
  epochs: number,
  cancelled: () => boolean,
  tell: (progress: TrainProgress) => void,
): Promise<readonly EpochReport[]> {
  const history: EpochReport[] = [];
  for (let done = 0; done < 5; done++) {
    tell({ phase: 'features', done: done * 12, total: 60 });
    await pause(30);
  }
  for (let epoch = 1; epoch <= Math.min(epochs, 42) && !cancelled(); epoch++) {
    history.push(epochReport(epoch, epochs));
    tell({ phase: 'epoch', epoch: history[epoch - 1], secondsLeft: (epochs - epoch) * 0.05 });
    await pause(50);
  }
  if (cancelled()) {
    tell({ phase: 'cancelled' });
    throw new FakeError('Training was cancelled.', 'Start it again whenever you like.', 'cancelled');
  }
  for (let epoch = 0; epoch <= 36; epoch += 6) {
    tell({ phase: 'refit', epoch, epochs: 36, secondsLeft: (36 - epoch) / 40 });
    await pause(150);
  }
  tell({ phase: 'quantise' });
  await pause(80);
  return history;
}

export async function cancellablePause(ms: number, cancelled: () => boolean): Promise<void> {
  await pause(ms);
  if (cancelled()) throw new FakeError('It was cancelled.', 'Start it again whenever you like.', 'cancelled');
}

export async function playDeploy(cancelled: () => boolean, tell: (progress: DeployProgress) => void): Promise<void> {
  for (const phase of ['erase', 'write', 'verify', 'commit', 'start'] as const)
    for (let part = 1; part <= (phase === 'write' ? 8 : 2); part++) {
      tell({ phase, bytes: part * 1188, total: 9504 });
      await cancellablePause(40, cancelled);
    }
}

/**
 * Recognition on a board as it happens: starts it, turns its int8 results into probabilities and labels, stops it.
 * Knows the Device interface only.
 */
import type { LiveSettings, OutputHead } from '../deploy';
import { LinkError, type Device, type DeviceObjects, type DeviceResult, type RunInfo } from '../link';
import { LiveError } from './errors';
import { ResultSmoother, unusual } from './smoother';
import type { LiveResult } from './types';

export interface LiveModel {
  /** In the order of the model's outputs. */
  readonly labels: readonly string[];
  readonly settings: LiveSettings;
  /** Quantization of the model's output. */
  readonly scale: number;
  readonly zeroPoint: number;
  /** What it listens to or looks at; default 'motion'. */
  readonly sensor?: 'motion' | 'audio' | 'camera' | undefined;
  /** Default 'classes'; of 'none' the only label is what is normal. */
  readonly head?: OutputHead | undefined;
  /** The model's sensor rate; makes `seconds` begin at the start of recognition rather than at its first window's end. */
  readonly rateHz?: number;
}

export interface LiveRun {
  readonly info: RunInfo;
  /** Other smoothing or threshold from the next result on; the board's own lamp keeps those of its model. */
  change(settings: LiveSettings): void;
  stop(): Promise<void>;
}

/**
 * A board that skips a window now and then goes on smoothing; after a gap in its sensor's frames, which costs more
 * than one window, it begins anew (firmware/PROTOCOL.md, 5).
 */
const mostSkipped = 1;

/** Holds the result of a model that finds objects until their own event has come, or is seen to be lost. */
class Pairs {
  private held: DeviceResult | undefined;

  constructor(
    private readonly wait: boolean,
    private readonly take: (raw: DeviceResult, found?: DeviceObjects) => void,
  ) {}

  result(raw: DeviceResult): void {
    const before = this.held;
    this.held = this.wait ? raw : undefined;
    if (before) this.take(before);
    if (!this.wait) this.take(raw);
  }

  objects(found: DeviceObjects): void {
    if (this.held?.window !== found.window) return;
    const raw = this.held;
    this.held = undefined;
    this.take(raw, found);
  }
}

/** Turns the board's results into the app's, with smoothing of its own. */
class Reading {
  private smoother: ResultSmoother;
  private beginning = NaN;
  private next = 0;

  constructor(
    private readonly model: LiveModel,
    private readonly info: RunInfo,
  ) {
    this.smoother = new ResultSmoother(model.settings, model.scale, model.zeroPoint);
  }

  change(settings: LiveSettings): void {
    this.smoother = new ResultSmoother(settings, this.model.scale, this.model.zeroPoint);
  }

  /** undefined for a result of another model. */
  read(raw: DeviceResult, found?: DeviceObjects): LiveResult | undefined {
    const { model } = this;
    if (raw.scores.length !== (model.head === 'none' ? 0 : model.labels.length)) return undefined;
    const skipped = raw.window - this.next;
    if (skipped > mostSkipped && model.sensor !== 'camera') this.smoother.reset();
    this.next = raw.window + 1;
    const label = this.smoother.add(raw.scores, raw.anomaly);
    const objects = found?.objects.map((one) => ({
      label: model.labels[one.label] ?? '',
      score: this.valueOf(one.score),
      x: one.x,
      y: one.y,
    }));
    return {
      seconds: this.secondsOf(raw),
      window: raw.window,
      scores: Array.from(raw.scores, (score) => this.valueOf(score)),
      label: label < 0 ? '' : model.labels[label],
      dspMicros: raw.dspMicros,
      modelMicros: raw.modelMicros,
      ...(raw.anomaly === undefined ? {} : { anomaly: raw.anomaly, unusual: label === unusual }),
      ...(model.head === 'objects' ? { objects: objects ?? [] } : {}),
    };
  }

  private valueOf(score: number): number {
    return (score - this.model.zeroPoint) * this.model.scale;
  }

  private secondsOf({ micros, window }: DeviceResult): number {
    const { model, info } = this;
    const windowSeconds = model.rateHz && model.sensor !== 'camera' ? info.windowFrames / model.rateHz : 0;
    // The first result says when the recognition began: its window's number times the stride, and one window, ago.
    if (Number.isNaN(this.beginning))
      this.beginning = micros / 1e6 - (window * info.strideMicros) / 1e6 - windowSeconds;
    return Math.max(0, micros / 1e6 - this.beginning);
  }
}

/** Calls `onResult` for each result, with the board's own result beside it. Rejects with LiveError. */
export async function startLive(
  device: Device,
  model: LiveModel,
  onResult: (result: LiveResult, raw: DeviceResult) => void,
): Promise<LiveRun> {
  const early: [DeviceResult, DeviceObjects?][] = [];
  let take = (raw: DeviceResult, found?: DeviceObjects): void => void early.push([raw, found]);
  const pairs = new Pairs(model.head === 'objects', (raw, found) => take(raw, found));
  const started = device.startRun(
    (raw) => pairs.result(raw),
    (found) => pairs.objects(found),
  );
  const info = await started.catch((error: unknown) => {
    throw explained(error);
  });
  if (info.labels !== model.labels.length) {
    await device.stopRun().catch(() => undefined);
    const message = `The model on the board has ${info.labels} labels, the one in this project ${model.labels.length}.`;
    throw new LiveError('other-model', message, 'Put the model of this project on the board first.');
  }
  const reading = new Reading(model, info);
  take = (raw, found) => {
    const result = reading.read(raw, found);
    if (result) onResult(result, raw);
  };
  for (const [raw, found] of early) take(raw, found);
  let stopping: Promise<void> | undefined;
  return {
    info,
    change: (settings) => reading.change(settings),
    stop: () => {
      stopping ??= device.stopRun().catch((error: unknown) => {
        // A board that is gone has stopped.
        if (error instanceof LinkError && (error.code === 'lost' || error.code === 'closed')) return;
        // One that did not answer may be asked again.
        stopping = undefined;
        throw explained(error);
      });
      return stopping;
    },
  };
}

function explained(error: unknown): unknown {
  if (!(error instanceof LinkError)) return error;
  if (error.code === 'device-no-model') return new LiveError('no-model', error.message, error.action, error);
  const code = error.code.startsWith('device-') || error.code === 'unsupported' ? 'refused' : 'line-lost';
  return new LiveError(code, error.message, error.action, error);
}

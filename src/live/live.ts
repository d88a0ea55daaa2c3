/**
 * Recognition on a board as it happens: starts it, turns its int8 results into probabilities and labels, stops it.
 * Knows the Device interface only.
 */
import type { LiveSettings } from '../deploy';
import { LinkError, type Device, type DeviceResult, type RunInfo } from '../link';
import { LiveError } from './errors';
import { ResultSmoother } from './smoother';
import type { LiveResult } from './types';

export interface LiveModel {
  /** In the order of the model's outputs. */
  readonly labels: readonly string[];
  readonly settings: LiveSettings;
  /** Quantization of the model's output. */
  readonly scale: number;
  readonly zeroPoint: number;
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

/** Calls `onResult` for each result, with the board's own result beside it. Rejects with LiveError. */
export async function startLive(
  device: Device,
  model: LiveModel,
  onResult: (result: LiveResult, raw: DeviceResult) => void,
): Promise<LiveRun> {
  let smoother = new ResultSmoother(model.settings, model.scale, model.zeroPoint);
  const early: DeviceResult[] = [];
  let take = (raw: DeviceResult): void => void early.push(raw);
  const info = await device
    .startRun((raw) => take(raw))
    .catch((error: unknown) => {
      throw explained(error);
    });
  if (info.labels !== model.labels.length) {
    await device.stopRun().catch(() => undefined);
    const message = `The model on the board has ${info.labels} labels, the one in this project ${model.labels.length}.`;
    throw new LiveError('other-model', message, 'Put the model of this project on the board first.');
  }
  const windowSeconds = model.rateHz ? info.windowFrames / model.rateHz : 0;
  let beginning = NaN;
  let next = 0;
  take = (raw) => {
    if (raw.scores.length !== model.labels.length) return;
    // The first result says when the recognition began: its window's number times the stride, and one window, ago.
    if (Number.isNaN(beginning)) beginning = raw.micros / 1e6 - (raw.window * info.strideMicros) / 1e6 - windowSeconds;
    if (raw.window - next > mostSkipped) smoother.reset();
    next = raw.window + 1;
    const label = smoother.add(raw.scores);
    onResult(
      {
        seconds: Math.max(0, raw.micros / 1e6 - beginning),
        window: raw.window,
        scores: Array.from(raw.scores, (score) => (score - model.zeroPoint) * model.scale),
        label: label < 0 ? '' : model.labels[label],
        dspMicros: raw.dspMicros,
        modelMicros: raw.modelMicros,
      },
      raw,
    );
  };
  for (const raw of early) take(raw);
  let stopping: Promise<void> | undefined;
  return {
    info,
    change: (settings) => {
      smoother = new ResultSmoother(settings, model.scale, model.zeroPoint);
    },
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

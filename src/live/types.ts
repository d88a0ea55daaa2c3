/** Recognition as it happens, and as it would have on a recording. */
import type { LiveSettings } from '../deploy/types';

export interface LiveResult {
  /** The device's clock at the end of the window, in seconds since recognition started. */
  readonly seconds: number;
  readonly window: number;
  /** Probability per label, dequantised from the board's int8 output. */
  readonly scores: readonly number[];
  /** After smoothing, threshold and suppression; '' where nothing is certain enough, or what came is unusual. */
  readonly label: string;
  /** score / threshold where the model tells what is unusual; above 1 is. */
  readonly anomaly?: number;
  /** The label is '' because what came is unusual. */
  readonly unusual?: boolean;
  /** Where a model that finds objects saw them: centres, 0 to 1 of the picture; score 0 to 1. */
  readonly objects?: readonly FoundLiveObject[];
  readonly dspMicros: number;
  readonly modelMicros: number;
}

export interface FoundLiveObject {
  readonly label: string;
  readonly score: number;
  readonly x: number;
  readonly y: number;
}

/** Something that happened, or was said to happen, in seconds of the recording. */
export interface Happening {
  readonly start: number;
  readonly end: number;
  /** Index of the label; -2 for what is unusual. */
  readonly label: number;
}

export interface EventScore {
  readonly hours: number;
  /** Happenings that were told at least once. */
  readonly detections: number;
  readonly misses: number;
  /** Told where nothing of the kind happened. */
  readonly falseAlarms: number;
  readonly missesPerHour: number;
  readonly falseAlarmsPerHour: number;
  /** Share of what happened that was not told; 0 where nothing happened. */
  readonly missShare: number;
}

/** Settings, and what they do on a recording. */
export interface Proposal {
  readonly settings: LiveSettings;
  readonly score: EventScore;
}

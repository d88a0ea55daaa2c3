/** What a replay of long recordings tells. Types only. */
import type { EventScore, Proposal } from '../live/types';

export type { EventScore, Proposal };

export interface ReplayEvent {
  /** Seconds of the joined recording. */
  readonly start: number;
  readonly end: number;
  /** '' where what came is unusual. */
  readonly label: string;
}

export interface ReplayReport {
  readonly seconds: number;
  readonly captures: number;
  /** Results that a board would have sent. */
  readonly results: number;
  /** Words, gestures or things in the recording that should be told. */
  readonly happened: number;
  /** With the project's own settings. */
  readonly current: Proposal;
  /** From the fewest false alarms to the fewest misses: nothing tried is better in both. */
  readonly curve: readonly Proposal[];
  /** What keeps to the wished rate with the fewest misses; null where nothing was wished or nothing does. */
  readonly proposal: Proposal | null;
  readonly wishedPerHour: number | null;
  /** What the current settings told, and what was there to be told. */
  readonly told: readonly ReplayEvent[];
  readonly truth: readonly ReplayEvent[];
}

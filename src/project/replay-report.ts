/** What a replay of long recordings tells. Types only. */
import type { EventScore, Proposal } from '../live/types';

export type { EventScore, Proposal };

/** `score` is of the recording that the settings were chosen on, and so too good. */
export interface CheckedProposal extends Proposal {
  /**
   * At this rate of false alarms, settings chosen on each half of the recording and scored on the other; null where no
   * settings keep to the rate on a half, or there are no halves.
   */
  readonly heldOut: EventScore | null;
}

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
  readonly curve: readonly CheckedProposal[];
  /** What keeps to the wished rate with the fewest misses; null where nothing was wished or nothing does. */
  readonly proposal: CheckedProposal | null;
  readonly wishedPerHour: number | null;
  /** What the halves are: different recordings, or (of one, or one that outlasts the others) before and after a moment. */
  readonly halves: 'recordings' | 'time' | null;
  /** What the current settings told, and what was there to be told. */
  readonly told: readonly ReplayEvent[];
  readonly truth: readonly ReplayEvent[];
}

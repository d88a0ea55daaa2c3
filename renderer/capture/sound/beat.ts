/** The metronome of "say it often": where in the beats a take is. Pure. */

/** Silence before the first beat, so that the recording has begun when somebody speaks. */
export const leadSeconds = 0.6;

export interface BeatState {
  /** 0 before the first beat, then 1 to `times`. */
  readonly beat: number;
  /** 0 at the beat to 1 at the next. */
  readonly part: number;
}

export function takeSeconds(times: number, every: number): number {
  return Math.round((leadSeconds + times * every) * 10) / 10;
}

export function beatAt(seconds: number, times: number, every: number): BeatState {
  const since = seconds - leadSeconds;
  if (since < 0) return { beat: 0, part: Math.max(0, 1 + since / leadSeconds) };
  const beat = Math.min(Math.floor(since / every) + 1, times);
  return { beat, part: Math.min((since - (beat - 1) * every) / every, 1) };
}

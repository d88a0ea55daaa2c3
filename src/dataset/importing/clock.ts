/**
 * From a column of timestamps to a rate and the gaps in it. The rate is fitted over the whole recording (least
 * squares), so that timestamps rounded to milliseconds do not spoil it, and jumps count as lost frames.
 */
import type { Gap } from '../types';
import type { TimeUnit } from './table-shape';

export interface Timing {
  readonly rateHz: number;
  readonly gaps: readonly Gap[];
  /** Frames whose time is not after the one before. */
  readonly backwards: number;
}

const perSecond: Record<TimeUnit, number> = { ns: 1e9, us: 1e6, ms: 1e3, date: 1e3, s: 1 };

/**
 * Judges the unit of plain numbers: by their size where they count from 1970, else by their steps: recordings of
 * sensors run between 2 Hz and some kHz.
 */
export function guessTimeUnit(first: number, step: number): TimeUnit {
  if (first > 1e17) return 'ns';
  if (first > 1e14) return 'us';
  if (first > 1e11) return 'ms';
  if (first > 1e9 && step < 100) return 's';
  if (step < 0.5) return 's';
  return step < 500 ? 'ms' : 'us';
}

function median(values: Float64Array): number {
  return Float64Array.from(values).sort()[values.length >> 1] ?? NaN;
}

/** `times` one per frame, in `unit` (undefined: judged). undefined where no rate can be had from them. */
export function fitClock(times: Float64Array, unit: TimeUnit | undefined): Timing | undefined {
  if (times.length < 2) return undefined;
  const steps = new Float64Array(times.length - 1).map((_, i) => times[i + 1] - times[i]);
  const forward = steps.filter((step) => step > 0);
  if (forward.length === 0) return undefined;
  const typical = median(forward);
  const gaps: Gap[] = [];
  let backwards = 0;
  // Least squares of time over frame number, counting the lost frames; centred, so that epochs keep their precision.
  const positions = new Float64Array(times.length);
  for (let i = 0; i < steps.length; i++) {
    const advance = steps[i] > 0 ? Math.max(1, Math.round(steps[i] / typical)) : 1;
    if (steps[i] <= 0) backwards++;
    // Half a step more is jitter; only from two steps on is a frame missing.
    const lost = steps[i] >= typical * 1.75 ? advance - 1 : 0;
    if (lost > 0) gaps.push({ at: i + 1, lost: Math.min(lost, 0xffffffff) });
    positions[i + 1] = positions[i] + 1 + lost;
  }
  const period = backwards > 0 ? typical : slope(positions, times);
  const rateHz = perSecond[unit ?? guessTimeUnit(times[0], typical)] / period;
  return Number.isFinite(rateHz) && rateHz >= 1e-5 && rateHz <= 1e6
    ? { rateHz: tidy(rateHz), gaps, backwards }
    : undefined;
}

function slope(x: Float64Array, y: Float64Array): number {
  const meanX = x.reduce((sum, value) => sum + value, 0) / x.length;
  const first = y[0];
  const meanY = y.reduce((sum, value) => sum + (value - first), 0) / y.length;
  let over = 0;
  let under = 0;
  for (let i = 0; i < x.length; i++) {
    over += (x[i] - meanX) * (y[i] - first - meanY);
    under += (x[i] - meanX) ** 2;
  }
  return over / under;
}

/** Rates come from clocks of a few digits: 24.9997 and 25.0003 are 25. */
function tidy(rateHz: number): number {
  const whole = Math.round(rateHz);
  if (whole > 0 && Math.abs(rateHz - whole) / whole < 5e-4) return whole;
  return Number(rateHz.toPrecision(6));
}

/**
 * How loud the microphone hears, for the meter: level, held peak, and whether it clips. 16-bit sound as floats comes
 * in; decibels below full scale come out. Pure but for the clock that it is given.
 */

/** Where the meter's bar begins. */
export const floorDb = -60;
/** Speech that peaks below this teaches little. */
const quietDb = -36;
/** From here on, a louder word may clip. */
const loudDb = -3;
const heldMs = 1500;
const warnedMs = 3000;
/** Two values in a row at the end of the scale: one alone may be a true peak. */
const clipRun = 2;

export type Loudness = 'silent' | 'quiet' | 'good' | 'loud' | 'clipping';

export interface LevelReading {
  /** Root mean square of what came last, in dB below full scale. */
  readonly db: number;
  /** The highest peak of the last second and a half. */
  readonly peakDb: number;
  readonly loudness: Loudness;
  /** Values at the end of the scale since the meter was made. */
  readonly clipped: number;
}

const decibels = (x: number): number => (x > 0 ? Math.max(20 * Math.log10(x / 32768), -96) : -96);

export class LevelMeter {
  private peak = 0;
  private peakAt = -Infinity;
  private clippedAt = -Infinity;
  private clipped = 0;

  /** `values` came since the last call; missing ones (NaN) are left out. `now` in milliseconds. */
  read(values: Float32Array, now: number): LevelReading {
    let sum = 0;
    let count = 0;
    let highest = 0;
    let run = 0;
    for (const x of values) {
      if (Number.isNaN(x)) continue;
      const size = Math.abs(x);
      sum += x * x;
      count++;
      if (size > highest) highest = size;
      run = size >= 32767 ? run + 1 : 0;
      if (run >= clipRun) {
        this.clippedAt = now;
        this.clipped++;
      }
    }
    if (highest >= this.peak || now - this.peakAt > heldMs) {
      this.peak = highest;
      this.peakAt = now;
    }
    const peakDb = decibels(this.peak);
    return {
      db: decibels(count > 0 ? Math.sqrt(sum / count) : 0),
      peakDb,
      loudness: this.judge(peakDb, now),
      clipped: this.clipped,
    };
  }

  private judge(peakDb: number, now: number): Loudness {
    if (now - this.clippedAt < warnedMs) return 'clipping';
    if (peakDb >= loudDb) return 'loud';
    if (peakDb < floorDb) return 'silent';
    return peakDb < quietDb ? 'quiet' : 'good';
  }
}

/** 0 to 1 along the meter's bar. */
export const alongMeter = (db: number): number => Math.min(Math.max(1 - db / floorDb, 0), 1);

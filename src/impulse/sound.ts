/**
 * Windows of sound: what surrounds a clip that is shorter than the window, and the same clip said a little earlier,
 * faster, louder or in a noisier room, for training. Everything comes from a seeded generator and + - * / sqrt, so the
 * same capture gives the same windows on every machine. Knows nothing of features.
 */
import { Random } from '../base';
import type { Capture } from '../dataset';

/** A stretch of frames without a gap; `end` exclusive. */
interface Stretch {
  readonly start: number;
  readonly end: number;
}

/** Where a window of `frames` lies: its first frame in the capture (before the run where the run is short), and frames per frame. */
export interface SoundPlace {
  readonly column: number;
  readonly run: Stretch;
  readonly first: number;
  readonly step: number;
  readonly frames: number;
}

/** How one window differs from how it was recorded. */
export interface SoundChange {
  /** Later by so many frames of the window; below 0 earlier. */
  readonly shift: number;
  /** Faster by this factor, and higher with it, as another throat would be. */
  readonly speed: number;
  readonly gain: number;
  /** Other sound to mix in, at the window's rate, from `noiseFrom` on and repeated where it is short; and how loud. */
  readonly noise?: Float32Array | undefined;
  readonly noiseFrom: number;
  readonly noiseGain: number;
}

const unchanged: SoundChange = { shift: 0, speed: 1, gain: 1, noiseFrom: 0, noiseGain: 0 };

/** Frames of the stretch that is taken for the background: 10 ms at 16 kHz. */
const quietFrames = 160;
/** Deviation 1 from the sum of two uniforms. */
const sqrt6 = Math.sqrt(6);

/** Mean square around its mean of the quietest short stretch: how loud the room is when nobody speaks. */
function quietestPower(capture: Capture, { column, run }: SoundPlace): number {
  const width = capture.axes.length;
  const length = Math.min(quietFrames, run.end - run.start);
  let quietest = Infinity;
  for (let first = run.start; first + length <= run.end; first += Math.max(1, length >> 1)) {
    let sum = 0;
    let squares = 0;
    for (let frame = first; frame < first + length; frame++) {
      const value = capture.values[frame * width + column];
      sum += value;
      squares += value * value;
    }
    quietest = Math.min(quietest, squares / length - (sum / length) ** 2);
  }
  return Math.max(0, quietest);
}

function mixIn(window: Float32Array, { noise, noiseFrom, noiseGain }: SoundChange): void {
  if (!noise || noise.length === 0 || noiseGain === 0) return;
  for (let i = 0; i < window.length; i++) window[i] += noise[(noiseFrom + i) % noise.length] * noiseGain;
}

/**
 * One window of sound. What lies beyond the run is filled with noise as loud as the run's quietest moment, in whole
 * numbers as a microphone gives them: digital silence, which no board ever hears, would tell short clips from long ones.
 */
export function soundWindow(capture: Capture, place: SoundPlace, change: SoundChange = unchanged): Float32Array {
  const { column, run, first, step, frames } = place;
  const width = capture.axes.length;
  const window = new Float32Array(frames);
  const middle = (frames - 1) / 2;
  const random = new Random(parseInt(capture.hash.slice(0, 8), 16) || 1);
  let level = -1;
  for (let i = 0; i < frames; i++) {
    const position = first + ((i - change.shift - middle) * change.speed + middle) * step;
    if (position < run.start || position > run.end - 1) {
      if (level < 0) level = Math.sqrt(quietestPower(capture, place)) * sqrt6;
      window[i] = Math.round((random.uniform() + random.uniform() - 1) * level) * change.gain;
      continue;
    }
    const before = Math.floor(position);
    const share = position - before;
    const value = capture.values[before * width + column];
    const next = share > 0 ? capture.values[(before + 1) * width + column] : value;
    window[i] = (value + (next - value) * share) * change.gain;
  }
  mixIn(window, change);
  return window;
}

/** What training varies in sounds; every draw is uniform in its range. */
export interface SoundVariation {
  /** Varied windows beside each one as it was recorded. */
  readonly copies: number;
  /** Largest shift, in seconds. */
  readonly shift: number;
  /** Largest change of speed, as a share. */
  readonly speed: number;
  /** Largest change of loudness, as a factor up and down. */
  readonly gain: number;
  /** Of the varied windows, the share that another sound is mixed into, and how much quieter than the window: amplitude ratios. */
  readonly noisy: number;
  readonly noiseRatio: readonly [number, number];
  /** Recordings of background at the impulse's rate; made-up noise where there are none. */
  readonly noises: readonly Float32Array[];
  readonly seed: number;
}

const madeUpFrames = 65_536;

/** A hiss and a rumble, deviation 1, for projects without a recorded background. */
function madeUpNoises(): Float32Array[] {
  const random = new Random(20);
  const hiss = Float32Array.from({ length: madeUpFrames }, () => random.normal());
  // Each sample mostly the one before: quieter by 6 dB an octave, as rooms are.
  let slow = 0;
  const rumble = hiss.map(() => (slow = 0.97 * slow + Math.sqrt(1 - 0.97 * 0.97) * random.normal()));
  return [hiss, rumble];
}

let made: readonly Float32Array[] | undefined;

const powerOf = (values: Float32Array, from: number, count: number): number => {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += values[(from + i) % values.length] ** 2;
  return sum / count;
};

/** low * (high / low) ** share without a power function: halved by square roots, bit by bit. */
function geometric(low: number, high: number, share: number): number {
  let factor = low;
  let ratio = high / low;
  let left = share;
  for (let bit = 0; bit < 12; bit++) {
    ratio = Math.sqrt(ratio);
    left *= 2;
    if (left < 1) continue;
    factor *= ratio;
    left -= 1;
  }
  return factor;
}

/** One varied window, drawn from `random`. */
export function variedSound(
  capture: Capture,
  place: SoundPlace,
  rateHz: number,
  variation: SoundVariation,
  random: Random,
): Float32Array {
  const within = (): number => random.uniform() * 2 - 1;
  const plain: SoundChange = {
    shift: Math.round(within() * variation.shift * rateHz),
    speed: 1 + within() * variation.speed,
    gain: geometric(1 / variation.gain, variation.gain, random.uniform()),
    noiseFrom: 0,
    noiseGain: 0,
  };
  const window = soundWindow(capture, place, plain);
  const noisy = random.uniform() < variation.noisy;
  const noises = variation.noises.length > 0 ? variation.noises : (made ??= madeUpNoises());
  const noise = noises[random.below(noises.length)];
  const noiseFrom = random.below(noise.length);
  const [quietest, loudest] = variation.noiseRatio;
  const ratio = geometric(quietest, loudest, random.uniform());
  if (!noisy) return window;
  const power = powerOf(noise, noiseFrom, window.length);
  const noiseGain = power > 0 ? ratio * Math.sqrt(powerOf(window, 0, window.length) / power) : 0;
  mixIn(window, { ...plain, noise, noiseFrom, noiseGain });
  return window;
}

/**
 * Believable hand motion for a machine without a board: what a six-axis motion sensor held in a hand reads while its
 * owner does nothing, waves, moves it up and down, or draws circles. Rigid-body kinematics, not recordings: position
 * and attitude are sums of harmonics of one phase, and persons differ in size, tempo, grip and hand. Knows no board.
 */
import { hashText, Random } from '../../base';

/** accX accY accZ in m/s2 including gravity, gyrX gyrY gyrZ in deg/s. */
export const gestureAxes = ['accX', 'accY', 'accZ', 'gyrX', 'gyrY', 'gyrZ'] as const;
export const gestureNames = ['idle', 'wave', 'up-down', 'circle'] as const;
export type GestureName = (typeof gestureNames)[number];

const gravity = 9.80665;
const degrees = Math.PI / 180;

/** Indices of what moves: metres along right, forward, up; degrees of pitch (about right), roll (forward), yaw (up). */
const enum Part {
  Right,
  Forward,
  Up,
  Pitch,
  Roll,
  Yaw,
}

interface Harmonic {
  readonly part: Part;
  readonly size: number;
  readonly multiple: number;
  readonly phase: number;
}

interface Movement {
  readonly hz: number;
  readonly harmonics: readonly Harmonic[];
}

const quarter = Math.PI / 2;

const movements: Readonly<Record<GestureName, Movement>> = {
  idle: {
    hz: 0.25,
    harmonics: [
      { part: Part.Pitch, size: 1.2, multiple: 1, phase: 0 },
      { part: Part.Roll, size: 1, multiple: 2, phase: 1 },
    ],
  },
  wave: {
    hz: 1.75,
    harmonics: [
      { part: Part.Right, size: 0.055, multiple: 1, phase: 0 },
      { part: Part.Up, size: 0.008, multiple: 2, phase: quarter },
      { part: Part.Roll, size: 20, multiple: 1, phase: 0.9 },
      { part: Part.Yaw, size: 12, multiple: 1, phase: 0.4 },
    ],
  },
  'up-down': {
    hz: 1.4,
    harmonics: [
      { part: Part.Up, size: 0.1, multiple: 1, phase: 0 },
      { part: Part.Forward, size: 0.015, multiple: 1, phase: 0.7 },
      { part: Part.Pitch, size: 9, multiple: 1, phase: 0.3 },
    ],
  },
  circle: {
    hz: 1.15,
    harmonics: [
      { part: Part.Right, size: 0.1, multiple: 1, phase: 0 },
      { part: Part.Up, size: 0.1, multiple: 1, phase: quarter },
      { part: Part.Roll, size: 7, multiple: 1, phase: 0.2 },
      { part: Part.Yaw, size: 5, multiple: 1, phase: 1.8 },
    ],
  },
};

/** What does not change about a person: size and tempo of motion, hand, how the board lies in it. */
interface Habits {
  readonly size: number;
  readonly tempo: number;
  readonly mirrored: boolean;
  readonly tremor: number;
  /** Rows of the rotation from the hand's frame to the board's. */
  readonly grip: readonly number[];
  readonly random: Random;
}

function habitsOf(person: string | number): Habits {
  const random = new Random(hashText(`person ${person}`));
  const between = (low: number, high: number): number => low + (high - low) * random.uniform();
  return {
    size: between(0.75, 1.3),
    tempo: between(0.8, 1.25),
    mirrored: random.uniform() < 0.25,
    tremor: between(0.02, 0.12),
    grip: rotation(between(-18, 18) * degrees, between(-18, 18) * degrees, between(-25, 25) * degrees),
    random,
  };
}

/** Rows of Rx(pitch) Ry(roll) Rz(yaw), with the signs that turn world vectors into the turned frame. */
function rotation(pitch: number, roll: number, yaw: number): number[] {
  const [sp, cp, sr, cr, sy, cy] = [
    Math.sin(pitch),
    Math.cos(pitch),
    Math.sin(roll),
    Math.cos(roll),
    Math.sin(yaw),
    Math.cos(yaw),
  ];
  return [
    cr * cy, cr * sy, -sr,
    sp * sr * cy - cp * sy, sp * sr * sy + cp * cy, sp * cr,
    cp * sr * cy + sp * sy, cp * sr * sy - sp * cy, cp * cr,
  ]; // prettier-ignore
}

interface OwnHarmonic extends Harmonic {
  /** Slow changes of size that no two repetitions share: two sines of about 0.1 and 0.3 Hz. */
  readonly drift: readonly [number, number];
}

/** One person doing one thing, for as long as one likes; the same arguments give the same motion. */
export class GestureMotion {
  private readonly habits: Habits;
  private readonly harmonics: readonly OwnHarmonic[];
  private readonly hz: number;
  private readonly start: number;
  private readonly wobble: readonly [number, number];
  private readonly bias: readonly number[];
  private readonly noise: Random;
  private readonly part = new Float64Array(6);
  private readonly rate = new Float64Array(6);

  /** `person` makes the habits, `seed` the occasion: another seed is the same person on another try. */
  constructor(name: string, person: string | number, seed: number) {
    const movement = movements[name as GestureName] ?? movements.idle;
    this.habits = habitsOf(person);
    const habit = new Random(hashText(`${person} does ${name}`));
    const occasion = new Random(hashText(`${person} does ${name} at ${seed}`));
    const around = (random: Random, spread: number): number => 1 + spread * (2 * random.uniform() - 1);
    const circle = (): number => 2 * Math.PI * occasion.uniform();
    this.hz = movement.hz * this.habits.tempo * around(occasion, 0.08);
    const size = this.habits.size * around(occasion, 0.1);
    this.harmonics = movement.harmonics.map((harmonic) => ({
      ...harmonic,
      size: harmonic.size * size * around(habit, 0.2) * around(occasion, 0.06),
      phase: harmonic.phase + 0.3 * (habit.uniform() - 0.5),
      drift: [circle(), circle()],
    }));
    this.start = circle();
    this.wobble = [circle(), circle()];
    this.bias = [0.08, 0.08, 0.08, 1.2, 1.2, 1.2].map((spread) => spread * (2 * occasion.uniform() - 1));
    this.noise = new Random(hashText(`noise ${person} ${name} ${seed}`));
  }

  /** What the six axes read at `seconds`, into `out` from `at`. Call with rising times: the noise goes on. */
  sample(seconds: number, out: Float32Array, at = 0): void {
    this.move(seconds);
    const { part, rate } = this;
    const mirror = this.habits.mirrored ? -1 : 1;
    const pitch = part[Part.Pitch] * degrees;
    const roll = part[Part.Roll] * degrees * mirror;
    const yaw = part[Part.Yaw] * degrees * mirror;
    const attitude = rotation(pitch, roll, yaw);
    // An accelerometer at rest reads the push of the hand, upwards.
    const hand = turn(attitude, part[Part.Right] * mirror, part[Part.Forward], part[Part.Up] + gravity);
    const acceleration = turn(this.habits.grip, hand[0], hand[1], hand[2]);
    const turning = turn(this.habits.grip, rate[Part.Pitch], rate[Part.Roll] * mirror, rate[Part.Yaw] * mirror);
    const wander = Math.sin(0.06 * seconds + this.wobble[0]);
    for (let axis = 0; axis < 3; axis++) {
      out[at + axis] =
        acceleration[axis] + this.bias[axis] * (1 + 0.5 * wander) + (this.habits.tremor + 0.03) * this.gauss();
      out[at + 3 + axis] =
        turning[axis] + this.bias[3 + axis] * (1 + 0.5 * wander) + (2 * this.habits.tremor + 0.15) * this.gauss();
    }
  }

  /** Accelerations (m/s2) of the first three parts, angles (deg) of the last three and their rates (deg/s). */
  private move(seconds: number): void {
    const { part, rate } = this;
    part.fill(0);
    rate.fill(0);
    const slow = 0.9 * seconds + this.wobble[0];
    const phase = this.start + 2 * Math.PI * this.hz * seconds + 0.35 * Math.sin(slow);
    const phaseRate = 2 * Math.PI * this.hz + 0.35 * 0.9 * Math.cos(slow);
    for (const { part: which, size, multiple, phase: offset, drift } of this.harmonics) {
      const now = size * (1 + 0.1 * Math.sin(0.7 * seconds + drift[0]) + 0.08 * Math.sin(1.9 * seconds + drift[1]));
      const angle = multiple * phase + offset;
      const speed = multiple * phaseRate;
      if (which <= Part.Up) part[which] -= now * speed * speed * Math.sin(angle);
      else {
        part[which] += now * Math.sin(angle);
        rate[which] += now * speed * Math.cos(angle);
      }
    }
  }

  /** Near enough to a normal deviate for sensor noise: three uniforms, variance 1. */
  private gauss(): number {
    return 2 * (this.noise.uniform() + this.noise.uniform() + this.noise.uniform() - 1.5);
  }
}

function turn(rows: readonly number[], x: number, y: number, z: number): [number, number, number] {
  return [
    rows[0] * x + rows[1] * y + rows[2] * z,
    rows[3] * x + rows[4] * y + rows[5] * z,
    rows[6] * x + rows[7] * y + rows[8] * z,
  ];
}

/**
 * `seconds` of one gesture at `rateHz`: frames * 6 values in the order of `gestureAxes`. The same arguments give the
 * same values; another `seed` is another try of the same person.
 */
export function generateGesture(
  name: string,
  person: string | number,
  seed: number,
  seconds: number,
  rateHz: number,
): Float32Array {
  const frames = Math.max(0, Math.round(seconds * rateHz));
  const values = new Float32Array(frames * gestureAxes.length);
  const motion = new GestureMotion(name, person, seed);
  for (let i = 0; i < frames; i++) motion.sample(i / rateHz, values, i * gestureAxes.length);
  return values;
}

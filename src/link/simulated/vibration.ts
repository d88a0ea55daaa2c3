/**
 * What a motion sensor on a machine reads: a ceiling fan that turns, the same with a coin on one blade, and one that
 * stands still. A rotor's imbalance pulls once a turn, its blades push once each, bearings and air add noise, and the
 * housing rings. `person` is which fan it is and how the sensor sits on it, `seed` the occasion.
 */
import { cosine, hashText, Random, sine } from '../../base';

export const vibrationNames = ['fan', 'fan with a coin', 'off'] as const;
export type VibrationName = (typeof vibrationNames)[number];

const gravity = 9.80665;
const between = (random: Random, low: number, high: number): number => low + (high - low) * random.uniform();

export class VibrationMotion {
  private readonly turnHz: number;
  private readonly blades: number;
  private readonly imbalance: number;
  private readonly push: number;
  private readonly rough: number;
  private readonly ringHz: number;
  private readonly tilt: readonly [number, number];
  private readonly start: number;
  private readonly noise: Random;
  private ring = 0;
  private ringRate = 0;
  private before = 0;

  constructor(name: string, person: string | number, seed: number) {
    const fan = new Random(hashText(`fan ${person}`));
    const occasion = new Random(hashText(`fan ${person} ${name} at ${seed}`));
    const running = name === 'off' ? 0 : 1;
    this.turnHz = running * between(fan, 3.2, 4.8) * between(occasion, 0.97, 1.03);
    this.blades = 3 + fan.below(3);
    // Every real rotor is a little out of balance; a coin far out on a blade makes it several times that.
    const own = between(fan, 0.08, 0.16) * between(occasion, 0.9, 1.1);
    this.imbalance = running * (own + (name === 'fan with a coin' ? between(occasion, 0.25, 0.4) : 0));
    this.push = running * between(fan, 0.1, 0.25) * between(occasion, 0.92, 1.08);
    this.rough = 0.03 + running * between(fan, 0.08, 0.16);
    this.ringHz = between(fan, 18, 30);
    this.tilt = [between(fan, -0.04, 0.04), between(fan, -0.04, 0.04)];
    this.start = occasion.uniform();
    this.noise = new Random(hashText(`fan noise ${person} ${name} ${seed}`));
  }

  /** What accX to gyrZ read at `seconds`, in m/s2 and deg/s, into `out` from `at`. Call with rising times. */
  sample(seconds: number, out: Float32Array, at = 0): void {
    const turn = this.start + this.turnHz * seconds + 0.02 * sine(0.13 * seconds);
    const passing = this.blades * turn;
    this.sway(seconds);
    const noise = (): number => this.rough * (this.noise.uniform() + this.noise.uniform() - 1);
    const pull = this.imbalance * (this.turnHz * this.turnHz * 0.08);
    out[at] =
      gravity * sine(this.tilt[0]) + pull * cosine(turn) + 0.4 * this.push * sine(passing) + this.ring + noise();
    out[at + 1] = gravity * sine(this.tilt[1]) + pull * sine(turn) + 0.4 * this.push * cosine(passing) + noise();
    out[at + 2] = gravity + 0.3 * pull * sine(2 * turn) + this.push * sine(passing) + 0.5 * this.ring + noise();
    for (let axis = 3; axis < 6; axis++) {
      const rock = axis === 5 ? 0.2 : 1;
      out[at + axis] = 8 * pull * rock * (axis === 3 ? sine(turn) : cosine(turn)) + 4 * noise();
    }
  }

  /** The housing: a damped spring that the bearing's noise keeps hitting, moved in steps of at most a millisecond. */
  private sway(seconds: number): void {
    const omega = 2 * Math.PI * this.ringHz;
    let left = Math.min(0.1, Math.max(0, seconds - this.before));
    this.before = seconds;
    while (left > 1e-9) {
      const step = Math.min(0.001, left);
      const hit = this.rough * (this.noise.uniform() - 0.5) * omega * omega;
      this.ringRate += step * (hit - omega * omega * this.ring - 0.16 * omega * this.ringRate);
      this.ring += step * this.ringRate;
      left -= step;
    }
  }
}

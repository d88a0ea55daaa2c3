/**
 * The one seeded generator: xoshiro128** (Blackman and Vigna, 2018) seeded by splitmix32. Integer arithmetic only,
 * so the same seed gives the same numbers on every machine.
 */
export class Random {
  private readonly state: Uint32Array;

  constructor(seed: number) {
    let s = seed >>> 0;
    this.state = new Uint32Array(4).map(() => {
      s = (s + 0x9e3779b9) >>> 0;
      let z = s;
      z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
      z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
      return (z ^ (z >>> 16)) >>> 0;
    });
    if (this.state.every((word) => word === 0)) this.state[0] = 1;
  }

  /** Where the sequence stands: plain numbers for restore(). */
  save(): number[] {
    return Array.from(this.state);
  }

  /** Goes on from where another generator was saved. */
  restore(saved: readonly number[]): void {
    this.state.set(saved);
  }

  /** A 32-bit unsigned integer. */
  uint32(): number {
    const s = this.state;
    const scrambled = Math.imul(s[1], 5);
    const result = Math.imul((scrambled << 7) | (scrambled >>> 25), 9) >>> 0;
    const t = s[1] << 9;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = (s[3] << 11) | (s[3] >>> 21);
    return result;
  }

  /** Uniform in [0, 1), a multiple of 2^-24, so exactly representable in float32 too. */
  uniform(): number {
    return (this.uint32() >>> 8) / 16777216;
  }

  /** Uniform integer in [0, below); `below` is 1 to 2^32. Unbiased by rejection. */
  below(below: number): number {
    const limit = 4294967296 - (4294967296 % below);
    let value = this.uint32();
    while (value >= limit) value = this.uint32();
    return value % below;
  }

  /**
   * Roughly normal, mean 0 and variance 1: the sum of twelve uniforms less six (Irwin-Hall). Chosen over Box-Muller
   * because log and cos differ in the last bit between machines.
   */
  normal(): number {
    let sum = -6;
    for (let i = 0; i < 12; i++) sum += this.uniform();
    return sum;
  }

  /** Fisher-Yates, in place. */
  shuffle<T extends { length: number; [index: number]: unknown }>(items: T): T {
    for (let i = items.length - 1; i > 0; i--) {
      const j = this.below(i + 1);
      const kept = items[i];
      items[i] = items[j];
      items[j] = kept;
    }
    return items;
  }
}

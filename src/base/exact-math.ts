/**
 * Sine and powers of two from additions and multiplications alone, so that they have the same bits in every engine
 * (ECMAScript leaves those of Math.sin and Math.exp to the implementation). Good to about 1e-9 of the largest value:
 * enough for what is synthesised, not meant for analysis.
 */

/** sin(2 pi turns). */
export function sine(turns: number): number {
  const whole = turns - Math.floor(turns + 0.5);
  // Into the quarter on either side of 0, where the Taylor series is short.
  const folded = whole > 0.25 ? 0.5 - whole : whole < -0.25 ? -0.5 - whole : whole;
  const x = folded * 6.283185307179586;
  const s = x * x;
  const tail = 1 - (s / 110) * (1 - (s / 156) * (1 - s / 210));
  return x * (1 - (s / 6) * (1 - (s / 20) * (1 - (s / 42) * (1 - (s / 72) * tail))));
}

/** cos(2 pi turns). */
export const cosine = (turns: number): number => sine(turns + 0.25);

/** 2 to the power of x, for |x| up to 1000. */
export function power2(x: number): number {
  const whole = Math.floor(x + 0.5);
  const y = (x - whole) * 0.6931471805599453;
  let sum = 1;
  for (let n = 10; n > 0; n--) sum = 1 + (sum * y) / n;
  let scale = 1;
  for (let i = Math.abs(whole); i > 0; i--) scale *= whole < 0 ? 0.5 : 2;
  return sum * scale;
}

/** e to the power of x. */
export const exponential = (x: number): number => power2(x * 1.4426950408889634);

/** A number that is the same for the same text everywhere (FNV-1a, 32 bits). */
export function hashText(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return value >>> 0;
}

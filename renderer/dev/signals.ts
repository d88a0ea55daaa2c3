/** Believable sensor values without a sensor: a function of label, person and time, the same on every run. */
import type { Axis, CaptureSummary } from '../../src/dataset/types';
import { Random } from '../../src/base/random';

export const motionAxes: readonly Axis[] = [
  { name: 'accX', units: 'm/s2' },
  { name: 'accY', units: 'm/s2' },
  { name: 'accZ', units: 'm/s2' },
  { name: 'gyrX', units: 'deg/s' },
  { name: 'gyrY', units: 'deg/s' },
  { name: 'gyrZ', units: 'deg/s' },
];
export const soundAxes: readonly Axis[] = [{ name: 'audio', units: 'wav' }];

/** One frame of six axes at `t` seconds. */
export function motionAt(gesture: string, t: number, who: number, noise: () => number): number[] {
  const f = 1.6 + 0.25 * Math.sin(who * 7.1);
  const size = 1 + 0.25 * Math.cos(who * 3.3);
  const p = 2 * Math.PI * f * t + who;
  const still = [0.3, 0.4, 9.7, 0, 0, 0];
  const moves: Record<string, number[]> = {
    idle: [0, 0, 0, 0, 0, 0],
    wave: [
      6 * Math.sin(p),
      1.2 * Math.sin(2 * p),
      0.8 * Math.cos(p),
      12 * Math.cos(p),
      20 * Math.sin(p),
      130 * Math.cos(p),
    ],
    'up-down': [0.8 * Math.sin(p), 1.1 * Math.cos(2 * p), 7 * Math.sin(p), 40 * Math.cos(p), 15 * Math.sin(p), 6],
    circle: [5 * Math.sin(p), 5 * Math.cos(p), 0.9 * Math.sin(2 * p), 55 * Math.cos(p), 60 * Math.sin(p), 20],
  };
  const move = moves[gesture] ?? moves['idle'];
  return still.map((base, i) => base + size * move[i] + noise() * (i < 3 ? 0.12 : 2.5));
}

export function motionValues(summary: CaptureSummary, seed: number): Float32Array {
  const random = new Random(seed);
  const noise = (): number => random.normal();
  const who = summary.person.length + (summary.person.charCodeAt(0) || 0);
  const values = new Float32Array(summary.frames * 6);
  for (let f = 0; f < summary.frames; f++)
    values.set(motionAt(summary.label, f / summary.rateHz + seed * 0.013, who, noise), f * 6);
  return values;
}

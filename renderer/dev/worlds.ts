/** What each task's development scene is about: its labels, its sensor, and believable values of a recording. */
import { Random } from '../../src/base/random';
import type { Axis, Box, CaptureSummary } from '../../src/dataset/types';
import type { Task } from '../../src/project/contract';
import { motionAt, motionAxes, motionValues, soundAxes } from './signals';

export const pictureSize = 96;
export const pictureAxes: readonly Axis[] = ['red', 'green', 'blue'].map((name) => ({ name, units: 'N/A' }));

export interface World {
  readonly task: Task;
  readonly project: string;
  readonly labels: readonly string[];
  readonly kind: CaptureSummary['kind'];
  readonly axes: readonly Axis[];
  readonly rateHz: number;
  readonly frames: number;
  readonly sensor: number;
}

const worlds: Record<Task, World> = {
  motion: {
    task: 'motion',
    project: 'Gestures',
    labels: ['circle', 'idle', 'up-down', 'wave'],
    kind: 'motion',
    axes: motionAxes,
    rateHz: 100,
    frames: 200,
    sensor: 0,
  },
  audio: {
    task: 'audio',
    project: 'Words',
    labels: ['background', 'no', 'unknown', 'yes'],
    kind: 'audio',
    axes: soundAxes,
    rateHz: 16000,
    frames: 16000,
    sensor: 1,
  },
  image: {
    task: 'image',
    project: 'Shapes',
    labels: ['background', 'circle', 'square', 'triangle'],
    kind: 'image',
    axes: pictureAxes,
    rateHz: 1,
    frames: pictureSize * pictureSize,
    sensor: 2,
  },
  anomaly: {
    task: 'anomaly',
    project: 'Fan',
    labels: ['fan', 'fan with a coin'],
    kind: 'motion',
    axes: motionAxes,
    rateHz: 100,
    frames: 400,
    sensor: 0,
  },
};

export const worldOf = (task: Task): World => worlds[task];

/** One sample of somebody who says `word` again and again, once in `every` seconds. */
export function wordAt(word: string, t: number, who: number, every: number, noise: () => number): number {
  const hum = 60 * noise() + 25 * Math.sin(2 * Math.PI * 50 * t);
  if (word === 'background') return hum + 90 * noise() * (1 + Math.sin(2 * Math.PI * 0.3 * t));
  const u = (t % every) - 0.25;
  const length = 0.42;
  if (u < 0 || u > length) return hum;
  const pitch = 118 + 40 * (who % 3);
  const glide = u / length;
  const vowels: Record<string, [number, number, number, number]> = {
    yes: [320, 2200, 560, 1800],
    no: [480, 1000, 420, 760],
    unknown: [700, 1200, 330, 1400],
  };
  const [a1, a2, b1, b2] = vowels[word] ?? vowels['unknown'];
  const formants = [a1 + (b1 - a1) * glide, a2 + (b2 - a2) * glide];
  let voice = 0;
  for (let h = 1; h <= 18; h++) {
    const f = h * pitch;
    const gain = formants.reduce((sum, centre) => sum + 1 / (1 + ((f - centre) / 120) ** 2), 0.02);
    voice += gain * Math.sin(2 * Math.PI * f * t + h);
  }
  const envelope = Math.sin(Math.PI * glide) ** 0.7;
  const hiss = word === 'yes' && glide > 0.6 ? 2600 * (glide - 0.6) * noise() : 0;
  return hum + envelope * 2600 * voice + hiss;
}

/** One drawn thing, its light and place different each time. */
export function drawObject(label: string, seed: number): { pixels: Uint8Array; boxes: readonly Box[] } {
  const random = new Random(seed);
  const uniform = (low: number, high: number): number => low + (high - low) * random.uniform();
  const size = pictureSize;
  const pixels = new Uint8Array(size * size * 3);
  const light = uniform(0.7, 1.15);
  const radius = uniform(10, 22);
  const [cx, cy] = [uniform(radius + 2, size - radius - 2), uniform(radius + 2, size - radius - 2)];
  const colour = { circle: [214, 90, 60], square: [60, 120, 210], triangle: [70, 160, 90] }[label] ?? [0, 0, 0];
  const inside = (x: number, y: number): boolean => {
    const [u, v] = [(x - cx) / radius, (y - cy) / radius];
    if (label === 'circle') return u * u + v * v < 1;
    if (label === 'square') return Math.abs(u) < 0.85 && Math.abs(v) < 0.85;
    return label === 'triangle' && v < 0.8 && v > -1 + 1.9 * Math.abs(u);
  };
  for (let y = 0; y < size; y++)
    for (let x = 0; x < size; x++) {
      const shade = light * (0.82 + 0.3 * (x / size)) + 0.03 * random.normal();
      const base = inside(x, y) ? colour : [176, 170, 158];
      for (let c = 0; c < 3; c++) pixels[(y * size + x) * 3 + c] = Math.min(255, Math.max(0, base[c] * shade));
    }
  const box = { label, x: cx - radius, y: cy - radius, width: 2 * radius, height: 2 * radius };
  return { pixels, boxes: label === 'background' ? [] : [box] };
}

/** A fan: a steady hum; with a coin on a blade it knocks once a turn. */
function fanValues(summary: CaptureSummary, seed: number): Float32Array {
  const random = new Random(seed);
  const values = new Float32Array(summary.frames * 6);
  for (let f = 0; f < summary.frames; f++) {
    const t = f / summary.rateHz;
    const knock = summary.label === 'fan' ? 0.15 : 1.4;
    const frame = motionAt('idle', t, 1, () => random.normal());
    frame[0] += knock * Math.sin(2 * Math.PI * 5.2 * t);
    frame[1] += 0.5 * Math.sin(2 * Math.PI * 21 * t) + knock * 0.6 * Math.cos(2 * Math.PI * 5.2 * t);
    values.set(frame, f * 6);
  }
  return values;
}

export function valuesOf(world: World, summary: CaptureSummary, seed: number): Float32Array {
  if (world.task === 'image') return Float32Array.from(drawObject(summary.label, seed).pixels);
  if (world.task === 'anomaly') return fanValues(summary, seed);
  if (world.task === 'motion') return motionValues(summary, seed);
  const random = new Random(seed);
  const every = summary.frames > 24000 ? 2 : 1;
  return Float32Array.from({ length: summary.frames }, (_, i) =>
    wordAt(summary.label, i / 16000, seed, every, () => random.normal()),
  );
}

/** How the rows of an epoch are cut into batches, and how fast each epoch learns: the same for every engine. */
import type { TrainOptions } from './engine';

/** Batches of nearly equal size, so that no epoch ends in a tiny one: [from, count] pairs. */
export function batchesOf(count: number, batchSize: number): [number, number][] {
  const batches = Math.ceil(count / batchSize);
  return Array.from({ length: batches }, (_, i) => {
    const from = Math.floor((i * count) / batches);
    return [from, Math.floor(((i + 1) * count) / batches) - from];
  });
}

/** How often an epoch goes through the rows: once, or as often as gives it its least number of batches. */
export function passesOf(
  count: number,
  { batchSize, leastSteps }: Pick<TrainOptions, 'batchSize' | 'leastSteps'>,
): number {
  return Math.ceil((leastSteps ?? 10) / Math.ceil(count / batchSize));
}

/** cos(pi t) for t in 0..1 by its series: Math.cos may differ between machines in the last bit. Error below 1e-9. */
function cosineOf(t: number): number {
  if (t > 0.5) return -cosineOf(1 - t);
  const square = t * Math.PI * (t * Math.PI);
  let sum = 0;
  for (let k = 7; k >= 1; k--) sum = (square / ((2 * k - 1) * 2 * k)) * (1 - sum);
  return 1 - sum;
}

/** Learning rate of an epoch, 1-based, as TrainOptions.schedule describes it. */
export function learningRateAt(
  { learningRate, epochs, schedule }: Pick<TrainOptions, 'learningRate' | 'epochs' | 'schedule'>,
  epoch: number,
): number {
  const done = (epoch - 1) / epochs;
  if (schedule === 'constant') return learningRate;
  if (schedule === 'cosine') return (learningRate * (1 + cosineOf(done))) / 2;
  if (typeof schedule !== 'object') return learningRate * (1 - 0.9 * done);
  let rate = learningRate;
  for (let at = schedule.step; at < epoch; at += schedule.step) rate *= schedule.factor;
  return rate;
}

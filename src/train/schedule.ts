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

/** Learning rate of an epoch, 1-based: falls linearly to a tenth over the run, so that the last steps settle. */
export function learningRateAt(
  { learningRate, epochs, schedule }: Pick<TrainOptions, 'learningRate' | 'epochs' | 'schedule'>,
  epoch: number,
): number {
  return schedule === 'constant' ? learningRate : learningRate * (1 - (0.9 * (epoch - 1)) / epochs);
}

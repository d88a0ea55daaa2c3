/** 1-D convolutions, for raw windows of motion and other slow sensors. */
import type { LayerSpec } from '../spec';
import { dropoutRate, l2 } from './dense';
import type { ModelSize } from './types';

const filters: Readonly<Record<ModelSize, readonly number[]>> = {
  small: [8, 16],
  medium: [16, 24, 32],
  large: [24, 48, 64],
};

/** Values along time that the last layers see: enough to tell the order of things, few enough for a small board. */
const lastLength = 16;

/**
 * Convolutions that halve the time axis by stride, then pooling down to about 16 steps, flattened: the order in which
 * things happen is what makes a gesture, so time is not averaged away.
 */
export function conv1d(size: ModelSize, inputShape: readonly number[]): LayerSpec[] {
  const layers: LayerSpec[] = [];
  let length = inputShape[0];
  for (const [step, count] of filters[size].entries()) {
    const last = step === filters[size].length - 1;
    const stride = !last && length >= lastLength ? 2 : 1;
    layers.push({
      kind: 'conv1d',
      filters: count,
      kernel: [7, 5, 3][step],
      stride,
      padding: 'same',
      activation: 'relu',
      l2,
    });
    length = Math.ceil(length / stride);
  }
  const pool = Math.max(Math.round(length / lastLength), length >= 4 ? 2 : 1);
  if (pool > 1) layers.push({ kind: 'maxPool1d', size: pool, stride: pool, padding: 'valid' });
  layers.push({ kind: 'flatten' }, { kind: 'dropout', rate: dropoutRate[size] });
  layers.push({ kind: 'dense', units: size === 'small' ? 16 : 32, activation: 'relu', l2 });
  return layers;
}

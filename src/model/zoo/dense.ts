/** Dense networks, for features. */
import type { LayerSpec } from '../spec';
import type { ModelSize } from './types';

const units: Readonly<Record<ModelSize, readonly number[]>> = {
  small: [20, 10],
  medium: [40, 20],
  large: [80, 40],
};
/** Small weights vary less from one training to the next, and quantise better. */
export const l2 = 0.0005;
export const dropoutRate: Readonly<Record<ModelSize, number>> = { small: 0.1, medium: 0.3, large: 0.4 };

export function dense(size: ModelSize, inputShape: readonly number[]): LayerSpec[] {
  const layers: LayerSpec[] = inputShape.length > 1 ? [{ kind: 'flatten' }] : [];
  for (const count of units[size]) layers.push({ kind: 'dense', units: count, activation: 'relu', l2 });
  layers.push({ kind: 'dropout', rate: dropoutRate[size] });
  return layers;
}

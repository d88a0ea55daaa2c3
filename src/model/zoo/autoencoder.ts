/**
 * Dense autoencoder for anomalies: it learns to give back normal rows through a narrow middle, and gives back others
 * badly. The form is MLPerf Tiny's (mlcommons/tiny, anomaly_detection/keras_model.py: 640 features, four layers of 128,
 * a middle of 8, and back), which `large` is at 640 features; fewer features and smaller sizes have narrower layers.
 */
import { product } from '../resolve';
import type { LayerSpec } from '../spec';
import { normMomentum } from './builder';
import type { ModelSize } from './types';

interface Form {
  readonly width: number;
  readonly layers: number;
  readonly middle: number;
}

const forms: Readonly<Record<ModelSize, Form>> = {
  small: { width: 32, layers: 1, middle: 4 },
  medium: { width: 64, layers: 2, middle: 8 },
  large: { width: 128, layers: 4, middle: 8 },
};

export function autoencoder(size: ModelSize, inputShape: readonly number[]): LayerSpec[] {
  const features = product(inputShape);
  const form = forms[size];
  const width = Math.min(form.width, Math.max(Math.ceil(features / 8) * 8, 8));
  // The middle must be narrower than what goes in, or there is nothing to learn.
  const middle = Math.min(form.middle, Math.max(Math.floor(features / 3), 1));
  const widths = [...Array<number>(form.layers).fill(width), middle, ...Array<number>(form.layers).fill(width)];
  const layers: LayerSpec[] = inputShape.length > 1 ? [{ kind: 'flatten' }] : [];
  for (const units of widths)
    layers.push(
      { kind: 'dense', units, activation: 'none', bias: false },
      { kind: 'batchNorm', activation: 'relu', momentum: normMomentum },
    );
  return [...layers, { kind: 'dense', units: features, activation: 'none' }];
}

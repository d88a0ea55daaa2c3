/**
 * The models that Dormouse offers for motion, and which to take for which rows. Knows nothing of data or boards.
 */
import { ModelError } from './errors';
import { resolveModel } from './resolve';
import type { LayerSpec, ModelSpec } from './spec';

export type ModelKind = 'dense' | 'conv1d';
export type ModelSize = 'small' | 'medium' | 'large';

export interface ModelChoice {
  readonly kind: ModelKind;
  readonly size: ModelSize;
  /** [features] for dense (any shape is flattened), [time, axes] for conv1d. */
  readonly inputShape: readonly number[];
  /** Number of labels, 2 or more. */
  readonly classes: number;
}

/** One plain sentence for each model: when to use it. */
export const modelAdvice: Readonly<Record<ModelKind, Readonly<Record<ModelSize, string>>>> = {
  dense: {
    small:
      'For features such as statistics or spectra with few labels: a few hundred bytes and microseconds on any board.',
    medium: 'The usual choice for features (statistics, spectra): small, fast, and enough for a dozen labels.',
    large: 'For features with many labels or subtle differences, when you have hundreds of captures.',
  },
  conv1d: {
    small: 'For raw motion on the smallest boards, or when two or three gestures differ clearly.',
    medium: 'The usual choice for raw motion: learns the shape of a gesture wherever in the window it happens.',
    large: 'For raw motion with many or similar gestures, when you have hundreds of captures and a fast board.',
  },
};

const denseUnits: Readonly<Record<ModelSize, readonly number[]>> = {
  small: [20, 10],
  medium: [40, 20],
  large: [80, 40],
};
const filters: Readonly<Record<ModelSize, readonly number[]>> = {
  small: [8, 16],
  medium: [16, 24, 32],
  large: [24, 48, 64],
};
/** Small weights vary less from one training to the next, and quantise better. */
const l2 = 0.0005;
const dropoutRate: Readonly<Record<ModelSize, number>> = { small: 0.1, medium: 0.3, large: 0.4 };

function dense(size: ModelSize, inputShape: readonly number[]): LayerSpec[] {
  const layers: LayerSpec[] = inputShape.length > 1 ? [{ kind: 'flatten' }] : [];
  for (const units of denseUnits[size]) layers.push({ kind: 'dense', units, activation: 'relu', l2 });
  layers.push({ kind: 'dropout', rate: dropoutRate[size] });
  return layers;
}

/** Values along time that the last layers see: enough to tell the order of things, few enough for a small board. */
const lastLength = 16;

/**
 * Convolutions that halve the time axis by stride, then pooling down to about 16 steps, flattened: the order in which
 * things happen is what makes a gesture, so time is not averaged away.
 */
function conv1d(size: ModelSize, inputShape: readonly number[]): LayerSpec[] {
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

/**
 * A model for classification, softmax last.
 * @throws ModelError where the shape does not suit the kind, or there are fewer than 2 classes.
 */
export function buildModel({ kind, size, inputShape, classes }: ModelChoice): ModelSpec {
  const refuse = (problem: string, action: string): never => {
    throw new ModelError('bad-spec', problem, action);
  };
  if (!(kind in modelAdvice) || !(size in denseUnits))
    refuse(`There is no ${String(size)} ${String(kind)} model.`, 'Choose dense or conv1d, and small, medium or large.');
  if (!Number.isInteger(classes) || classes < 2 || classes > 1000)
    refuse(`A classifier needs 2 to 1000 labels, not ${String(classes)}.`, 'Record captures with at least two labels.');
  if (kind === 'conv1d' && inputShape.length !== 2)
    refuse(
      `A 1-D convolution needs [time, axes], but the impulse makes [${inputShape.join(', ')}].`,
      'Choose a dense model, or the raw features.',
    );
  const layers: LayerSpec[] = kind === 'dense' ? dense(size, inputShape) : conv1d(size, inputShape);
  layers.push({ kind: 'dense', units: classes, activation: 'none', l2 }, { kind: 'softmax' });
  const spec: ModelSpec = { version: 1, input: [...inputShape], layers };
  resolveModel(spec);
  return spec;
}

/** Raw windows [time, axes] suit a 1-D convolution, everything else a dense network. */
export function suggestModel(inputShape: readonly number[]): ModelKind {
  return inputShape.length === 2 && inputShape[0] >= 8 ? 'conv1d' : 'dense';
}

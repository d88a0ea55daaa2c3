/** Which models suit which rows. Knows shapes and tasks, not data or boards. */
import type { ClassifierKind, ModelKind, ModelTask } from './types';

/** Axes that sensors of motion have at most; more values at each step are the bins of a spectrogram. */
const mostAxes = 9;
/** Frames below which nothing slides along time. */
const leastFrames = 8;
/** Sides from which a MobileNet has something to look at in its last blocks. */
const mobileNetSide = 48;

const isSpectrogram = ([, bins]: readonly number[], task?: ModelTask): boolean =>
  task === 'audio' || (task !== 'motion' && bins > mostAxes);

/** The kinds that suit rows of this shape, the most usual first. Others may be built, too, where their shapes allow. */
export function modelKindsFor(inputShape: readonly number[]): ModelKind[] {
  if (inputShape.length === 1) return ['dense', 'autoencoder'];
  if (inputShape.length === 2) {
    if (inputShape[0] < leastFrames) return ['dense', 'autoencoder'];
    return isSpectrogram(inputShape)
      ? ['dscnn', 'conv2d', 'conv1d', 'mobilenetv1', 'dense', 'autoencoder']
      : ['conv1d', 'dense', 'autoencoder'];
  }
  const large = Math.min(inputShape[0], inputShape[1]) >= mobileNetSide;
  return large
    ? ['conv2d', 'mobilenetv1', 'mobilenetv2', 'resnet8', 'fomo', 'autoencoder', 'dense']
    : ['conv2d', 'resnet8', 'mobilenetv1', 'mobilenetv2', 'dscnn', 'fomo', 'dense', 'autoencoder'];
}

/** Whether a kind tells labels apart, and takes any head. */
export const isClassifier = (kind: ModelKind): kind is ClassifierKind => kind !== 'autoencoder' && kind !== 'fomo';

/**
 * The kind to begin with. Raw windows [time, axes] suit a 1-D convolution, spectrograms [frames, bins] a DS-CNN, pictures
 * a 2-D convolution (a MobileNet needs more pictures to be better); features a dense network.
 * @param task what the model is for, where the shape alone does not say: a spectrogram may look like many axes
 */
export function suggestModel(
  inputShape: readonly number[],
  task?: Exclude<ModelTask, 'anomaly' | 'detection'>,
): ClassifierKind;
export function suggestModel(inputShape: readonly number[], task?: ModelTask): ModelKind;
export function suggestModel(inputShape: readonly number[], task?: ModelTask): ModelKind {
  if (task === 'anomaly') return 'autoencoder';
  if (task === 'detection' && inputShape.length === 3) return 'fomo';
  if (inputShape.length === 2 && inputShape[0] >= leastFrames)
    return isSpectrogram(inputShape, task) ? 'dscnn' : 'conv1d';
  return modelKindsFor(inputShape)[0];
}

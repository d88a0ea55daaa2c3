/** Makes the model that was chosen. Knows nothing of data or boards. */
import { ModelError } from '../errors';
import { resolveModel } from '../resolve';
import type { LayerSpec, ModelSpec } from '../spec';
import { modelAdvice } from './advice';
import { autoencoder } from './autoencoder';
import { headLayers } from './builder';
import { conv1d } from './conv1d';
import { conv2d } from './conv2d';
import { dense, l2 } from './dense';
import { dscnn } from './dscnn';
import { fomo, fomoAlpha, fomoCells } from './fomo';
import { mobileNetV1, mobileNetV1Alpha } from './mobilenetv1';
import { mobileNetV2, mobileNetV2Alpha } from './mobilenetv2';
import { resnet8 } from './resnet8';
import type { ClassifierKind, ModelChoice, ModelHead } from './types';

const refuse = (problem: string, action: string): never => {
  throw new ModelError('bad-spec', problem, action);
};

const leastAnswers: Readonly<Record<ModelHead, number>> = { softmax: 2, oneVsRest: 1, regression: 1 };

/** @throws ModelError for a number of answers that the head cannot give. */
export function checkHead(head: ModelHead, classes: number): void {
  if (!Object.hasOwn(leastAnswers, head))
    refuse(`There is no "${String(head)}" head.`, 'Choose softmax, oneVsRest or regression.');
  if (Number.isInteger(classes) && classes >= leastAnswers[head] && classes <= 1000) return;
  if (head === 'softmax')
    refuse(`A classifier needs 2 to 1000 labels, not ${String(classes)}.`, 'Record captures with at least two labels.');
  refuse(`A model gives 1 to 1000 answers, not ${String(classes)}.`, 'Record captures with labels or values.');
}

function checkChoice({ kind, size, inputShape, classes, alpha, head, cell }: ModelChoice): void {
  if (!Object.hasOwn(modelAdvice, kind) || !Object.hasOwn(modelAdvice.dense, size))
    refuse(
      `There is no ${String(size)} ${String(kind)} model.`,
      `Choose ${Object.keys(modelAdvice).join(', ')}, and small, medium or large.`,
    );
  const shape = `[${inputShape.join(', ')}]`;
  if (kind === 'conv1d' && inputShape.length !== 2)
    refuse(
      `A 1-D convolution needs [time, axes], but the impulse makes ${shape}.`,
      'Choose a dense model, or the raw features.',
    );
  if (!['dense', 'conv1d', 'autoencoder'].includes(kind) && inputShape.length < 2)
    refuse(
      `A ${kind} model needs pictures or spectrograms, but the impulse makes ${shape}.`,
      'Choose a dense model, or features that keep time.',
    );
  if (alpha !== undefined && !(alpha > 0 && alpha <= 2))
    refuse(`The width (alpha) is ${String(alpha)}, but must be above 0 and at most 2.`, 'Choose one of the sizes.');
  if (cell !== undefined && !fomoCells.includes(cell))
    refuse(`Cells of ${String(cell)} pixels are not on offer.`, 'Choose 4, 8 or 16.');
  if (kind === 'autoencoder' || kind === 'fomo') {
    if (head !== undefined && head !== 'softmax')
      refuse(`The ${kind} has its own last layers and takes no other.`, 'Choose another kind, or no other head.');
    if (kind === 'autoencoder') return;
  }
  checkHead(head ?? 'softmax', classes);
}

function trunkOf(kind: ClassifierKind, { size, inputShape, alpha }: ModelChoice): LayerSpec[] {
  switch (kind) {
    case 'dense':
      return dense(size, inputShape);
    case 'conv1d':
      return conv1d(size, inputShape);
    case 'conv2d':
      return conv2d(size, inputShape);
    case 'dscnn':
      return dscnn(size, inputShape);
    case 'mobilenetv1':
      return mobileNetV1(alpha ?? mobileNetV1Alpha[size], inputShape);
    case 'mobilenetv2':
      return mobileNetV2(alpha ?? mobileNetV2Alpha[size], inputShape);
    case 'resnet8':
      return resnet8(size, inputShape);
  }
}

function layersOf(choice: ModelChoice): LayerSpec[] {
  const { kind, size, inputShape, classes, head = 'softmax' } = choice;
  if (kind === 'autoencoder') return autoencoder(size, inputShape);
  if (kind === 'fomo') return fomo(choice.alpha ?? fomoAlpha[size], inputShape, classes, choice.cell ?? 8);
  const decays = kind === 'dense' || kind === 'conv1d' || kind === 'conv2d';
  return [...trunkOf(kind, choice), ...headLayers(head, classes, decays ? l2 : undefined)];
}

/**
 * A model of the zoo for rows of a shape, ready to be trained.
 * @throws ModelError `bad-spec` where the shape does not suit the kind, or the head cannot give so many answers.
 */
export function buildModel(choice: ModelChoice): ModelSpec {
  checkChoice(choice);
  const spec: ModelSpec = { version: 1, input: [...choice.inputShape], layers: layersOf(choice) };
  resolveModel(spec);
  return spec;
}

/**
 * What training must know to compute as the int8 engine will: the range of every value, found over calibration rows and
 * fixed from then on. Weights are quantised anew at every step from what they then are. Types and a check only; the
 * arithmetic is in kernels/quantised*.
 */
import type { ResolvedLayer } from '../model';
import { TrainError } from './errors';

export interface FakeQuantisation {
  /** Of the model's input. */
  readonly input: QuantisedRange;
  /** One per layer of the spec, which must have no batchNorm and no dropout (fold them first). */
  readonly layers: readonly QuantisedLayer[];
  /** Fully connected weights per output channel too. */
  readonly perChannelDense: boolean;
}

export interface QuantisedRange {
  readonly min: number;
  readonly max: number;
}

export interface QuantisedLayer {
  /** Of the output, behind the activation fused into it. Needed of dense layers, convolutions, add and globalAveragePool. */
  readonly range?: QuantisedRange | undefined;
  /** An activation that the int8 engine computes as the end of an earlier layer, not by itself. */
  readonly absorbed?: boolean | undefined;
}

const ranged: ReadonlySet<string> = new Set([
  'dense',
  'conv1d',
  'conv2d',
  'depthwiseConv2d',
  'add',
  'globalAveragePool',
]);

/** Whether the layer's output has a scale of its own; all others keep their input's. */
export const hasOwnRange = ({ spec }: ResolvedLayer): boolean => ranged.has(spec.kind);

/** @throws TrainError `bad-options` where it does not fit the model's layers. */
export function checkFakeQuantisation(given: FakeQuantisation, layers: readonly ResolvedLayer[]): void {
  const refuse = (problem: string): never => {
    throw new TrainError('bad-options', problem, 'Train the model anew, then quantise it again.');
  };
  const usable = (range: QuantisedRange | undefined): boolean =>
    range !== undefined && range.min <= range.max && Number.isFinite(range.max - range.min);
  if (!usable(given.input)) refuse("The range of the model's input is none.");
  if (given.layers.length !== layers.length)
    refuse(`There are ${given.layers.length} ranges for ${layers.length} layers.`);
  layers.forEach((layer, index) => {
    const { kind } = layer.spec;
    if (kind === 'batchNorm' || kind === 'dropout')
      refuse(
        `Layer ${index + 1} (${kind}) does not exist on the board, so it cannot be trained as the board computes.`,
      );
    if (hasOwnRange(layer) && !usable(given.layers[index].range)) refuse(`Layer ${index + 1} (${kind}) has no range.`);
  });
}

/** For engines that compute in floating point only. @throws TrainError `unsupported`. */
export function refuseFakeQuantisation({
  fakeQuantisation,
}: {
  fakeQuantisation?: FakeQuantisation | undefined;
}): void {
  if (fakeQuantisation)
    throw new TrainError(
      'unsupported',
      'TensorFlow.js cannot train with the arithmetic of the board.',
      "Choose Dormouse's own training engine.",
    );
}

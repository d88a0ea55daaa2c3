/**
 * A new model on the shoulders of a trained one: its first layers (the trunk) with their numbers, and a new head for
 * other labels. Knows nothing of training; src/train/transfer.ts teaches the result.
 */
import { ModelError } from './errors';
import { modelInput, nameOfLayer, resolveModel, type ResolvedLayer } from './resolve';
import type { LayerSpec, LayerWeights, ModelSpec, ModelWeights } from './spec';
import { checkWeights, initialWeights, weightShapesOf } from './weights';
import { checkHead, headLayers, type ModelHead } from './zoo';

export interface TransferChoice {
  readonly trunk: { readonly spec: ModelSpec; readonly weights: ModelWeights };
  /** Index of the last layer that is taken over; default: the one before the last that answers (see `headOf`). */
  readonly cut?: number | undefined;
  /** Shape of the rows that the new model will read; where given, the trunk must read the same. */
  readonly inputShape?: readonly number[] | undefined;
  /** Labels, yes-or-no answers or outputs of the new model, as in ModelChoice. */
  readonly classes: number;
  readonly head?: ModelHead | undefined;
  /** Of the new head's first numbers; default 1. */
  readonly seed?: number | undefined;
}

export interface TransferModel {
  readonly spec: ModelSpec;
  readonly weights: ModelWeights;
  /** The layers that come from the trunk and hold numbers: what to freeze while the head learns. */
  readonly frozen: number[];
}

const refuse = (problem: string, action: string): never => {
  throw new ModelError('bad-spec', problem, action);
};

const hasWeights = (layer: ResolvedLayer): boolean => Object.keys(weightShapesOf(layer)).length > 0;

/** Index of the layer that gives the answers: the last dense layer or convolution of the whole model. */
function headOf(layers: readonly ResolvedLayer[]): number {
  const at = layers.findLastIndex(
    (layer) => layer.spec.kind === 'dense' || layer.spec.kind === 'conv1d' || layer.spec.kind === 'conv2d',
  );
  if (at < 1) refuse('The trained model has no layers before its last one.', 'Choose another model to start from.');
  return at;
}

/** The layers that `last` reads, directly or not, and itself, in order. */
function trunkLayers(layers: readonly ResolvedLayer[], last: number): number[] {
  const wanted = new Set([last]);
  for (let index = last; index >= 0; index--)
    if (wanted.has(index)) for (const input of layers[index].inputs) if (input !== modelInput) wanted.add(input);
  return [...wanted].sort((a, b) => a - b);
}

function checkCut(layers: readonly ResolvedLayer[], cut: number): void {
  if (!Number.isInteger(cut) || cut < 0 || cut >= layers.length - 1)
    refuse(
      `The trained model cannot be cut after layer ${String(cut + 1)}: it has ${layers.length} layers, and the last must go.`,
      'Choose an earlier layer to cut at.',
    );
  const { spec } = layers[cut];
  if (spec.kind === 'softmax' || spec.kind === 'sigmoid')
    refuse(
      `${nameOfLayer(spec, cut)} only turns numbers into answers, so nothing can be learned behind it.`,
      'Cut earlier.',
    );
}

/**
 * Cuts a trained model and puts a new head on it: a pool over what is left of time or picture, dropout, and one dense
 * layer. Layers keep their names and the trunk's numbers are copied, so neither model changes the other.
 * @throws ModelError `bad-spec` where the model reads other rows, cannot be cut there or cannot give so many answers,
 * `bad-weights` where the trunk's numbers do not belong to it.
 */
export function transferModel(choice: TransferChoice): TransferModel {
  const { trunk, inputShape, classes, head = 'softmax', seed = 1 } = choice;
  const layers = resolveModel(trunk.spec);
  checkWeights(trunk.spec, trunk.weights);
  checkHead(head, classes);
  if (inputShape && inputShape.join() !== trunk.spec.input.join())
    refuse(
      `The trained model reads rows of [${trunk.spec.input.join(', ')}], but the impulse makes [${inputShape.join(', ')}].`,
      'Set the impulse as in the project that the trained model comes from, or train from scratch.',
    );
  const cut = choice.cut ?? layers[headOf(layers)].inputs[0];
  checkCut(layers, cut);
  const kept = trunkLayers(layers, cut);
  const behind: LayerSpec[] = layers[cut].outputShape.length > 1 ? [{ kind: 'globalAveragePool' }] : [];
  if (layers[cut].spec.kind !== 'dropout') behind.push({ kind: 'dropout', rate: 0.1 });
  const spec: ModelSpec = {
    version: 1,
    input: [...trunk.spec.input],
    layers: [...kept.map((index) => layers[index].spec), ...behind, ...headLayers(head, classes)],
  };
  const fresh = initialWeights(spec, seed);
  const copy = (numbers: LayerWeights): LayerWeights =>
    Object.fromEntries(Object.entries(numbers).map(([name, values]: [string, Float32Array]) => [name, values.slice()]));
  return {
    spec,
    weights: fresh.map((own, index) => (index < kept.length ? copy(trunk.weights[kept[index]]) : own)),
    frozen: kept.flatMap((index, place) => (hasWeights(layers[index]) ? [place] : [])),
  };
}

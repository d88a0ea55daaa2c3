/** What a model learns, read off its last layer. Knows nothing of rows or engines. */
import { product, resolveModel, type ModelSpec, type ResolvedLayer } from '../model';
import type { Objective } from './engine';
import { TrainError } from './errors';

export interface ResolvedObjective {
  readonly objective: Objective;
  readonly layers: readonly ResolvedLayer[];
  /** Values of one row. */
  readonly width: number;
  /** Values that the model answers per row. */
  readonly outputs: number;
  /** Classes or labels to tell apart; 0 for `regression`. */
  readonly classes: number;
  /** Answers per row: h * w for `cells`, else 1. */
  readonly cells: number;
}

/** @throws ModelError for a spec that is not a network, TrainError `unsupported` for one that cannot be trained. */
export function objectiveOf(spec: ModelSpec): ResolvedObjective {
  const layers = resolveModel(spec);
  const refuse = (problem: string): never => {
    throw new TrainError('unsupported', problem, 'Choose one of the offered models.');
  };
  const head = layers.slice(0, -1).find(({ spec: { kind } }) => kind === 'softmax' || kind === 'sigmoid');
  if (head) refuse(`The model has a ${head.spec.kind} layer before its last layer.`);
  const read = new Set(layers.flatMap((layer) => layer.inputs));
  const unread = layers.findIndex((_, index) => index < layers.length - 1 && !read.has(index));
  if (unread >= 0) refuse(`Nothing reads the output of layer ${unread + 1} (${layers[unread].spec.kind}).`);
  const last = layers[layers.length - 1];
  const shape = last.outputShape;
  const outputs = product(shape);
  const common = { layers, width: product(spec.input), outputs };
  if (last.spec.kind === 'softmax') {
    const classes = shape[shape.length - 1];
    return shape.length === 1
      ? { ...common, objective: 'classification', classes, cells: 1 }
      : { ...common, objective: 'cells', classes, cells: outputs / classes };
  }
  if (last.spec.kind !== 'sigmoid') return { ...common, objective: 'regression', classes: 0, cells: 1 };
  if (shape.length !== 1)
    refuse(`The model ends in a sigmoid over [${shape.join(', ')}], but labels are a flat list of values.`);
  return { ...common, objective: 'oneVsRest', classes: outputs, cells: 1 };
}

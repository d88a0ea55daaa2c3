/** The losses and answers of each objective, in TensorFlow.js. Logits are what goes into the model's softmax or sigmoid. */
import type { Scalar, Tensor } from '@tensorflow/tfjs';
import type { LabelledRows, TrainOptions } from '../engine';
import type { ResolvedObjective } from '../objective';
import type { Tf } from './load';

type LossOptions = Pick<TrainOptions, 'classWeights' | 'labelSmoothing'>;

/** The rows of one batch. */
export interface Batch {
  readonly count: number;
  readonly y: Int32Array;
  /** count * outputs values, of a regression. */
  readonly targets: Float32Array | undefined;
}

export function batchOf(rows: LabelledRows, order: Int32Array, objective: ResolvedObjective): Batch {
  const { cells, outputs } = objective;
  const y = Int32Array.from(
    { length: order.length * cells },
    (_, i) => rows.y[order[Math.floor(i / cells)] * cells + (i % cells)],
  );
  if (objective.objective !== 'regression') return { count: order.length, y, targets: undefined };
  const values = rows.targets === 'input' ? rows.x : (rows.targets as Float32Array);
  const targets = new Float32Array(order.length * outputs);
  order.forEach((row, place) => targets.set(values.subarray(row * outputs, (row + 1) * outputs), place * outputs));
  return { count: order.length, y, targets };
}

function softmaxLoss(tf: Tf, logits: Tensor, { y }: Batch, classes: number, options: LossOptions): Scalar {
  const smoothing = options.labelSmoothing ?? 0;
  const targets = new Float32Array(y.length * classes).fill(smoothing / classes);
  y.forEach((label, at) => {
    const weight = options.classWeights?.[label] ?? 1;
    targets[at * classes + label] += 1 - smoothing;
    for (let c = 0; c < classes; c++) targets[at * classes + c] *= weight;
  });
  const surprise = tf.logSoftmax(tf.reshape(logits, [y.length, classes]));
  return tf.div(tf.neg(tf.sum(tf.mul(tf.tensor2d(targets, [y.length, classes]), surprise))), y.length);
}

function sigmoidLoss(tf: Tf, logits: Tensor, { y }: Batch, labels: number, options: LossOptions): Scalar {
  const truth = tf.tensor2d(
    Float32Array.from({ length: y.length * labels }, (_, i) => (y[Math.floor(i / labels)] === i % labels ? 1 : 0)),
    [y.length, labels],
  );
  const weights = tf.tensor2d(
    Float32Array.from(y, (label) => (label < 0 ? 1 : (options.classWeights?.[label] ?? 1))),
    [y.length, 1],
  );
  const each = tf.sub(tf.add(tf.relu(logits), tf.softplus(tf.neg(tf.abs(logits)))), tf.mul(logits, truth));
  return tf.div(tf.sum(tf.mul(each, weights)), y.length * labels);
}

/** Mean over the rows, as kernels/loss.cpp has it. */
export function lossOf(
  tf: Tf,
  objective: ResolvedObjective,
  logits: Tensor,
  batch: Batch,
  options: LossOptions,
): Scalar {
  if (objective.objective === 'regression')
    return tf.mean(tf.squaredDifference(logits, tf.tensor(batch.targets as Float32Array, logits.shape)));
  return objective.objective === 'oneVsRest'
    ? sigmoidLoss(tf, logits, batch, objective.classes, options)
    : softmaxLoss(tf, logits, batch, objective.classes, options);
}

/** Number of rows (cells) that are right; NaN for a regression. */
export function correctOf(tf: Tf, { objective, classes }: ResolvedObjective, logits: Tensor, { y }: Batch): number {
  if (objective === 'regression') return NaN;
  return tf.tidy(() => {
    const answers = tf.reshape(logits, [y.length, classes]);
    const best = tf.argMax(answers, -1).dataSync();
    const top = tf.max(answers, -1).dataSync();
    return y.reduce((right, truth, at) => {
      const answer = objective === 'oneVsRest' && top[at] < 0 ? -1 : best[at];
      return right + (answer === truth ? 1 : 0);
    }, 0);
  });
}

/** What the model says: probabilities, or the values themselves. */
export function answersOf(tf: Tf, { objective }: ResolvedObjective, logits: Tensor): Tensor {
  if (objective === 'regression') return logits;
  return objective === 'oneVsRest' ? tf.sigmoid(logits) : tf.softmax(logits);
}

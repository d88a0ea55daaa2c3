/** The training loop behind TensorFlow.js: the same order, augmentation, pruning and schedule as the core engine's. */
import type { LayersModel, Scalar, Tensor, Variable } from '@tensorflow/tfjs';
import { Random } from '../../base';
import { initialWeights, type ModelSpec, type ModelWeights } from '../../model';
import { augmentShapeOf, augmentValues, cellSizeOf, drawAugmentation } from '../augment';
import { augmentRow, movedLabels } from '../augment-row';
import { BestEpoch } from '../best';
import type { EpochReport, LabelledRows, TrainOptions, TrainResult } from '../engine';
import { TrainError } from '../errors';
import { objectiveOf, type ResolvedObjective } from '../objective';
import { batchesOf, learningRateAt, passesOf } from '../schedule';
import { maskByMagnitude, prunedLayers, shareAt } from '../sparsity';
import { buildTfModel, readTfWeights, setTfWeights } from './build';
import { batchOf, correctOf, lossOf, type Batch } from './losses';
import type { Tf } from './load';
import { TfOptimiser } from './optimiser';

const yieldToCaller = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Rows that are scored at a time. */
const scoreBatch = 256;

interface Score {
  /** Means over the rows. */
  readonly loss: number;
  readonly accuracy: number;
}

export class TfTrainer {
  private readonly random: Random;
  private readonly model: LayersModel;
  private readonly objective: ResolvedObjective;
  private readonly optimiser: TfOptimiser;
  private readonly variables: readonly Variable[];

  constructor(
    private readonly tf: Tf,
    private readonly spec: ModelSpec,
    private readonly options: TrainOptions,
  ) {
    this.random = new Random(options.seed);
    this.objective = objectiveOf(spec);
    this.model = buildTfModel(tf, spec, { dropout: true, frozen: options.frozen });
    const seed = this.random.uint32();
    setTfWeights(tf, this.model, spec, options.initial ?? initialWeights(spec, seed));
    this.optimiser = new TfOptimiser(tf, options, this.model, spec);
    this.variables = this.model.trainableWeights.map((weight) => weight.read() as Variable);
  }

  dispose(): void {
    this.model.dispose();
    this.optimiser.dispose();
  }

  /** The rows of a batch as they are trained on; `y` of pictures by cells moves along. */
  private gather(rows: LabelledRows, order: Int32Array, y: Int32Array): Float32Array {
    const { width, cells, layers } = this.objective;
    const grid = layers[layers.length - 1].outputShape;
    const x = new Float32Array(order.length * width);
    const rowAt = (place: number) => rows.x.subarray(order[place] * width, (order[place] + 1) * width);
    // Drawn with or without augmentation, as in the core engine, so that the order of the rows is the same in both.
    const noiseSeed = this.random.uint32();
    const { augmentation } = this.options;
    const shape = augmentShapeOf(this.spec.input);
    const drawn =
      augmentation &&
      drawAugmentation(augmentation, shape, order.length, this.random, cellSizeOf(this.spec.input, grid));
    order.forEach((_, row) => {
      let values = rowAt(row);
      if (augmentation && drawn) {
        const parameters = drawn.subarray(row * augmentValues, (row + 1) * augmentValues);
        const other = augmentation.kind === 'spectrogram' ? rowAt(parameters[4]) : values;
        const units = augmentation.kind === 'motion' ? augmentation.units : undefined;
        const own = y.subarray(row * cells, (row + 1) * cells);
        if (augmentation.kind === 'image' && cells > 1) own.set(movedLabels(own, grid, { shape, parameters }));
        values = augmentRow(values, other, { kind: augmentation.kind, shape, parameters, units, noiseSeed, row });
      }
      x.set(values, row * width);
    });
    return x;
  }

  /** One update; returns the loss and the number of answers that were right. */
  private step(rows: LabelledRows, order: Int32Array, rate: number): { loss: number; correct: number } {
    const { tf, objective } = this;
    const batch = batchOf(rows, order, objective);
    const x = this.gather(rows, order, batch.y);
    let correct = 0;
    let loss = NaN;
    tf.tidy(() => {
      const input = tf.tensor(x, [order.length, ...this.spec.input]);
      const { grads } = tf.variableGrads(() => {
        const logits = this.model.apply(input, { training: true }) as Tensor;
        correct = correctOf(tf, objective, logits, batch);
        const plain = lossOf(tf, objective, logits, batch, this.options);
        loss = plain.dataSync()[0];
        const penalties = this.model.calculateLosses();
        return penalties.reduce<Scalar>((sum, penalty) => tf.add(sum, penalty), plain);
      }, [...this.variables]);
      this.optimiser.step(grads, this.variables, rate);
    });
    return { loss, correct };
  }

  private prune(epoch: number): void {
    const { sparsity, frozen } = this.options;
    if (!sparsity || epoch < sparsity.fromEpoch) return;
    for (const layer of prunedLayers(sparsity, this.objective.layers, frozen)) {
      const kernel = this.optimiser.kernelOf(layer);
      if (kernel) this.optimiser.pin(layer, maskByMagnitude(kernel, shareAt(sparsity, epoch)));
    }
  }

  /** undefined when cancelled. */
  private async epoch(rows: LabelledRows, order: Int32Array, epoch: number): Promise<Score | undefined> {
    const passes = passesOf(rows.count, this.options);
    const batches = Array.from({ length: passes }, () => batchesOf(rows.count, this.options.batchSize)).flat();
    const rate = learningRateAt(this.options, epoch);
    this.prune(epoch);
    let loss = 0;
    let correct = 0;
    for (const [from, count] of batches) {
      if (this.options.signal?.aborted) return undefined;
      if (from === 0) this.random.shuffle(order);
      const result = this.step(rows, order.slice(from, from + count), rate);
      if (!Number.isFinite(result.loss))
        throw new TrainError(
          'diverged',
          'Training failed: the loss is no longer a number.',
          'Choose a smaller learning rate.',
        );
      loss += result.loss * count;
      correct += result.correct;
      await yieldToCaller();
    }
    const seen = rows.count * passes;
    return { loss: loss / seen, accuracy: correct / (seen * this.objective.cells) };
  }

  private scoreBatch(x: Float32Array, batch: Batch): { loss: number; correct: number } {
    const { tf, objective } = this;
    return tf.tidy(() => {
      const logits = this.model.predict(tf.tensor(x, [batch.count, ...this.spec.input])) as Tensor;
      const loss = lossOf(tf, objective, logits, batch, this.options).dataSync()[0];
      return { loss, correct: correctOf(tf, objective, logits, batch) };
    });
  }

  /** On held-out rows, without augmentation; undefined when cancelled. */
  private async score(rows: LabelledRows): Promise<Score | undefined> {
    const { width, cells } = this.objective;
    let loss = 0;
    let correct = 0;
    for (let from = 0; from < rows.count; from += scoreBatch) {
      if (this.options.signal?.aborted) return undefined;
      const count = Math.min(scoreBatch, rows.count - from);
      const order = Int32Array.from({ length: count }, (_, i) => from + i);
      const x = rows.x.subarray(from * width, (from + count) * width);
      const part = this.scoreBatch(x, batchOf(rows, order, this.objective));
      loss += part.loss * count;
      correct += part.correct;
      await yieldToCaller();
    }
    return { loss: loss / rows.count, accuracy: correct / (rows.count * cells) };
  }

  async run(training: LabelledRows, validation: LabelledRows | undefined): Promise<TrainResult> {
    const { options } = this;
    const history: EpochReport[] = [];
    const keeper = new BestEpoch(options, validation !== undefined);
    const weights = (): ModelWeights => readTfWeights(this.model, this.spec);
    const order = Int32Array.from({ length: training.count }, (_, i) => i);
    let stopped: TrainResult['stopped'] = 'finished';
    for (let epoch = 1; epoch <= options.epochs; epoch++) {
      const began = performance.now();
      const score = await this.epoch(training, order, epoch);
      const held = score && validation ? await this.score(validation) : { loss: NaN, accuracy: NaN };
      if (!score || !held) {
        stopped = 'cancelled';
        break;
      }
      const seconds = (performance.now() - began) / 1000;
      const validated = { validationLoss: held.loss, validationAccuracy: held.accuracy };
      const report = { epoch, epochs: options.epochs, ...score, ...validated, seconds };
      history.push(report);
      options.onEpoch?.(report);
      options.onProgress?.({ step: 'Training', done: epoch, total: options.epochs });
      if (keeper.note(report, weights)) {
        stopped = 'early';
        break;
      }
    }
    return { weights: keeper.best?.weights ?? weights(), history, bestEpoch: keeper.best?.epoch ?? 0, stopped };
  }
}

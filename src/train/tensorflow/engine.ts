/**
 * TensorFlow.js behind the engines' interface: the cross-check for our own kernels. Its results depend on the machine
 * and the package found, and it runs in the caller's process, giving way between batches.
 */
import type { LayersModel, Scalar, Tensor, Variable } from '@tensorflow/tfjs';
import { Random } from '../../base';
import { checkWeights, initialWeights, product, type ModelSpec, type ModelWeights } from '../../model';
import { augmentWindow } from '../augment';
import { checkGradientOptions, checkOptions, checkServed } from '../check-options';
import { checkInputs, checkRows, checkTrainingRows } from '../checks';
import { adam } from '../defaults';
import type { EpochReport, GradientOptions, LabelledRows, TrainEngine, TrainOptions, TrainResult } from '../engine';
import { TrainError } from '../errors';
import { refuseFakeQuantisation } from '../fake-quantisation';
import { objectiveOf } from '../objective';
import { batchesOf, learningRateAt, passesOf } from '../schedule';
import { buildTfModel, collectWeights, readTfWeights, setTfWeights } from './build';
import { loadTensorFlow, type Tf } from './load';

const yieldToCaller = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Weighted cross-entropy over the rows of a batch, divided by their number. `targets` are one-hot times class weight. */
function lossOf(tf: Tf, logits: Tensor, targets: Tensor): Scalar {
  return tf.div(tf.neg(tf.sum(tf.mul(targets, tf.logSoftmax(logits)))), logits.shape[0]);
}

function targetsOf(y: Int32Array, classes: number, weights?: readonly number[]): Float32Array {
  const targets = new Float32Array(y.length * classes);
  y.forEach((label, row) => {
    targets[row * classes + label] = weights ? weights[label] : 1;
  });
  return targets;
}

interface Score {
  readonly loss: number;
  readonly accuracy: number;
}

class TfTrainer {
  private readonly random: Random;
  private readonly model: LayersModel;
  private readonly classes: number;
  private readonly optimizer;

  constructor(
    private readonly tf: Tf,
    private readonly spec: ModelSpec,
    private readonly options: TrainOptions,
  ) {
    this.random = new Random(options.seed);
    this.classes = objectiveOf(spec).classes;
    this.model = buildTfModel(tf, spec, true);
    setTfWeights(tf, this.model, spec, options.initial ?? initialWeights(spec, this.random.uint32()));
    const { learningRate } = options;
    this.optimizer =
      options.optimiser === 'sgd'
        ? tf.train.sgd(learningRate)
        : tf.train.adam(learningRate, adam.beta1, adam.beta2, adam.epsilon);
  }

  dispose(): void {
    this.model.dispose();
    this.optimizer.dispose();
  }

  weights(): ModelWeights {
    return readTfWeights(this.model, this.spec);
  }

  private gather(rows: LabelledRows, order: Int32Array): { x: Float32Array; y: Int32Array } {
    const width = product(this.spec.input);
    const x = new Float32Array(order.length * width);
    const [frames, axes] = this.spec.input.length === 2 ? this.spec.input : [1, width];
    order.forEach((row, place) => {
      const window = rows.x.subarray(row * width, (row + 1) * width);
      const { augmentation } = this.options;
      x.set(
        augmentation?.kind === 'motion' ? augmentWindow(window, frames, axes, augmentation, this.random) : window,
        place * width,
      );
    });
    return { x, y: Int32Array.from(order, (row) => rows.y[row]) };
  }

  /** One update; returns the loss and the number of rows that were right. */
  private step(rows: LabelledRows, order: Int32Array): Score {
    const { tf } = this;
    const { x, y } = this.gather(rows, order);
    return tf.tidy(() => {
      const input = tf.tensor(x, [order.length, ...this.spec.input]);
      const targets = tf.tensor2d(targetsOf(y, this.classes, this.options.classWeights), [order.length, this.classes]);
      let right = 0;
      let loss = NaN;
      this.optimizer.minimize(
        () => {
          const logits = this.model.apply(input, { training: true }) as Tensor;
          right = tf.sum(tf.equal(tf.argMax(logits, -1), tf.tensor1d(y, 'int32'))).dataSync()[0];
          const plain = lossOf(tf, logits, targets);
          loss = plain.dataSync()[0];
          const penalties = this.model.calculateLosses();
          return penalties.reduce<Scalar>((sum, penalty) => tf.add(sum, penalty), plain);
        },
        false,
        this.model.trainableWeights.map((weight) => weight.read() as Variable),
      );
      return { loss, accuracy: right / order.length };
    });
  }

  private setLearningRate(rate: number): void {
    // Only the plain optimiser has a setter; Adam reads the field at each step.
    const optimizer = this.optimizer as unknown as { learningRate: number; setLearningRate?: (rate: number) => void };
    if (optimizer.setLearningRate) optimizer.setLearningRate(rate);
    else optimizer.learningRate = rate;
  }

  /** undefined when cancelled. */
  async epoch(rows: LabelledRows, epoch: number): Promise<Score | undefined> {
    const order = Int32Array.from({ length: rows.count }, (_, i) => i);
    const passes = passesOf(rows.count, this.options);
    const batches = Array.from({ length: passes }, () => batchesOf(rows.count, this.options.batchSize)).flat();
    this.setLearningRate(learningRateAt(this.options, epoch));
    let loss = 0;
    let right = 0;
    for (const [from, count] of batches) {
      if (from === 0) this.random.shuffle(order);
      if (this.options.signal?.aborted) return undefined;
      const result = this.step(rows, order.slice(from, from + count));
      if (!Number.isFinite(result.loss))
        throw new TrainError(
          'diverged',
          'Training failed: the loss is no longer a number.',
          'Choose a smaller learning rate.',
        );
      loss += result.loss * count;
      right += result.accuracy * count;
      await yieldToCaller();
    }
    const seen = rows.count * passes;
    return { loss: loss / seen, accuracy: right / seen };
  }

  score(rows: LabelledRows): Score {
    const { tf } = this;
    return tf.tidy(() => {
      const logits = this.model.predict(tf.tensor(rows.x, [rows.count, ...this.spec.input])) as Tensor;
      const targets = tf.tensor2d(targetsOf(rows.y, this.classes, this.options.classWeights), [
        rows.count,
        this.classes,
      ]);
      const right = tf.sum(tf.equal(tf.argMax(logits, -1), tf.tensor1d(rows.y, 'int32'))).dataSync()[0];
      return { loss: lossOf(tf, logits, targets).dataSync()[0], accuracy: right / rows.count };
    });
  }
}

class TensorFlowEngine implements TrainEngine {
  readonly id = 'tensorflow';

  async describe(): Promise<string> {
    const { about } = await loadTensorFlow();
    return `tensorflow: ${about}, in this process`;
  }

  async train(
    spec: ModelSpec,
    training: LabelledRows,
    validation: LabelledRows | undefined,
    options: TrainOptions,
  ): Promise<TrainResult> {
    const objective = objectiveOf(spec);
    checkTrainingRows(training, objective);
    if (validation) checkRows(validation, objective, 'validation');
    checkOptions(options, objective, spec.input.length);
    refuseFakeQuantisation(options);
    checkServed(options, objective);
    if (options.initial) checkWeights(spec, options.initial);
    const { tf } = await loadTensorFlow();
    const trainer = new TfTrainer(tf, spec, options);
    try {
      return await this.run(trainer, training, validation?.count ? validation : undefined, options);
    } finally {
      trainer.dispose();
    }
  }

  private async run(
    trainer: TfTrainer,
    training: LabelledRows,
    validation: LabelledRows | undefined,
    options: TrainOptions,
  ): Promise<TrainResult> {
    const history: EpochReport[] = [];
    let best: { epoch: number; loss: number; weights: ModelWeights } | undefined;
    let stopped: TrainResult['stopped'] = 'finished';
    for (let epoch = 1; epoch <= options.epochs; epoch++) {
      const began = performance.now();
      const score = await trainer.epoch(training, epoch);
      if (!score) {
        stopped = 'cancelled';
        break;
      }
      const held = validation ? trainer.score(validation) : { loss: NaN, accuracy: NaN };
      const seconds = (performance.now() - began) / 1000;
      const report = {
        epoch,
        epochs: options.epochs,
        ...score,
        validationLoss: held.loss,
        validationAccuracy: held.accuracy,
        seconds,
      };
      history.push(report);
      options.onEpoch?.(report);
      options.onProgress?.({ step: 'Training', done: epoch, total: options.epochs });
      const loss = validation && options.patience ? held.loss : -epoch;
      if (!best || loss < best.loss) best = { epoch, loss, weights: trainer.weights() };
      if (options.patience && epoch - best.epoch >= options.patience) {
        stopped = 'early';
        break;
      }
    }
    return { weights: best?.weights ?? trainer.weights(), history, bestEpoch: best?.epoch ?? 0, stopped };
  }

  async predict(spec: ModelSpec, weights: ModelWeights, x: Float32Array, count: number): Promise<Float32Array> {
    const objective = objectiveOf(spec);
    checkServed({}, objective);
    checkInputs(x, count, objective.width, 'given');
    checkWeights(spec, weights);
    const { tf } = await loadTensorFlow();
    const model = buildTfModel(tf, spec, false);
    setTfWeights(tf, model, spec, weights);
    const values = tf.tidy(() => tf.softmax(model.predict(tf.tensor(x, [count, ...spec.input])) as Tensor).dataSync());
    model.dispose();
    return Float32Array.from(values);
  }

  async gradients(
    spec: ModelSpec,
    weights: ModelWeights,
    rows: LabelledRows,
    options: GradientOptions = {},
  ): Promise<{ loss: number; gradients: ModelWeights }> {
    const objective = objectiveOf(spec);
    const { classes } = objective;
    checkRows(rows, objective, 'given');
    checkGradientOptions(options, objective);
    refuseFakeQuantisation(options);
    checkServed(options, objective);
    checkWeights(spec, weights);
    const { tf } = await loadTensorFlow();
    const model = buildTfModel(tf, spec, false);
    setTfWeights(tf, model, spec, weights);
    let loss = NaN;
    let gradients: ModelWeights = [];
    tf.tidy(() => {
      const input = tf.tensor(rows.x, [rows.count, ...spec.input]);
      const targets = tf.tensor2d(targetsOf(rows.y, classes), [rows.count, classes]);
      const variables = model.trainableWeights.map((weight) => weight.read() as Variable);
      const { grads } = tf.variableGrads(() => {
        const plain = lossOf(tf, model.apply(input, { training: true }) as Tensor, targets);
        loss = plain.dataSync()[0];
        return model.calculateLosses().reduce<Scalar>((sum, penalty) => tf.add(sum, penalty), plain);
      }, variables);
      gradients = collectWeights(spec, (layer, place) => {
        const variable = model.getLayer(layer).trainableWeights[place] as
          (typeof model.trainableWeights)[number] | undefined;
        return variable ? Float32Array.from(grads[(variable.read() as Variable).name].dataSync()) : undefined;
      });
    });
    model.dispose();
    return { loss, gradients };
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** TensorFlow.js, loaded when first used. */
export function tensorflowEngine(): TrainEngine {
  return new TensorFlowEngine();
}

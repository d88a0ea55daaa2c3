/**
 * TensorFlow.js behind the engines' interface: the cross-check for our own kernels. Its results depend on the machine
 * and the package found, and it runs in the caller's process, giving way between batches.
 */
import type { Scalar, Tensor, Variable } from '@tensorflow/tfjs';
import { checkWeights, type ModelSpec, type ModelWeights } from '../../model';
import { checkGradientOptions, checkOptions } from '../check-options';
import { checkInputs, checkRows, checkTrainingRows } from '../checks';
import type { GradientOptions, LabelledRows, TrainEngine, TrainOptions, TrainResult } from '../engine';
import { TrainError } from '../errors';
import { refuseFakeQuantisation } from '../fake-quantisation';
import { objectiveOf } from '../objective';
import { buildTfModel, collectWeights, setTfWeights } from './build';
import { loadTensorFlow } from './load';
import { answersOf, batchOf, lossOf } from './losses';
import { TfTrainer } from './trainer';

class TensorFlowEngine implements TrainEngine {
  readonly id = 'tensorflow';

  constructor(private readonly plain: boolean) {}

  async describe(): Promise<string> {
    const { about } = await loadTensorFlow(this.plain);
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
    checkOptions(options, objective, spec.input);
    refuseFakeQuantisation(options);
    if (options.initial) checkWeights(spec, options.initial);
    if (options.resume)
      throw new TrainError(
        'unsupported',
        'TensorFlow.js cannot continue a cancelled training.',
        'Train from the beginning, or use the core engine.',
      );
    const { tf } = await loadTensorFlow(this.plain);
    const trainer = new TfTrainer(tf, spec, options);
    try {
      return await trainer.run(training, validation?.count ? validation : undefined);
    } finally {
      trainer.dispose();
    }
  }

  async predict(spec: ModelSpec, weights: ModelWeights, x: Float32Array, count: number): Promise<Float32Array> {
    const objective = objectiveOf(spec);
    checkInputs(x, count, objective.width, 'given');
    checkWeights(spec, weights);
    const { tf } = await loadTensorFlow(this.plain);
    const model = buildTfModel(tf, spec, { dropout: false });
    setTfWeights(tf, model, spec, weights);
    const values = tf.tidy(() =>
      answersOf(tf, objective, model.predict(tf.tensor(x, [count, ...spec.input])) as Tensor).dataSync(),
    );
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
    checkRows(rows, objective, 'given');
    checkGradientOptions(options, objective);
    refuseFakeQuantisation(options);
    checkWeights(spec, weights);
    const { tf } = await loadTensorFlow(this.plain);
    const model = buildTfModel(tf, spec, { dropout: false, frozen: options.frozen });
    setTfWeights(tf, model, spec, weights);
    const batch = batchOf(
      rows,
      Int32Array.from({ length: rows.count }, (_, i) => i),
      objective,
    );
    let loss = NaN;
    let gradients: ModelWeights = [];
    tf.tidy(() => {
      const input = tf.tensor(rows.x, [rows.count, ...spec.input]);
      const variables = model.trainableWeights.map((weight) => weight.read() as Variable);
      const { grads } = tf.variableGrads(() => {
        const plain = lossOf(tf, objective, model.apply(input, { training: true }) as Tensor, batch, options);
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

/**
 * TensorFlow.js, loaded when first used.
 * @param plain only the JavaScript package: it rounds alike on every machine, which the native library does not.
 */
export function tensorflowEngine({ plain = false } = {}): TrainEngine {
  return new TensorFlowEngine(plain);
}

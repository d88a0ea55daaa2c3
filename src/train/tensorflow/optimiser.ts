/** One step of each optimiser, in TensorFlow.js: its own Adam, and by Keras' rules what it has not. */
import type { LayersModel, NamedTensorMap, Tensor, Variable } from '@tensorflow/tfjs';
import type { ModelSpec } from '../../model';
import { adam, defaultWeightDecay } from '../defaults';
import type { TrainOptions } from '../engine';
import { kernelsOf } from './build';
import type { Tf } from './load';

/** What applyGradients() says it wants; it reads the values only. */
type NamedVariables = Record<string, Variable>;

export class TfOptimiser {
  private readonly adam;
  private readonly velocities = new Map<string, Variable>();
  private readonly kernels: readonly (readonly [number, Variable])[];
  private readonly masks = new Map<number, Tensor>();

  constructor(
    private readonly tf: Tf,
    private readonly options: TrainOptions,
    model: LayersModel,
    spec: ModelSpec,
  ) {
    this.adam = tf.train.adam(options.learningRate, adam.beta1, adam.beta2, adam.epsilon);
    this.kernels = kernelsOf(model, spec).map(([layer, weight]) => [layer, weight.read() as Variable]);
    this.options.masks?.forEach((mask, layer) => mask && this.pin(layer, mask));
  }

  /** The kernel values of a layer. */
  kernelOf(layer: number): Float32Array | undefined {
    const found = this.kernels.find(([index]) => index === layer);
    return found && Float32Array.from(found[1].dataSync());
  }

  /** Pins kernel values to 0 where the mask is 0, until told otherwise. */
  pin(layer: number, mask: Uint8Array): void {
    const kernel = this.kernels.find(([index]) => index === layer)?.[1];
    if (!kernel) return;
    this.masks.get(layer)?.dispose();
    this.masks.set(layer, this.tf.keep(this.tf.tensor(mask, kernel.shape, 'bool')));
    this.applyMasks();
  }

  private applyMasks(): void {
    const { tf } = this;
    for (const [layer, kernel] of this.kernels) {
      const mask = this.masks.get(layer);
      // Not a product: that would make zeros with a sign.
      if (mask) tf.tidy(() => kernel.assign(tf.where(mask, kernel, tf.zerosLike(kernel))));
    }
  }

  private descend(gradients: NamedTensorMap, variables: readonly Variable[], rate: number): void {
    const { tf, velocities } = this;
    for (const variable of variables) {
      const velocity = velocities.get(variable.name) ?? tf.variable(tf.zerosLike(variable), false);
      velocities.set(variable.name, velocity);
      velocity.assign(tf.sub(tf.mul(velocity, this.options.momentum ?? 0), tf.mul(gradients[variable.name], rate)));
      variable.assign(tf.add(variable, velocity));
    }
  }

  step(gradients: NamedTensorMap, variables: readonly Variable[], rate: number): void {
    const { tf, options } = this;
    if (options.optimiser === 'adamw') {
      const kept = 1 - rate * (options.weightDecay ?? defaultWeightDecay);
      for (const [, kernel] of this.kernels) tf.tidy(() => kernel.assign(tf.mul(kernel, kept)));
    }
    if (options.optimiser === 'sgd') tf.tidy(() => this.descend(gradients, variables, rate));
    else {
      // It reads the field, which is protected, at each step.
      (this.adam as unknown as { learningRate: number }).learningRate = rate;
      this.adam.applyGradients(gradients as NamedVariables);
    }
    this.applyMasks();
  }

  dispose(): void {
    this.adam.dispose();
    for (const velocity of this.velocities.values()) velocity.dispose();
    for (const mask of this.masks.values()) mask.dispose();
  }
}

/** Layers that TensorFlow.js has not, or whose gradient is not that of its own forward pass, made of ones that it has. */
import type { Shape, Tensor, Tensor4D } from '@tensorflow/tfjs';
import { paddingBefore, slidingLength, type LayerSpec, type ResolvedLayer } from '../../model';
import type { Tf } from './load';

type Depthwise = Extract<LayerSpec, { kind: 'depthwiseConv2d' }>;
type Pool = Extract<LayerSpec, { kind: 'maxPool1d' | 'averagePool1d' | 'maxPool2d' | 'averagePool2d' }>;

/** A layer without weights that applies `change`; `shape` is of one row's output. */
function lambda(tf: Tf, name: string | undefined, shape: readonly number[], change: (input: Tensor) => Tensor) {
  class Lambda extends tf.layers.Layer {
    static className = 'DormouseLambda';
    override computeOutputShape(input: Shape | Shape[]): Shape {
      return [Array.isArray(input[0]) ? input[0][0] : input[0], ...shape];
    }
    override call(inputs: Tensor | Tensor[]): Tensor {
      return tf.tidy(() => change(Array.isArray(inputs) ? inputs[0] : inputs));
    }
  }
  return new Lambda(name === undefined ? {} : { name });
}

/** Zeros before and behind that make `same` padding a `valid` one; behind possibly negative where the window stops short. */
function zerosOf(length: number, kernel: number, stride: number, padding: 'same' | 'valid'): [number, number] {
  const before = paddingBefore(length, kernel, stride, padding);
  const covered = (slidingLength(length, kernel, stride, padding) - 1) * stride + kernel;
  return [before, Math.max(covered - length - before, 0)];
}

/**
 * TensorFlow.js refuses depthwise convolutions with unequal strides: one of stride 1 over explicit zeros, of which only
 * every so many rows and columns are kept, is the same.
 */
export function depthwise(tf: Tf, spec: Depthwise, input: readonly number[], name: string) {
  const { kernel, stride, padding, multiplier, l2, bias } = spec;
  const config = {
    name,
    depthMultiplier: multiplier,
    kernelSize: [...kernel] as [number, number],
    useBias: bias !== false,
    ...(l2 ? { depthwiseRegularizer: tf.regularizers.l2({ l2 }) } : {}),
  };
  if (stride[0] === stride[1])
    return [tf.layers.depthwiseConv2d({ ...config, strides: [...stride] as [number, number], padding })];
  const zeros = [0, 1].map((axis) => zerosOf(input[axis], kernel[axis], stride[axis], padding));
  const kept = [0, 1].map((axis) => {
    const count = slidingLength(input[axis], kernel[axis], stride[axis], padding);
    return Array.from({ length: count }, (_, i) => i * stride[axis]);
  });
  return [
    tf.layers.zeroPadding2d({ padding: [zeros[0], zeros[1]] }),
    tf.layers.depthwiseConv2d({ ...config, strides: [1, 1], padding: 'valid' }),
    lambda(tf, undefined, [kept[0].length, kept[1].length, input[2] * multiplier], (x) =>
      tf.gather(tf.gather(x, tf.tensor1d(kept[0], 'int32'), 1), tf.tensor1d(kept[1], 'int32'), 2),
    ),
  ];
}

/** How many values of the window that ends up at each output lie on the input. */
function countsOf(length: number, size: number, stride: number, padding: 'same' | 'valid'): number[] {
  const before = paddingBefore(length, size, stride, padding);
  return Array.from({ length: slidingLength(length, size, stride, padding) }, (_, out) => {
    const start = out * stride - before;
    return Math.min(start + size, length) - Math.max(start, 0);
  });
}

/**
 * The gradient of TensorFlow.js' average over padding divides by the whole window, its forward pass by the part on the
 * input. Here explicit zeros are averaged, and the result is scaled to what lies on the input.
 */
export function averagePool(tf: Tf, spec: Pool, layer: ResolvedLayer, name: string) {
  const flat = layer.inputShapes[0].length === 2;
  const [size, stride] = [spec.size, spec.stride].map((of) => (typeof of === 'number' ? [1, of] : of));
  const shape = layer.inputShapes[0];
  const [height, width, channels] = flat ? [1, shape[0], shape[1]] : shape;
  const lengths = [height, width];
  const zeros = [0, 1].map((axis) => zerosOf(lengths[axis], size[axis], stride[axis], spec.padding));
  const [rows, columns] = [0, 1].map((axis) => countsOf(lengths[axis], size[axis], stride[axis], spec.padding));
  const whole = size[0] * size[1];
  const scale = rows.map((row) => columns.map((column) => [whole / (row * column)]));
  return lambda(tf, name, layer.outputShape, (x) => {
    const image = tf.reshape(x, [-1, height, width, channels]);
    const padded = tf.pad(image, [[0, 0], zeros[0], zeros[1], [0, 0]]) as Tensor4D;
    const mean = tf.avgPool(padded, size as [number, number], stride as [number, number], 'valid');
    return tf.reshape(tf.mul(mean, tf.tensor3d(scale)), [-1, ...layer.outputShape]);
  });
}

/** Batch norm by its moving statistics in training too, as Keras treats one that is not trainable. */
export function frozenNorm(tf: Tf, config: { name: string; momentum: number; epsilon: number }) {
  const layer = tf.layers.batchNormalization(config);
  const call = layer.call.bind(layer);
  layer.call = (inputs, kwargs) => call(inputs, { ...kwargs, training: false });
  return layer;
}

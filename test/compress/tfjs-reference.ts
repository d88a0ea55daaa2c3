/** A network computed layer by layer with TensorFlow.js' own operations: the oracle for folding and fusing. */
import * as tf from '@tensorflow/tfjs';
import { modelInput, resolveModel, type Activation, type LayerSpec, type LayerWeights } from '../../src/model';
import type { RandomModel } from './random-models';

function activate(x: tf.Tensor, activation: Activation): tf.Tensor {
  if (activation === 'relu') return tf.relu(x);
  return activation === 'relu6' ? tf.relu6(x) : x;
}

const pair = (n: number | readonly [number, number]): [number, number] =>
  typeof n === 'number' ? [1, n] : [n[0], n[1]];

/** [batch, time, channels] as [batch, 1, time, channels]. */
const asImage = (x: tf.Tensor): tf.Tensor4D => (x.rank === 3 ? x.expandDims(1) : x) as tf.Tensor4D;

function layerOutput(
  layer: LayerSpec,
  inputs: tf.Tensor[],
  weights: LayerWeights,
  shape: readonly number[],
): tf.Tensor {
  const [x] = inputs;
  const batch = x.shape[0];
  const image = (): tf.Tensor4D => asImage(x);
  const kernel = (...dims: number[]): tf.Tensor => tf.tensor(weights.kernel as Float32Array, dims);
  const bias = (): tf.Tensor => tf.tensor1d(weights.bias ?? new Float32Array(shape[shape.length - 1]));
  const channels = x.shape[x.rank - 1];
  const shaped = (y: tf.Tensor): tf.Tensor => y.reshape([batch, ...shape]);
  switch (layer.kind) {
    case 'dense':
      return activate(
        tf.matMul(x as tf.Tensor2D, kernel(channels, layer.units) as tf.Tensor2D).add(bias()),
        layer.activation,
      );
    case 'conv1d':
    case 'conv2d': {
      const size = pair(layer.kernel);
      const y = tf.conv2d(
        image(),
        kernel(...size, channels, layer.filters) as tf.Tensor4D,
        pair(layer.stride),
        layer.padding,
      );
      return shaped(activate(y.add(bias()), layer.activation));
    }
    case 'depthwiseConv2d': {
      const filter = kernel(...layer.kernel, channels, layer.multiplier) as tf.Tensor4D;
      return shaped(
        activate(tf.depthwiseConv2d(image(), filter, pair(layer.stride), layer.padding).add(bias()), layer.activation),
      );
    }
    case 'batchNorm': {
      const of = (values: Float32Array | undefined): tf.Tensor1D => tf.tensor1d(values as Float32Array);
      const inverse = of(weights.movingVariance)
        .add(layer.epsilon ?? 1e-3)
        .rsqrt()
        .mul(of(weights.gamma));
      return activate(x.sub(of(weights.movingMean)).mul(inverse).add(of(weights.beta)), layer.activation);
    }
    case 'activation':
      return activate(x, layer.activation);
    case 'maxPool1d':
    case 'maxPool2d':
      return shaped(tf.maxPool(image(), pair(layer.size), pair(layer.stride), layer.padding));
    case 'averagePool1d':
    case 'averagePool2d':
      return shaped(tf.avgPool(image(), pair(layer.size), pair(layer.stride), layer.padding));
    case 'globalAveragePool':
      return image().mean([1, 2]);
    case 'globalMaxPool':
      return image().max([1, 2]);
    case 'sigmoid':
      return tf.sigmoid(x);
    case 'zeroPadding': {
      const [top, bottom, left, right] = layer.padding;
      return image().pad([
        [0, 0],
        [top, bottom],
        [left, right],
        [0, 0],
      ]);
    }
    case 'add':
      return activate(inputs[0].add(inputs[1]), layer.activation);
    case 'softmax':
      return tf.softmax(x);
    default:
      return shaped(x);
  }
}

export async function tensorflowOutputs({ spec, weights, rows, count }: RandomModel): Promise<Float32Array> {
  await tf.setBackend('cpu');
  return tf.tidy(() => {
    const input = tf.tensor(rows, [count, ...spec.input]);
    const made: tf.Tensor[] = [];
    resolveModel(spec).forEach((layer, index) => {
      const inputs = layer.inputs.map((from) => (from === modelInput ? input : made[from]));
      made.push(layerOutput(layer.spec, inputs, weights[index], layer.outputShape));
    });
    return made[made.length - 1].dataSync() as Float32Array;
  });
}

/**
 * A model as TensorFlow.js loads it (`tf.loadLayersModel`): model.json and one file of weights. The topology is that of
 * Keras 2, which tfjs, its converter and Keras read.
 */
import type { ModelSpec, ModelWeights } from '../spec';
import { writtenModel, type WrittenLayer } from './keras-layers';
import type { ModelFile } from './types';

function layerOf(layer: WrittenLayer, connected: boolean): unknown {
  const { className, name, settings, penalty, inputs, shape } = layer;
  const config = {
    name,
    trainable: true,
    dtype: 'float32',
    ...(className === 'InputLayer' ? { batch_input_shape: [null, ...shape], sparse: false } : {}),
    ...settings,
    ...(penalty ? { [penalty.setting]: { class_name: 'L1L2', config: { l1: 0, l2: penalty.l2 } } } : {}),
  };
  if (!connected) return { class_name: className, config };
  const nodes = inputs.length ? [inputs.map((from) => [from, 0, 0, {}])] : [];
  return { class_name: className, name, config, inbound_nodes: nodes };
}

/**
 * @returns `model.json` and `weights.bin` (float32, little-endian). The same model gives the same bytes.
 * @throws ModelError `bad-spec` or `bad-weights`.
 */
export function exportTfjs(spec: ModelSpec, weights: ModelWeights): ModelFile[] {
  const { layers, isChain } = writtenModel(spec, weights);
  const described = layers.map((layer) => layerOf(layer, !isChain));
  const ends = { input_layers: [['input', 0, 0]], output_layers: [[layers[layers.length - 1].name, 0, 0]] };
  const arrays = layers.flatMap((layer) =>
    layer.weights.map((weight) => ({ ...weight, name: `${layer.name}/${weight.name}` })),
  );
  const json = {
    format: 'layers-model',
    generatedBy: 'Dormouse',
    convertedBy: null,
    modelTopology: {
      keras_version: '2.15.0',
      backend: 'tensorflow',
      model_config: {
        class_name: isChain ? 'Sequential' : 'Functional',
        config: { name: 'dormouse', layers: described, ...(isChain ? {} : ends) },
      },
    },
    weightsManifest: [
      { paths: ['weights.bin'], weights: arrays.map(({ name, shape }) => ({ name, shape, dtype: 'float32' })) },
    ],
  };
  const bytes = new Uint8Array(arrays.reduce((sum, { values }) => sum + values.length * 4, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const { values } of arrays)
    for (const value of values) {
      view.setFloat32(at, value, true);
      at += 4;
    }
  return [
    { name: 'model.json', bytes: new TextEncoder().encode(JSON.stringify(json)) },
    { name: 'weights.bin', bytes },
  ];
}

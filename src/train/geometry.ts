/**
 * What one layer becomes for the kernels: which kind of record, its sizes and settings. Knows nothing of memory.
 */
import { paddingBefore, product, type ResolvedLayer } from '../model';
import { opKinds } from './layout';

/** [height, width, channels] of a shape of any rank. */
function asImage(shape: readonly number[]): [number, number, number] {
  if (shape.length === 1) return [1, 1, shape[0]];
  if (shape.length === 2) return [1, shape[0], shape[1]];
  return [shape[0], shape[1], shape[2]];
}

interface Window {
  readonly size: readonly [number, number];
  readonly stride: readonly [number, number];
  readonly padding: 'same' | 'valid';
}

export function windowOf(layer: ResolvedLayer): Window | undefined {
  const { spec } = layer;
  const [height, width] = asImage(layer.inputShapes[0]);
  switch (spec.kind) {
    case 'conv1d':
      return { size: [1, spec.kernel], stride: [1, spec.stride], padding: spec.padding };
    case 'conv2d':
    case 'depthwiseConv2d':
      return { size: spec.kernel, stride: spec.stride, padding: spec.padding };
    case 'maxPool1d':
    case 'averagePool1d':
      return { size: [1, spec.size], stride: [1, spec.stride], padding: spec.padding };
    case 'maxPool2d':
    case 'averagePool2d':
      return { size: spec.size, stride: spec.stride, padding: spec.padding };
    case 'globalAveragePool':
    case 'globalMaxPool':
      return { size: [height, width], stride: [1, 1], padding: 'valid' };
    default:
      return undefined;
  }
}

export function kindOf(layer: ResolvedLayer, window: Window | undefined): number | undefined {
  const single = window && product(window.size) === 1 && product(window.stride) === 1;
  switch (layer.spec.kind) {
    case 'dense':
      return opKinds.dense;
    case 'conv1d':
    case 'conv2d':
      return single ? opKinds.dense : opKinds.conv;
    case 'depthwiseConv2d':
      return opKinds.depthwise;
    case 'maxPool1d':
    case 'maxPool2d':
    case 'globalMaxPool':
      return opKinds.maxPool;
    case 'averagePool1d':
    case 'averagePool2d':
    case 'globalAveragePool':
      return opKinds.averagePool;
    case 'batchNorm':
      return opKinds.batchNorm;
    case 'activation':
      return layer.spec.activation === 'none' ? undefined : opKinds.activation;
    case 'dropout':
      return layer.spec.rate === 0 ? undefined : opKinds.dropout;
    case 'add':
      return opKinds.add;
    case 'zeroPadding':
      return opKinds.zeroPadding;
    case 'softmax':
      return opKinds.softmaxLoss;
    case 'sigmoid':
      return opKinds.sigmoidLoss;
    case 'flatten':
    case 'reshape':
      return undefined;
  }
}

/** Sizes and settings of one layer's record, without its pointers. */
export function geometryOf(layer: ResolvedLayer, kind: number): Record<string, number> {
  const { spec } = layer;
  const [inH, inW, inC] = asImage(layer.inputShapes[0]);
  const [outH, outW, outC] = asImage(layer.outputShape);
  const window = windowOf(layer);
  const values: Record<string, number> = { kind, inH, inW, inC, outH, outW, outC };
  values['activation'] = 'activation' in spec ? ['none', 'relu', 'relu6'].indexOf(spec.activation) : 0;
  if (window) {
    [values['kH'], values['kW']] = window.size;
    [values['sH'], values['sW']] = window.stride;
    values['padTop'] = paddingBefore(inH, window.size[0], window.stride[0], window.padding);
    values['padLeft'] = paddingBefore(inW, window.size[1], window.stride[1], window.padding);
  }
  if (spec.kind === 'zeroPadding') [values['padTop'], , values['padLeft']] = spec.padding;
  if (spec.kind === 'dropout') values['rate'] = spec.rate;
  if (spec.kind === 'batchNorm') {
    values['rate'] = spec.momentum ?? 0.99;
    values['epsilon'] = spec.epsilon ?? 0.001;
  }
  if ('l2' in spec && spec.l2) values['l2'] = spec.l2;
  return values;
}

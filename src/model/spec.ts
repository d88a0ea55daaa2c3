/**
 * ModelSpec: a plain, serialisable description of a network. The hub: trainers, quantiser, .tflite writer, fit and
 * exports all read it. Shapes never include the batch. Layout is channels-last: [time, channels] or
 * [height, width, channels]. Dense kernels are [in, out]; convolution kernels [kh, kw, in, out];
 * depthwise kernels [kh, kw, in, multiplier].
 */
export type Activation = 'none' | 'relu' | 'relu6';
export type Padding = 'same' | 'valid';

// Layers with weights have a bias unless `bias` is false (as before a batch norm, which has its own).
interface Named {
  /** Unique in the spec where another layer refers to it. */
  readonly name?: string;
  /** Names of the layers whose outputs are read; default: the layer before. Only `add` takes two. */
  readonly inputs?: readonly string[];
}

export type LayerSpec = Named &
  (
    | {
        readonly kind: 'dense';
        readonly units: number;
        readonly activation: Activation;
        readonly l2?: number;
        readonly bias?: boolean;
      }
    | {
        readonly kind: 'conv1d';
        readonly filters: number;
        readonly kernel: number;
        readonly stride: number;
        readonly padding: Padding;
        readonly activation: Activation;
        readonly l2?: number;
        readonly bias?: boolean;
      }
    | {
        readonly kind: 'conv2d';
        readonly filters: number;
        readonly kernel: readonly [number, number];
        readonly stride: readonly [number, number];
        readonly padding: Padding;
        readonly activation: Activation;
        readonly l2?: number;
        readonly bias?: boolean;
      }
    | {
        readonly kind: 'depthwiseConv2d';
        readonly multiplier: number;
        readonly kernel: readonly [number, number];
        readonly stride: readonly [number, number];
        readonly padding: Padding;
        readonly activation: Activation;
        readonly l2?: number;
        readonly bias?: boolean;
      }
    | {
        readonly kind: 'batchNorm';
        readonly activation: Activation;
        readonly momentum?: number;
        readonly epsilon?: number;
      }
    | { readonly kind: 'activation'; readonly activation: Activation }
    | {
        readonly kind: 'maxPool1d' | 'averagePool1d';
        readonly size: number;
        readonly stride: number;
        readonly padding: Padding;
      }
    | {
        readonly kind: 'maxPool2d' | 'averagePool2d';
        readonly size: readonly [number, number];
        readonly stride: readonly [number, number];
        readonly padding: Padding;
      }
    | { readonly kind: 'globalAveragePool' | 'globalMaxPool' }
    | { readonly kind: 'flatten' }
    | { readonly kind: 'reshape'; readonly shape: readonly number[] }
    | { readonly kind: 'dropout'; readonly rate: number }
    | { readonly kind: 'zeroPadding'; readonly padding: readonly [number, number, number, number] }
    | { readonly kind: 'add'; readonly activation: Activation }
    /** Over the last axis: of a flat list for a classifier, of each cell of [h, w, classes] for object detection. */
    | { readonly kind: 'softmax' }
    /** Each value by itself: one answer per label ("this one or not"), so that nothing at all may be recognised. */
    | { readonly kind: 'sigmoid' }
  );

export interface ModelSpec {
  readonly version: 1;
  /** Shape of one input, without the batch. */
  readonly input: readonly number[];
  readonly layers: readonly LayerSpec[];
}

/** The trained numbers of one layer, in the order kernel, bias, gamma, beta, movingMean, movingVariance (those it has). */
export interface LayerWeights {
  readonly kernel?: Float32Array;
  readonly bias?: Float32Array;
  readonly gamma?: Float32Array;
  readonly beta?: Float32Array;
  readonly movingMean?: Float32Array;
  readonly movingVariance?: Float32Array;
}

/** One entry per layer of the spec, empty objects for layers without weights. */
export type ModelWeights = readonly LayerWeights[];

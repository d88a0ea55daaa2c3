/**
 * Builds a list of layers step by step and knows the shape so far, so that a family can adapt to it: the blocks that
 * several families share. Knows no family.
 */
import { slidingLength } from '../resolve';
import type { Activation, LayerSpec, Padding } from '../spec';
import type { ModelHead } from './types';

type Pair = readonly [number, number];

/**
 * Moving statistics that follow within tens of steps. Keras' 0.99 takes hundreds, which small recordings do not have:
 * their models would be judged, and shrunk to int8, by statistics of weights long gone.
 */
export const normMomentum = 0.9;

export class ImageLayers {
  readonly layers: LayerSpec[] = [];
  height: number;
  width: number;
  channels: number;

  /** @param shape [height, width, channels], or [height, width] of one channel */
  constructor(shape: readonly number[]) {
    [this.height, this.width, this.channels = 1] = shape;
    if (shape.length === 2) this.layers.push({ kind: 'reshape', shape: [this.height, this.width, 1] });
  }

  get positions(): number {
    return this.height * this.width;
  }

  private slide(kernel: Pair, stride: Pair, padding: Padding): void {
    this.height = slidingLength(this.height, kernel[0], stride[0], padding);
    this.width = slidingLength(this.width, kernel[1], stride[1], padding);
  }

  conv(
    filters: number,
    kernel: Pair,
    stride: Pair,
    rest: { name?: string; activation: Activation; l2?: number; bias?: boolean; inputs?: readonly string[] },
  ): this {
    this.layers.push({ kind: 'conv2d', filters, kernel, stride, padding: 'same', ...rest });
    this.slide(kernel, stride, 'same');
    this.channels = filters;
    return this;
  }

  /** Convolution without bias, batch norm, activation; the norm is called `name` + `suffix`. */
  convNorm(
    filters: number,
    kernel: Pair,
    stride: Pair,
    { name, activation, suffix = '_bn', l2 }: { name: string; activation: Activation; suffix?: string; l2?: number },
  ): this {
    this.conv(filters, kernel, stride, { name, activation: 'none', bias: false, ...(l2 ? { l2 } : {}) });
    return this.norm(`${name}${suffix}`, activation);
  }

  depthwiseNorm(
    stride: Pair,
    { name, activation, suffix = '_bn' }: { name: string; activation: Activation; suffix?: string },
  ): this {
    const kernel: Pair = [3, 3];
    const padding = 'same';
    this.layers.push({
      kind: 'depthwiseConv2d',
      multiplier: 1,
      kernel,
      stride,
      padding,
      activation: 'none',
      bias: false,
      name,
    });
    this.slide(kernel, stride, padding);
    return this.norm(`${name}${suffix}`, activation);
  }

  norm(name: string, activation: Activation): this {
    this.layers.push({ kind: 'batchNorm', activation, momentum: normMomentum, name });
    return this;
  }

  /** The sum of two named layers of the present shape. */
  add(name: string, inputs: readonly [string, string], activation: Activation): this {
    this.layers.push({ kind: 'add', inputs, activation, name });
    return this;
  }

  maxPool(size: Pair): this {
    this.layers.push({ kind: 'maxPool2d', size, stride: size, padding: 'valid' });
    this.slide(size, size, 'valid');
    return this;
  }

  dropout(rate: number): this {
    if (rate > 0) this.layers.push({ kind: 'dropout', rate });
    return this;
  }

  /** Everything that was seen, wherever it was. */
  globalPool(): this {
    this.layers.push({ kind: 'globalAveragePool' });
    return this;
  }
}

/** The last layers: one number for each answer, and what makes answers of them. */
export function headLayers(head: ModelHead, classes: number, l2?: number): LayerSpec[] {
  const numbers: LayerSpec = { kind: 'dense', units: classes, activation: 'none', ...(l2 ? { l2 } : {}) };
  if (head === 'regression') return [numbers];
  return [numbers, { kind: head === 'softmax' ? 'softmax' : 'sigmoid' }];
}

/**
 * DS-CNN, the depthwise separable network for keywords of Zhang, Suda, Lai and Chandra, "Hello Edge: Keyword Spotting
 * on Microcontrollers" (arXiv 1711.07128, 2017), appendix: S C(64,10,4,2,2) and four DSC(64,3,1); M C(172,10,4,2,1),
 * DSC(172,3,2) and three DSC(172,3,1); L C(276,10,4,2,1), DSC(276,3,2) and four DSC(276,3,1). On its 49 x 10
 * coefficients the layers are the paper's; a larger input is halved more often, so that the blocks see as much of it.
 */
import type { LayerSpec } from '../spec';
import { ImageLayers } from './builder';
import type { ModelSize } from './types';

interface Form {
  readonly filters: number;
  /** Positions that the paper's first convolution leaves of 49 x 10: a block that reads more of them halves. */
  readonly positions: number;
  readonly stem: readonly [number, number];
  /** Strides of the separable blocks, in both directions. */
  readonly strides: readonly number[];
}

const forms: Readonly<Record<ModelSize, Form>> = {
  small: { filters: 64, positions: 125, stem: [2, 2], strides: [1, 1, 1, 1] },
  medium: { filters: 172, positions: 250, stem: [2, 1], strides: [2, 1, 1, 1] },
  large: { filters: 276, positions: 250, stem: [2, 1], strides: [2, 1, 1, 1, 1] },
};

export function dscnn(size: ModelSize, inputShape: readonly number[]): LayerSpec[] {
  const { filters, positions, stem, strides } = forms[size];
  const image = new ImageLayers(inputShape);
  const kernel = [Math.min(10, image.height), Math.min(4, image.width)] as const;
  image.convNorm(filters, kernel, stem, { name: 'conv_1', activation: 'relu' }).dropout(0.2);
  strides.forEach((wanted, index) => {
    const stride = image.positions > positions ? 2 : wanted;
    image.depthwiseNorm([stride, stride], { name: `ds_${index + 1}_dw`, activation: 'relu' });
    image.convNorm(filters, [1, 1], [1, 1], { name: `ds_${index + 1}_pw`, activation: 'relu' });
  });
  return image.globalPool().dropout(0.4).layers;
}

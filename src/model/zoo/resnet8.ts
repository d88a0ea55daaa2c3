/**
 * ResNet-8, the image classification model of MLPerf Tiny (mlcommons/tiny, image_classification/keras_model.py,
 * resnet_v1_eembc), for 32 x 32 pictures: a stem of 16 filters and three stacks of two convolutions with a shortcut
 * around them, 16, 32 and 64 wide (medium), half or twice as wide (small, large). Its convolutions in front of a batch
 * norm have a bias there and none here: the norm has its own. Larger pictures are halved first.
 */
import type { LayerSpec } from '../spec';
import { ImageLayers } from './builder';
import type { ModelSize } from './types';

const stem: Readonly<Record<ModelSize, number>> = { small: 8, medium: 16, large: 32 };
const l2 = 1e-4;
/** Sides above this are halved once more by the stem or the first stack. */
const largestSide = 48;

export function resnet8(size: ModelSize, inputShape: readonly number[]): LayerSpec[] {
  const image = new ImageLayers(inputShape);
  const halving = () => (Math.max(image.height, image.width) > largestSide ? 2 : 1);
  const atStem = halving();
  image.convNorm(stem[size], [3, 3], [atStem, atStem], { name: 'conv2d', activation: 'relu', l2 });
  let last = 'conv2d_bn';
  for (let stack = 1; stack <= 3; stack++) {
    const filters = stem[size] * 2 ** (stack - 1);
    const stride = stack > 1 ? 2 : halving();
    const name = `stack_${stack}`;
    const shortcut = stack > 1 || stride > 1;
    image.convNorm(filters, [3, 3], [stride, stride], { name: `${name}_conv_1`, activation: 'relu', l2 });
    image.convNorm(filters, [3, 3], [1, 1], { name: `${name}_conv_2`, activation: 'none', l2 });
    if (shortcut)
      image.layers.push({
        kind: 'conv2d',
        filters,
        kernel: [1, 1],
        stride: [stride, stride],
        padding: 'same',
        activation: 'none',
        l2,
        inputs: [last],
        name: `${name}_shortcut`,
      });
    image.add(`${name}_add`, [shortcut ? `${name}_shortcut` : last, `${name}_conv_2_bn`], 'relu');
    last = `${name}_add`;
  }
  return image.globalPool().layers;
}

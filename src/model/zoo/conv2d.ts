/** Plain 2-D convolutions with pooling, for spectrograms (keywords) and small pictures. */
import type { LayerSpec } from '../spec';
import { ImageLayers } from './builder';
import { dropoutRate, l2 } from './dense';
import type { ModelSize } from './types';

/** Filters of the first, second, ... convolution; the last entry serves all further ones. */
const filters: Readonly<Record<ModelSize, readonly number[]>> = {
  small: [8, 16, 32],
  medium: [16, 32, 64],
  large: [32, 64, 96],
};
/** Halvings stop about here: what is left is flattened, so that place (in time, pitch or picture) still counts. */
const lastSide = 12;
/** Sides above this are halved by the first convolution's stride: its output would be the largest thing in memory. */
const largestSide = 64;

/** Two convolutions (8 and 16 filters on a keyword's 49 x 13, when small), more for larger pictures. */
export function conv2d(size: ModelSize, inputShape: readonly number[]): LayerSpec[] {
  const image = new ImageLayers(inputShape);
  const side = Math.max(image.height, image.width);
  const first = side > largestSide ? 2 : 1;
  const convolutions = Math.max(Math.round(Math.log2(side / first / lastSide)), 2);
  for (let step = 0; step < convolutions; step++) {
    const count = filters[size][Math.min(step, filters[size].length - 1)];
    const stride = step === 0 ? first : 1;
    if (size === 'small') image.conv(count, [3, 3], [stride, stride], { activation: 'relu', l2 });
    else image.convNorm(count, [3, 3], [stride, stride], { name: `conv${step + 1}`, activation: 'relu', l2 });
    image.maxPool([Math.min(2, image.height), Math.min(2, image.width)]);
  }
  image.dropout(dropoutRate[size]);
  return [...image.layers, { kind: 'flatten' }];
}

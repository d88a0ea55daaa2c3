/**
 * Object detection by cells, in the manner of Edge Impulse's FOMO: the beginning of a MobileNet v2, cut where a cell is
 * 8 or 16 pixels wide (or plain convolutions for cells of 4), and a small head that says for each cell what lies in it; class 0 is the background.
 * It finds centres and counts things, not their sizes.
 */
import type { LayerSpec } from '../spec';
import { ImageLayers } from './builder';
import { mobileNetV2Trunk } from './mobilenetv2';
import type { ModelSize } from './types';

export const fomoAlpha: Readonly<Record<ModelSize, number>> = { small: 0.1, medium: 0.35, large: 0.5 };

/** The block whose expansion is the last to see the picture at so many pixels a cell. */
const cuts: Readonly<Record<number, number>> = { 8: 6, 16: 13 };

/** Pixels a cell on offer. */
export const fomoCells: readonly number[] = [4, ...Object.keys(cuts).map(Number)];

/** Filters of the first convolutions at a width (alpha) of 0.35. */
const fineFilters = 16;

/**
 * Cells of 4 pixels, where things lie side by side: plain 3 x 3 convolutions, two of them at the cells' own size, so that
 * a cell is told by the 23 x 23 pixels about it (3, 7, 15 and 23 after each convolution). A MobileNet cut where its cells
 * are as small (block 3) would see 19 x 19; with cells of 8 pixels (block 6) it sees 59 x 59.
 */
function fineCells(alpha: number, inputShape: readonly number[], classes: number): LayerSpec[] {
  const filters = Math.max(8, Math.round((fineFilters * alpha) / fomoAlpha.medium / 8) * 8);
  const kernel = [3, 3] as const;
  return new ImageLayers(inputShape)
    .convNorm(filters, kernel, [2, 2], { name: 'conv1', activation: 'relu' })
    .convNorm(filters, kernel, [2, 2], { name: 'conv2', activation: 'relu' })
    .convNorm(2 * filters, kernel, [1, 1], { name: 'conv3', activation: 'relu' })
    .convNorm(2 * filters, kernel, [1, 1], { name: 'conv4', activation: 'relu' })
    .conv(classes, [1, 1], [1, 1], { name: 'cells', activation: 'none' })
    .layers.concat({ kind: 'softmax' });
}

export function fomo(alpha: number, inputShape: readonly number[], classes: number, cell: number): LayerSpec[] {
  if (cell === 4) return fineCells(alpha, inputShape, classes);
  return mobileNetV2Trunk(alpha, inputShape, cuts[cell])
    .conv(32, [1, 1], [1, 1], { name: 'head', activation: 'relu' })
    .conv(classes, [1, 1], [1, 1], { name: 'cells', activation: 'none' })
    .layers.concat({ kind: 'softmax' });
}

/**
 * Object detection by cells, in the manner of Edge Impulse's FOMO: the beginning of a MobileNet v2, cut where a cell is
 * 8 pixels wide (or 4 or 16), and a small head that says for each cell what lies in it; class 0 is the background.
 * It finds centres and counts things, not their sizes.
 */
import type { LayerSpec } from '../spec';
import { mobileNetV2Trunk } from './mobilenetv2';
import type { ModelSize } from './types';

export const fomoAlpha: Readonly<Record<ModelSize, number>> = { small: 0.1, medium: 0.35, large: 0.5 };

/** The block whose expansion is the last to see the picture at so many pixels a cell. */
const cuts: Readonly<Record<number, number>> = { 4: 3, 8: 6, 16: 13 };

/** Pixels a cell on offer. */
export const fomoCells: readonly number[] = Object.keys(cuts).map(Number);

export function fomo(alpha: number, inputShape: readonly number[], classes: number, cell: number): LayerSpec[] {
  return mobileNetV2Trunk(alpha, inputShape, cuts[cell])
    .conv(32, [1, 1], [1, 1], { name: 'head', activation: 'relu' })
    .conv(classes, [1, 1], [1, 1], { name: 'cells', activation: 'none' })
    .layers.concat({ kind: 'softmax' });
}

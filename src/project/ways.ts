/** How often a board answers, of each kind of sensor. */
import { strideStep, type ResolvedImpulse } from '../impulse';
import type { ModelManifest } from '../deploy';

/** Recognition feels immediate from here on; training's own stride would be half a window. */
const answersPerSecond = 4;
/** A camera that has other rates than this takes the nearest. */
const picturesPerSecond = 10;

/** Frames between two results on a board, and the rate at which they are counted: pictures of a camera. */
export function boardPace(
  { shape, block, strideFrames }: ResolvedImpulse,
  sensor: ModelManifest['sensor'],
): Pick<ModelManifest, 'shape' | 'strideFrames'> {
  if (sensor === 'camera') return { shape: { ...shape, rateHz: picturesPerSecond }, strideFrames: 1 };
  // Of sound a whole number of spectra, so that the board computes each only once; rather more answers than fewer.
  const step = strideStep(block, shape.rateHz);
  const wanted = Math.floor(Math.round(shape.rateHz / answersPerSecond) / step) * step;
  return { shape, strideFrames: Math.max(step, Math.min(strideFrames, wanted)) };
}

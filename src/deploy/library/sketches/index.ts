/** Arduino sketches that feed the library from a board's own sensors, or from what is usually wired to it. */
import type { LibraryModel } from '../model';
import { cameraSketches } from './camera';
import type { Sketch } from './common';
import { motionSketches } from './motion';
import { soundSketches } from './sound';

export type { Sketch } from './common';

/** The sketches for the sensor that the model was taught with. */
export function sensorSketches(model: LibraryModel): Sketch[] {
  const { sensor, axes } = model.manifest;
  if (sensor === 'camera') return cameraSketches(model);
  if (sensor === 'motion') return motionSketches(model);
  return axes.length === 1 ? soundSketches(model) : [];
}

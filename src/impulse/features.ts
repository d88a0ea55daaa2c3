/** One window of a capture through the impulse, whatever it is of: a stretch of time, or a picture. */
import type { Core } from '../core';
import type { Capture } from '../dataset';
import { isPictureImpulse, pictureOf } from './pictures';
import type { ResolvedImpulse } from './types';
import { cutWindow } from './windows';

/** Features of the window that begins at `start` (as windowStarts() gives them), not normalised. */
export function featuresAt(core: Core, capture: Capture, start: number, resolved: ResolvedImpulse): Float32Array {
  if (isPictureImpulse(resolved)) return core.imageFeatures(resolved.block, pictureOf(capture));
  return core.features(resolved.block, resolved.shape, cutWindow(capture, start, resolved));
}

/** Features of several windows of one capture, one after the other. */
export function featuresOfWindows(
  core: Core,
  capture: Capture,
  starts: readonly number[],
  resolved: ResolvedImpulse,
): Float32Array {
  if (starts.length === 0) return new Float32Array(0);
  if (isPictureImpulse(resolved)) return featuresAt(core, capture, starts[0], resolved);
  const size = resolved.shape.frames * resolved.shape.axes;
  const windows = new Float32Array(starts.length * size);
  for (const [i, start] of starts.entries()) windows.set(cutWindow(capture, start, resolved), i * size);
  return core.featuresOfMany(resolved.block, resolved.shape, windows, starts.length);
}

/**
 * The window as a board is given it: frames * axes values of resolved.shape. Of a picture it is the small one, which the
 * image block leaves as it is, so that what follows from it on a board follows from the capture.
 */
export function windowAt(core: Core, capture: Capture, start: number, resolved: ResolvedImpulse): Float32Array {
  if (!isPictureImpulse(resolved)) return cutWindow(capture, start, resolved);
  return featuresAt(core, capture, start, resolved).map((value) => Math.round(value * 255));
}

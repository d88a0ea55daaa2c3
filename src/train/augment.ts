/** What augmentation does to one window, in TypeScript, for engines that have no kernel of their own for it. */
import type { Random } from '../base';
import type { MotionAugmentation } from './engine';
import { rotationOf } from './rotation';

/** `window` is [frames][axes], normalised; returns a changed copy. The same moves as augmentRow() in kernels/loss.cpp. */
export function augmentWindow(
  window: Float32Array,
  frames: number,
  axes: number,
  augmentation: MotionAugmentation,
  random: Random,
): Float32Array {
  const within = () => random.uniform() * 2 - 1;
  const gain = 1 + augmentation.scale * within();
  const shift = augmentation.shift * frames * within();
  const speed = 1 + augmentation.warp * within();
  const half = augmentation.rotation / 2;
  const turn = rotationOf(within() * half, within() * half, within() * half);
  const levels = Array.from({ length: axes }, () => augmentation.offset * random.normal());
  const moving = frames > 1;
  const last = frames - 1;
  const out = new Float32Array(window.length);
  for (let t = 0; t < frames; t++) {
    const at = moving ? Math.min(Math.max((t - last / 2) * speed + last / 2 + shift, 0), last) : 0;
    const before = Math.floor(at);
    const after = Math.min(before + 1, last);
    const frame = Array.from({ length: axes }, (_, a) => {
      const left = window[before * axes + a];
      return (left + (window[after * axes + a] - left) * (at - before)) * gain;
    });
    for (let a = 0; moving && axes % 3 === 0 && a < axes; a += 3) {
      const [x, y, z] = frame.slice(a, a + 3);
      for (let i = 0; i < 3; i++) frame[a + i] = turn[i * 3] * x + turn[i * 3 + 1] * y + turn[i * 3 + 2] * z;
    }
    frame.forEach((value, a) => {
      out[t * axes + a] = value + levels[a] + augmentation.jitter * random.normal();
    });
  }
  return out;
}

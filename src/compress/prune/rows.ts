/** Some of the labelled rows, by index. */
import type { LabelledRows } from '../../train';

export function pickRows({ count, x, y, targets }: LabelledRows, chosen: readonly number[]): LabelledRows {
  const fill = <T extends Float32Array | Int32Array>(values: T, make: (length: number) => T): T => {
    const width = values.length / count;
    const made = make(chosen.length * width);
    chosen.forEach((row, i) => made.set(values.subarray(row * width, (row + 1) * width), i * width));
    return made;
  };
  const floats = (length: number): Float32Array => new Float32Array(length);
  const picked = { count: chosen.length, x: fill(x, floats), y: fill(y, (length) => new Int32Array(length)) };
  if (targets === undefined) return picked;
  return { ...picked, targets: targets === 'input' ? targets : fill(targets, floats) };
}

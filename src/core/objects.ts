/** Objects in a detector's grid of scores, found by the board's own code (firmware/dormouse/src/objects). */
import { CoreError } from './errors';
import type { FoundObject, ObjectGrid } from './types';
import type { CoreInstance } from './wasm';

const objectBytes = 6;
const fullScale = 65535;

/** The smallest int8 score whose value reaches a threshold, 128 where none does: Judge::leastScore() of the board. */
export function leastScore(threshold: number, scale: number, zeroPoint: number): number {
  const thousandths = Math.round(threshold * 1000);
  for (let score = -128; score <= 127; score++)
    if (Math.fround(Math.fround(Math.fround(score - zeroPoint) * Math.fround(scale)) * 1000) >= thousandths)
      return score;
  return 128;
}

/** See Core.objects. */
export function findObjects(
  core: CoreInstance,
  output: Int8Array,
  grid: ObjectGrid,
  thresholds: readonly number[],
): FoundObject[] {
  const { rows, columns, labels, scale, zeroPoint } = grid;
  if (output.length !== rows * columns * (labels + 1) || labels < 1)
    throw new CoreError('bad-input', `${output.length} scores are no grid of ${rows} by ${columns} cells.`);
  if (thresholds.length !== labels)
    throw new CoreError('bad-input', `${thresholds.length} thresholds are not one for each of ${labels} labels.`);
  core.exports.core_reset();
  const scores = core.putBytes(new Uint8Array(output.buffer, output.byteOffset, output.byteLength));
  const least = Int16Array.from(thresholds, (threshold) => leastScore(threshold, scale, zeroPoint));
  const leastAt = core.putBytes(new Uint8Array(least.buffer));
  const out = core.allocate(rows * columns * objectBytes);
  const count = core.exports.core_objects(scores, rows, columns, labels, leastAt, out, rows * columns);
  const view = new DataView(core.bytes(out, count * objectBytes).buffer);
  return Array.from({ length: count }, (_, i) => {
    const at = i * objectBytes;
    return {
      label: view.getUint8(at),
      score: view.getInt8(at + 1),
      x: view.getUint16(at + 2, true) / fullScale,
      y: view.getUint16(at + 4, true) / fullScale,
    };
  });
}

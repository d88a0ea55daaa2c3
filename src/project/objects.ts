/**
 * Things in pictures as a grid of cells, and found things scored against the boxes that people drew. Which cell holds
 * what is decided by the board's own code (Core.objects). Knows nothing of training or files.
 */
import { runInt8, type QuantizedModel } from '../compress';
import type { Core, ObjectGrid } from '../core';
import type { Box, CaptureSummary } from '../dataset';
import type { FeatureRows, ResolvedImpulse } from '../impulse';
import { matchCentres, type Area } from '../model';
import type { FoundObject, ObjectScore, ObjectsReport, ScoredRow, ScoreReport } from './reports';

/** A capture's boxes as fractions of what the model sees of it; those that it does not see are left out. */
export function seenBoxes(core: Core, resolved: ResolvedImpulse, capture: CaptureSummary): Area[] {
  const { width = 1, frames } = capture;
  const [rows, columns] = resolved.inputShape;
  const { crop, place } = core.imageGeometry(resolved.block, width, frames / width);
  const across = place.width / crop.width;
  const down = place.height / crop.height;
  return capture.boxes
    .map(({ label, ...box }: Box) => ({
      label,
      x: ((box.x - crop.x) * across + place.x) / columns,
      y: ((box.y - crop.y) * down + place.y) / rows,
      width: (box.width * across) / columns,
      height: (box.height * down) / rows,
    }))
    .filter((box) => box.x + box.width / 2 >= 0 && box.x + box.width / 2 < 1)
    .filter((box) => box.y + box.height / 2 >= 0 && box.y + box.height / 2 < 1);
}

/**
 * Label numbers of a picture's cells, 0 = background: the cell of a box's centre and the three that lie nearest to it,
 * so that a centre near a border is no matter of luck. Smaller things lie over larger ones, centres over neighbours.
 */
export function cellsOf(boxes: readonly Area[], labels: readonly string[], rows: number, columns: number): Int32Array {
  const cells = new Int32Array(rows * columns);
  const ordered = [...boxes].sort((a, b) => b.width * b.height - a.width * a.height);
  const centres = ordered.map((box) => ({
    label: labels.indexOf(box.label) + 1,
    x: (box.x + box.width / 2) * columns,
    y: (box.y + box.height / 2) * rows,
  }));
  for (const { label, x, y } of centres)
    for (const row of [Math.floor(y - 0.5), Math.floor(y - 0.5) + 1])
      for (const column of [Math.floor(x - 0.5), Math.floor(x - 0.5) + 1]) {
        const inside = row >= 0 && row < rows && column >= 0 && column < columns;
        if (inside && cells[row * columns + column] === 0) cells[row * columns + column] = label;
      }
  for (const { label, x, y } of centres) cells[Math.floor(y) * columns + Math.floor(x)] = label;
  return cells;
}

/** The outputs of pictures, one after the other, and the grid that each of them is. */
export interface Answers {
  readonly int8: Int8Array;
  readonly grid: ObjectGrid;
}

export function answersOf(
  core: Core,
  quantized: QuantizedModel,
  x: Float32Array,
  count: number,
  [rows, columns]: readonly [number, number],
  labels: number,
): Answers {
  const { int8 } = runInt8(core, quantized, x, count);
  const grid = { rows, columns, labels, scale: quantized.outputScale, zeroPoint: quantized.outputZeroPoint };
  return { int8, grid };
}

/** Things found in picture number `row`. */
function foundIn(
  core: Core,
  { int8, grid }: Answers,
  row: number,
  labels: readonly string[],
  thresholds: readonly number[],
) {
  const size = grid.rows * grid.columns * (grid.labels + 1);
  const own = int8.subarray(row * size, (row + 1) * size);
  return core.objects(own, grid, thresholds).map(({ label, score, x, y }): FoundObject => {
    return { label: labels[label], score: grid.scale * (score - grid.zeroPoint), x, y };
  });
}

/** Thresholds on offer; softmax with weighted classes is surer than it should be, so they reach high. */
const candidates = Array.from({ length: 19 }, (_, i) => 0.05 * (i + 1));
const never = 1;

/** Per label the threshold with which most nearly as many are found as there are: neither too many nor too few. */
export function fitThresholds(
  core: Core,
  answers: Answers,
  truth: readonly (readonly Area[])[],
  labels: readonly string[],
): number[] {
  return labels.map((label, i) => {
    const there = truth.reduce((sum, boxes) => sum + boxes.filter((box) => box.label === label).length, 0);
    const difference = (threshold: number): number => {
      const thresholds = labels.map((_, other) => (other === i ? threshold : never));
      const found = truth.reduce((sum, _, row) => sum + foundIn(core, answers, row, labels, thresholds).length, 0);
      return Math.abs(found - there);
    };
    return candidates.reduce((best, one) => (difference(one) < difference(best) ? one : best), candidates[9]);
  });
}

interface Tally {
  right: number;
  found: number;
  count: number;
}

function scoreOf({ right, found, count }: Tally): ObjectScore {
  const precision = found === 0 ? 0 : right / found;
  const recall = count === 0 ? 0 : right / count;
  return { precision, recall, f1: found + count === 0 ? 0 : (2 * right) / (found + count), count, found };
}

const background = 'background';

/** What was found in pictures against their boxes; `rows` in the order of the answers. */
export function objectsScore(
  core: Core,
  answers: Answers,
  rows: Pick<FeatureRows, 'captureIds'>,
  truth: readonly (readonly Area[])[],
  labels: readonly string[],
  thresholds: readonly number[],
): ScoreReport {
  const named = [background, ...labels];
  const confusion = named.map(() => new Array<number>(named.length).fill(0));
  const tallies = labels.map((): Tally => ({ right: 0, found: 0, count: 0 }));
  const pictures: ObjectsReport['pictures'][number][] = [];
  const scored: ScoredRow[] = [];
  const errors: number[] = [];
  truth.forEach((boxes, row) => {
    const found = foundIn(core, answers, row, labels, thresholds);
    const boxOf = matchCentres(found, boxes);
    const missed = boxes.flatMap((_, box) => (boxOf.includes(box) ? [] : [box]));
    found.forEach(({ label }, i) => {
      const own = tallies[labels.indexOf(label)];
      own.found++;
      if (boxOf[i] >= 0) own.right++;
      confusion[boxOf[i] < 0 ? 0 : named.indexOf(label)][named.indexOf(label)]++;
    });
    for (const box of boxes) {
      const own = tallies[labels.indexOf(box.label)];
      if (own) own.count++;
    }
    for (const box of missed) confusion[Math.max(0, named.indexOf(boxes[box].label))][0]++;
    if (boxes.length > 0) errors.push(Math.abs(found.length - boxes.length) / boxes.length);
    const captureId = rows.captureIds[row];
    pictures.push({ captureId, found: found.map((one, i) => ({ ...one, right: boxOf[i] >= 0 })), missed });
    const [largest] = [...boxes].sort((a, b) => b.width * b.height - a.width * a.height);
    const all = missed.length === 0 && boxOf.every((box) => box >= 0);
    const label = largest ? named.indexOf(largest.label) : 0;
    const surest = found.reduce((best, one) => Math.max(best, one.score), 0);
    scored.push({ captureId, start: 0, truth: label, predicted: all ? label : -1, score: surest });
  });
  const perLabel = labels.map((label, i) => ({ label, ...scoreOf(tallies[i]) }));
  const sum = (key: keyof Tally): number => tallies.reduce((total, tally) => total + tally[key], 0);
  const whole = scoreOf({ right: sum('right'), found: sum('found'), count: sum('count') });
  const known = perLabel.filter(({ count, found }) => count + found > 0);
  const f1 = known.reduce((total, one) => total + one.f1, 0) / Math.max(1, known.length);
  const right = scored.filter(({ truth: label, predicted }) => label === predicted).length;
  const countError = errors.reduce((total, one) => total + one, 0) / errors.length;
  return {
    engine: 'int8',
    count: truth.length,
    accuracy: f1,
    captureCount: truth.length,
    captureAccuracy: right / truth.length,
    labels: named,
    confusion,
    rejected: named.map(() => 0),
    perLabel: [{ label: background, precision: 0, recall: 0, f1: 0, count: 0 }, ...perLabel],
    rows: scored,
    mismatches: 0,
    microsPerInference: NaN,
    objects: { ...whole, perLabel, countError, pictures },
  };
}

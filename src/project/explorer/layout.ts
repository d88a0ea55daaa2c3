/**
 * The map itself, from descriptions to points: principal components at once; then, if wished, UMAP (McInnes, Healy and
 * Melville 2018, by umap-js) from there on. A generator, so that it can run in a worker or, in steps, in the caller's thread.
 */
import { UMAP } from 'umap-js';
import { Random } from '../../base';
import { principalComponents, type Components } from './components';
import { doubtfulLabels, duplicatesAmong, nearestNeighbours, type Doubt, type Neighbours } from './neighbours';
import type { MapMethod } from './types';

export interface LayoutTask {
  readonly method: MapMethod;
  readonly count: number;
  readonly width: number;
  /** count * width descriptions. */
  readonly values: Float32Array;
  /** Label index per point. */
  readonly label: Int32Array;
  readonly seed: number;
}

export type LayoutNews =
  | { readonly kind: 'progress'; readonly done: number; readonly total: number; readonly points: Float32Array }
  | {
      readonly kind: 'finished';
      readonly points: Float32Array;
      readonly shown: number;
      readonly duplicates: readonly (readonly [number, number])[];
      readonly doubts: readonly Doubt[];
    };

const neighboursEach = 15;
/** Between two pictures of a moving layout. */
const epochsPerPicture = 20;

/** Two columns of `values` as x, y in -1 to 1, with one scale for both, so that distances keep their meaning. */
function inUnitSquare(values: ArrayLike<number>, count: number, width: number): Float32Array {
  const low = [Infinity, Infinity];
  const high = [-Infinity, -Infinity];
  for (let i = 0; i < count; i++) {
    for (const axis of [0, 1]) {
      low[axis] = Math.min(low[axis], values[i * width + axis]);
      high[axis] = Math.max(high[axis], values[i * width + axis]);
    }
  }
  const half = Math.max(high[0] - low[0], high[1] - low[1], 1e-12) / 2;
  const points = new Float32Array(count * 2);
  for (let i = 0; i < count; i++)
    for (const axis of [0, 1]) points[i * 2 + axis] = (values[i * width + axis] - (low[axis] + high[axis]) / 2) / half;
  return points;
}

/** Rows as the library takes them: each point is its own first neighbour. */
function listsOf({ each, index, distance }: Neighbours, count: number): { indices: number[][]; distances: number[][] } {
  const rows = <T extends Int32Array | Float32Array>(from: T, first: (i: number) => number): number[][] =>
    Array.from({ length: count }, (_, i) => [first(i), ...from.subarray(i * each, (i + 1) * each)]);
  return { indices: rows(index, (i) => i), distances: rows(distance, () => 0) };
}

function* umap(components: Components, neighbours: Neighbours, task: LayoutTask): Generator<LayoutNews, Float32Array> {
  const { count } = task;
  const random = new Random(task.seed);
  const reducer = new UMAP({ nNeighbors: neighbours.each + 1, minDist: 0.1, random: () => random.uniform() });
  const { indices, distances } = listsOf(neighbours, count);
  reducer.setPrecomputedKNN(indices, distances);
  const rows = Array.from({ length: count }, (_, i) =>
    Array.from(components.values.subarray(i * components.width, (i + 1) * components.width)),
  );
  const total = reducer.initializeFit(rows);
  const embedding = reducer.getEmbedding();
  // It would begin anywhere; from the components, what is far apart stays so, and nothing on the screen jumps.
  const start = inUnitSquare(components.values, count, components.width);
  for (let i = 0; i < count; i++) for (const axis of [0, 1]) embedding[i][axis] = start[i * 2 + axis] * 10;
  const points = (): Float32Array => inUnitSquare(reducer.getEmbedding().flat(), count, 2);
  for (let epoch = 1; epoch <= total; epoch++) {
    reducer.step();
    if (epoch % epochsPerPicture === 0) yield { kind: 'progress', done: epoch, total, points: points() };
  }
  return points();
}

/** Ends with one 'finished'. Same task, same points on one machine and version of Node. */
export function* layOut(task: LayoutTask): Generator<LayoutNews, void> {
  const { count } = task;
  const components = principalComponents(task.values, count, task.width);
  let points = inUnitSquare(components.values, count, components.width);
  yield { kind: 'progress', done: 0, total: 0, points };
  const neighbours = nearestNeighbours(components.values, count, components.width, neighboursEach);
  const duplicates = duplicatesAmong(neighbours, count);
  const doubts = doubtfulLabels(neighbours, task.label);
  // Too few points have no neighbourhoods to keep together.
  const moved = task.method === 'umap' && neighbours.each === neighboursEach;
  if (moved) points = yield* umap(components, neighbours, task);
  yield { kind: 'finished', points, shown: moved ? NaN : components.shown, duplicates, doubts };
}

/**
 * K-means by Lloyd's iterations from k-means++ centres (Arthur and Vassilvitskii, 2007). Seeded: the same rows and seed
 * give the same centres. Sums run in the order of the rows, in double precision, with + - * / and sqrt only.
 */
import { Random } from '../../base';
import { checkNormalRows, checkWhole, checkWidth } from './checks';
import type { FeatureTable, KMeansModel, KMeansOptions } from './types';

const mostIterations = 100;
/** A cluster's radius is at least this share of that of all rows: one lone row is no reason to call its neighbour odd. */
const leastRadius = 0.05;

export interface Clustering {
  /** [clusters][width] */
  readonly centres: Float64Array[];
  /** Cluster of each row. */
  readonly nearest: Int32Array;
  /** Sum of the squared distances to the nearest centres. */
  readonly spread: number;
}

function squaredDistance(x: Float32Array, row: number, centre: ArrayLike<number>): number {
  const width = centre.length;
  let sum = 0;
  for (let i = 0; i < width; i++) {
    const difference = x[row * width + i] - centre[i];
    sum += difference * difference;
  }
  return sum;
}

const rowOf = ({ x, width }: FeatureTable, row: number): Float64Array =>
  Float64Array.from(x.subarray(row * width, (row + 1) * width));

/** The first centre at random, each next one with a chance that grows with its squared distance from those chosen. */
function firstCentres(rows: FeatureTable, clusters: number, random: Random): Float64Array[] {
  const centres = [rowOf(rows, random.below(rows.count))];
  const distance = new Float64Array(rows.count).fill(Infinity);
  while (centres.length < clusters) {
    let total = 0;
    for (let row = 0; row < rows.count; row++) {
      distance[row] = Math.min(distance[row], squaredDistance(rows.x, row, centres[centres.length - 1]));
      total += distance[row];
    }
    // Every row is a centre already: more clusters would be empty.
    if (total === 0) break;
    let left = random.uniform() * total;
    let chosen = distance.findLastIndex((value) => value > 0);
    for (let row = 0; row < rows.count; row++) {
      left -= distance[row];
      if (left < 0 && distance[row] > 0) {
        chosen = row;
        break;
      }
    }
    centres.push(rowOf(rows, chosen));
  }
  return centres;
}

/** The mean of each cluster's rows; a cluster that lost all its rows begins again at the row farthest from its centre. */
function meansOf(rows: FeatureTable, nearest: Int32Array, distance: Float64Array, clusters: number): Float64Array[] {
  const { x, width } = rows;
  const centres = Array.from({ length: clusters }, () => new Float64Array(width));
  const counts = new Int32Array(clusters);
  for (let row = 0; row < rows.count; row++) {
    counts[nearest[row]]++;
    const centre = centres[nearest[row]];
    for (let i = 0; i < width; i++) centre[i] += x[row * width + i];
  }
  return centres.map((centre, cluster) => {
    if (counts[cluster] > 0) return centre.map((sum) => sum / counts[cluster]);
    const farthest = distance.reduce((best, value, row) => (value > distance[best] ? row : best), 0);
    distance[farthest] = 0;
    return rowOf(rows, farthest);
  });
}

function lloyd(rows: FeatureTable, first: Float64Array[]): Clustering {
  let centres = first;
  const nearest = new Int32Array(rows.count).fill(-1);
  const distance = new Float64Array(rows.count);
  for (let iteration = 0; ; iteration++) {
    let moved = false;
    let spread = 0;
    for (let row = 0; row < rows.count; row++) {
      let best = 0;
      distance[row] = Infinity;
      for (let cluster = 0; cluster < centres.length; cluster++) {
        const squared = squaredDistance(rows.x, row, centres[cluster]);
        if (squared >= distance[row]) continue;
        distance[row] = squared;
        best = cluster;
      }
      spread += distance[row];
      moved ||= nearest[row] !== best;
      nearest[row] = best;
    }
    if (!moved || iteration === mostIterations) return { centres, nearest, spread };
    centres = meansOf(rows, nearest, distance, centres.length);
  }
}

/** The tightest of `restarts` clusterings. Rows must have been checked. */
export function cluster(rows: FeatureTable, clusters: number, restarts: number, random: Random): Clustering {
  let best: Clustering | undefined;
  for (let attempt = 0; attempt < restarts; attempt++) {
    const found = lloyd(rows, firstCentres(rows, Math.min(clusters, rows.count), random));
    if (!best || found.spread < best.spread) best = found;
  }
  return best as Clustering;
}

/** Root of the mean squared distance of all rows from their mean. */
function overallRadius(rows: FeatureTable): number {
  const none = new Int32Array(rows.count);
  const [mean] = meansOf(rows, none, new Float64Array(rows.count), 1);
  let sum = 0;
  for (let row = 0; row < rows.count; row++) sum += squaredDistance(rows.x, row, mean);
  return Math.sqrt(sum / rows.count);
}

/**
 * Clusters of normal rows.
 * @throws TrainError `no-rows` for fewer than two rows, `not-finite`, `bad-rows`, `bad-options`.
 */
export function fitKMeans(rows: FeatureTable, { clusters, seed, restarts = 3 }: KMeansOptions): KMeansModel {
  checkNormalRows(rows);
  checkWhole(clusters, 'number of clusters', 1, 1024);
  checkWhole(seed, 'seed', 0, 4_294_967_295);
  checkWhole(restarts, 'number of restarts', 1, 1000);
  const { centres, nearest } = cluster(rows, clusters, restarts, new Random(seed));
  const sums = new Float64Array(centres.length);
  const counts = new Int32Array(centres.length);
  for (let row = 0; row < rows.count; row++) {
    sums[nearest[row]] += squaredDistance(rows.x, row, centres[nearest[row]]);
    counts[nearest[row]]++;
  }
  // Rows that are all the same have no radius at all; any other row is then far away.
  const least = Math.max(leastRadius * overallRadius(rows), 1e-6);
  return {
    version: 1,
    kind: 'kMeans',
    width: rows.width,
    centres: centres.map((centre) => [...centre]),
    radii: centres.map((_, index) => Math.max(Math.sqrt(sums[index] / Math.max(counts[index], 1)), least)),
  };
}

/**
 * How unusual each row is: its distance from a centre in radii of that cluster, for the centre where that is least.
 * About 1 for normal rows; no upper limit.
 */
export function scoreKMeans(model: KMeansModel, rows: FeatureTable): Float64Array {
  checkWidth(model, rows);
  return Float64Array.from({ length: rows.count }, (_, row) => {
    let least = Infinity;
    model.centres.forEach((centre, index) => {
      least = Math.min(least, Math.sqrt(squaredDistance(rows.x, row, centre)) / model.radii[index]);
    });
    return least;
  });
}

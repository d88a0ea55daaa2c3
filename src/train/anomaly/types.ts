/**
 * Anomaly detection on features: what is unlike all rows that were said to be normal. Pure types; the models are plain
 * data (numbers in arrays), so that they can be stored as JSON or CBOR and handed on.
 */

/** Features, normalised as for a network: `count` rows of `width` values. */
export interface FeatureTable {
  readonly count: number;
  readonly width: number;
  readonly x: Float32Array;
}

export interface KMeansModel {
  readonly version: 1;
  readonly kind: 'kMeans';
  readonly width: number;
  /** One list of `width` values per cluster. */
  readonly centres: readonly (readonly number[])[];
  /** Root of the mean squared distance of a cluster's rows from its centre; never 0. */
  readonly radii: readonly number[];
}

export interface GaussianMixtureModel {
  readonly version: 1;
  readonly kind: 'gaussianMixture';
  readonly width: number;
  /** Shares of the components, which add up to 1. */
  readonly shares: readonly number[];
  readonly means: readonly (readonly number[])[];
  /** Of each feature by itself (a diagonal covariance); never 0. */
  readonly variances: readonly (readonly number[])[];
}

export type AnomalyModel = KMeansModel | GaussianMixtureModel;

export interface KMeansOptions {
  /** Clusters at most; fewer come back where there are fewer different rows. */
  readonly clusters: number;
  readonly seed: number;
  /** Tries from different first centres, of which the tightest is kept; default 3. */
  readonly restarts?: number | undefined;
}

export interface GaussianMixtureOptions {
  /** Components at most, as for clusters. */
  readonly components: number;
  readonly seed: number;
  /** Default 3. */
  readonly restarts?: number | undefined;
  /**
   * Least variance of a feature in a component, as a share of its variance in all rows; default 0.01. A feature that
   * hardly moved while normal was recorded would else call every later row unusual.
   */
  readonly varianceFloor?: number | undefined;
}

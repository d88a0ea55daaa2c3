/** The map of a project's captures: what the data explorer shows. Pure: no Node, no DOM. */

export type MapMethod = 'pca' | 'umap';

/** A capture whose nearest neighbours carry another label. */
export interface Suspect {
  readonly id: string;
  readonly label: string;
  readonly suggested: string;
  /** Share of its nearest neighbours with the suggested label, 0 to 1. */
  readonly agreement: number;
}

export interface ExplorerMap {
  readonly method: MapMethod;
  /** One per point, in the order of the points. */
  readonly ids: readonly string[];
  /** x, y of each capture, both in -1 to 1. */
  readonly points: Float32Array;
  readonly labels: readonly string[];
  /** Index into `labels` of each capture. */
  readonly label: Int32Array;
  /** What the last test said of each capture: 1 right, 0 wrong, -1 not tested. */
  readonly verdict: Int8Array;
  /** Pairs that are so near to each other that they may be one recording twice; nearest first. */
  readonly duplicates: readonly (readonly [string, string])[];
  /** Surest first. */
  readonly suspects: readonly Suspect[];
  /** Captures that are not on the map: too short, without the axes, or more than it holds. */
  readonly leftOut: number;
  /** Share of the variation that the two axes show; only for PCA, else NaN. */
  readonly shown: number;
}

/** `points`: where they are by now, while a layout is still moving. */
export interface ExplorerProgress {
  readonly step: string;
  readonly done: number;
  readonly total: number;
  readonly points?: Float32Array;
}

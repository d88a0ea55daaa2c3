/** What a reader of one file hands on: recordings with whatever the file itself says about them. */
import type { Axis, CaptureSummary, Gap, Segment } from '../types';

export interface Found {
  readonly values: Float32Array;
  readonly axes: readonly Axis[];
  readonly rateHz: number;
  readonly kind: CaptureSummary['kind'];
  /** Pixels in each row, the bytes to keep, and kept by given side where it was made smaller: pictures only. */
  readonly width?: number;
  readonly picture?: Uint8Array;
  readonly scale?: number;
  /** The label that stands in the file, '' where none does. */
  readonly label?: string;
  readonly device?: string;
  readonly sensor?: string;
  readonly createdAt?: string;
  readonly gaps?: readonly Gap[];
  readonly segments?: readonly Segment[];
  /** Which one it is, where a file holds several: 'Walking/1729673727812'. */
  readonly part?: string;
}

export interface FileContent {
  readonly found: readonly Found[];
  /** One plain sentence each, with the file named. */
  readonly warnings: readonly string[];
}

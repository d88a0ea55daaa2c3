/**
 * How long work tells how far it is, and how it is asked to stop: the same two things for the command line, the
 * app and the tests.
 */
export interface Progress {
  /** What is happening, in words a person reads ("Computing features"). */
  readonly step: string;
  readonly done: number;
  /** 0 where the amount is not known beforehand. */
  readonly total: number;
}

export interface LongWork {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/** What crosses between Dormouse and other tools' model files. */
import type { ModelSpec, ModelWeights } from '../spec';

/** One file of a model: its name without folders, and all of it. */
export interface ModelFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface ImportedModel {
  readonly spec: ModelSpec;
  readonly weights: ModelWeights;
  /** One plain sentence for each thing that came in differently from how it was written. */
  readonly notes: readonly string[];
}

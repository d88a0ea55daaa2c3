/** What can be asked of the zoo. Pure types: the interface reads them too. */
export type ModelKind =
  'dense' | 'conv1d' | 'conv2d' | 'dscnn' | 'mobilenetv1' | 'mobilenetv2' | 'resnet8' | 'autoencoder' | 'fomo';
/** The kinds that tell labels apart, and take any head. */
export type ClassifierKind = Exclude<ModelKind, 'autoencoder' | 'fomo'>;
export type ModelSize = 'small' | 'medium' | 'large';

/**
 * What the last layers answer: `softmax` exactly one label, `oneVsRest` yes or no for each label by itself (so that
 * nothing at all may be recognised), `regression` numbers.
 */
export type ModelHead = 'softmax' | 'oneVsRest' | 'regression';

/** What a model is for, where its input's shape alone does not say. */
export type ModelTask = 'motion' | 'audio' | 'image' | 'anomaly' | 'detection' | 'regression';

export interface ModelChoice {
  readonly kind: ModelKind;
  readonly size: ModelSize;
  /** [features], [time, axes], [frames, bins] or [height, width, channels]. dense and autoencoder flatten any shape. */
  readonly inputShape: readonly number[];
  /**
   * Number of labels (2 or more), of yes-or-no answers (oneVsRest, 1 or more) or of outputs (regression, 1 or more).
   * fomo counts the background, its class 0, too. An autoencoder gives back what it reads, whatever stands here.
   */
  readonly classes: number;
  /** Width of a MobileNet or fomo, above 0 and at most 2; default by size. */
  readonly alpha?: number | undefined;
  /** Default softmax; autoencoder and fomo have their own and take no other. */
  readonly head?: ModelHead | undefined;
  /** fomo only: pixels along one side of a cell; default 8. */
  readonly cell?: 4 | 8 | 16 | undefined;
}

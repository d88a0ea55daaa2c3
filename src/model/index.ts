export type * from './spec';
export type * from './zoo/types';
export { ModelError, type ModelErrorCode } from './errors';
export {
  modelInput,
  nameOfLayer,
  paddingBefore,
  product,
  resolveModel,
  shapesOf,
  slidingLength,
  type ResolvedLayer,
} from './resolve';
export {
  checkWeights,
  initialWeights,
  macsOf,
  parameterCount,
  weightNames,
  weightShapesOf,
  type WeightName,
} from './weights';
export { buildModel, isClassifier, modelAdvice, modelKindsFor, suggestModel } from './zoo';
export { transferModel, type TransferChoice, type TransferModel } from './transfer';
export { matchCentres, type Area, type Centre } from './centroids';
export { decide, decideRows, noLabel } from './decide';
export { exportKeras } from './interchange/export-keras';
export { exportTfjs } from './interchange/export-tfjs';
export { importModel } from './interchange/import';
export type { ImportedModel, ModelFile } from './interchange/types';

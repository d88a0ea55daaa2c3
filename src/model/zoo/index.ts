export { modelAdvice } from './advice';
export { buildModel, checkHead } from './build';
export { headLayers } from './builder';
export type { ModelHead } from './types';
export { isClassifier, modelKindsFor, suggestModel } from './suggest';

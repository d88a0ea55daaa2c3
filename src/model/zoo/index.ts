export { modelAdvice } from './advice';
export { buildModel } from './build';
export { modelKindsFor, suggestModel } from './suggest';

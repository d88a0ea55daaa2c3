/** What scripts/bench/compress.mjs measures: real rows with people (images) held out, and the ways to make networks smaller. */
export {
  balancedCalibration,
  compressionReport,
  pruneFilters,
  pruneSynapses,
  pruneToTarget,
  quantiseModel,
} from '../../src/compress';
export { loadCore } from '../../src/core';
export { buildModel, macsOf } from '../../src/model';
export { coreEngine } from '../../src/train';
export { magicWandRows, photographRows, trainingOf } from './quantise-parts';

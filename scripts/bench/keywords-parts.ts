/** What scripts/bench/keywords.mjs measures, as one module it can load. */
export { balancedCalibration, quantiseModel, runInt8 } from '../../src/compress';
export { loadCore } from '../../src/core';
export { buildModel, initialWeights, macsOf, parameterCount } from '../../src/model';
export { coreEngine } from '../../src/train';
export { readWav } from '../../src/dataset/wav';
export { asMicrophone } from '../../src/dataset/resample';
export { Random } from '../../src/base';

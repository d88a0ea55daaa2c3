/** What scripts/bench/images.mjs measures, as one module it can load. */
export { balancedCalibration, quantiseModel, runInt8 } from '../../src/compress';
export { loadCore } from '../../src/core';
export { decodePicture, resizePicture } from '../../src/dataset';
export { buildModel, exportKeras, initialWeights, macsOf, parameterCount } from '../../src/model';
export { coreEngine } from '../../src/train';

/** What experiments need. */
export { balancedCalibration, quantiseModel, runInt8 } from '../../src/compress';
export { loadCore } from '../../src/core';
export { decodePicture } from '../../src/dataset';
export { buildModel, macsOf, parameterCount, matchCentres, resolveModel } from '../../src/model';
export { coreEngine } from '../../src/train';

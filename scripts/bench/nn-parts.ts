/** What the benchmark of the int8 engine measures. */
export { ArmEngine } from '../../test/support/arm-engine';
export { networkSize } from '../../test/support/network-flash';
export { loadCore } from '../../src/core';
export { installRoot, Random } from '../../src/base';
export { buildModel, initialWeights } from '../../src/model';
export { plannedTflite, quantiseModel, readTflite } from '../../src/compress';

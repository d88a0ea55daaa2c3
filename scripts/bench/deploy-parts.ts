/** What the benchmark of flashing drives. */
export { loadCore } from '../../src/core';
export { quantiseModel } from '../../src/compress';
export { buildImage, deployImage, goldenVectors } from '../../src/deploy';
export { connectDevice, customPort, SerialTransport, startSimulatedPty } from '../../src/link';
export { startLive } from '../../src/live';
export { buildModel, initialWeights } from '../../src/model';

/** What the benchmark of the emulated Cortex-M4F drives. */
export { loadCore } from '../../src/core';
export { quantiseModel } from '../../src/compress';
export { buildImage, deployImage, goldenVectors } from '../../src/deploy';
export { connectDevice, customPort, SerialTransport } from '../../src/link';
export { encodeFrame } from '../../src/link/wire/frame';
export { request } from '../../src/link/wire/messages';
export { initialWeights } from '../../src/model';

/** What scripts/bench/train.mjs measures, as one module it can load. */
export { buildModel } from '../../src/model';
export { coreEngine, defaultAugmentation, tensorflowEngine } from '../../src/train';
export { gemmSpeed } from '../../src/train/gemm-speed';

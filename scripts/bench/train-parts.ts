/** What scripts/bench/train.mjs measures, as one module it can load. */
export { buildModel, macsOf } from '../../src/model';
export { coreEngine, defaultAugmentationFor, tensorflowEngine } from '../../src/train';
export { gemmSpeed } from '../../src/train/gemm-speed';

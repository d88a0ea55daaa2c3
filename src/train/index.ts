export type * from './engine';
export { TrainError, type TrainErrorCode } from './errors';
export { classWeightsOf, defaultAugmentation, defaultTraining } from './defaults';
export { coreEngine, type CoreEngineOptions } from './core-engine';
export { tensorflowEngine } from './tensorflow/engine';

export type * from './engine';
export type { FakeQuantisation, QuantisedLayer, QuantisedRange } from './fake-quantisation';
export { TrainError, type TrainErrorCode } from './errors';
export { classWeightsOf, defaultAugmentationFor, defaultTraining, missingClasses } from './defaults';
export { objectiveOf, type ResolvedObjective } from './objective';
export { coreEngine, type CoreEngineOptions } from './core-engine';
export { tensorflowEngine } from './tensorflow/engine';
export * from './anomaly';
export { transferTraining, type TransferCheckpoint, type TransferOptions, type TransferResult } from './transfer';

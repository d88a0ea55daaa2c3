/** Shrinks a trained model to int8, writes and reads .tflite files. */
export type * from './types';
export { CompressError, type CompressErrorCode } from './errors';
export { balancedCalibration, type Calibration } from './calibration';
export { foldBatchNorm, type WeightedModel } from './fold';
export { fineTuneQuantised, type FineTuned, type FineTuneOptions, type Watched } from './qat';
export { draftTflite, floatOutputs, floatTflite, quantiseModel } from './quantise';
export { pruneFilters, type Cost, type PrunedModel, type PruneFiltersOptions, type ScoreChoice } from './prune/filters';
export { pruneSynapses, type PruneSynapsesOptions, type SparseModel, type SynapseTarget } from './prune/synapses';
export { pruneToTarget, type PrunedToTarget, type PruneRound, type PruneToTargetOptions } from './prune/target';
export { deflatedBytesOf } from './report/deflate';
export { compressionReport, type ReportOptions } from './report/report';
export { plannedTflite, withMemoryPlan } from './memory-plan';
export { readTflite } from './read';
export { runInt8, type Int8Scores } from './score';
export { rangesInSteps } from './stepwise';
export { zeroShareOf } from './weights-share';

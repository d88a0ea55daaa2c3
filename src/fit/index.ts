/** Whether a model fits a board, and how fast it will be. */
export type * from './types';
export { FitError, type FitErrorCode } from './errors';
export { estimateFit, type FitQuestion } from './fit';
export { ramItems, type BoardRun, type RamQuestion } from './ram';
export { costOfSpec, type SpecCost } from './spec-cost';

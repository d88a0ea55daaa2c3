/** A project's captures on disk: recording, labels, splits, undo, import and export. */
export type * from './types';
export { DatasetError, type DatasetErrorCode } from './errors';
export { Dataset, type OpenOptions } from './dataset';
export { groupOf, hashUnit, planSplit, type SplitItem } from './splitting';
export { unlabelled } from './notes';

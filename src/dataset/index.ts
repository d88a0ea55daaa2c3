/** A project's captures on disk: recording, labels, splits, undo, import and export. */
export type * from './types';
export { DatasetError, type DatasetErrorCode } from './errors';
export { Dataset, type OpenOptions } from './dataset';
export { decodePicture, looksLikePicture, resizePicture, type Picture } from './image-decode';
export { labelOfBoxes } from './importing/picture-boxes';
export { readCaptures } from './importing/read-file';
export { unlabelled } from './notes';
export type { Piece } from './pieces';
export { findWords, defaultSensitivity, defaultWordMs, type WordOptions } from './words';
export { storedReader, type StoredCapture } from './stored';
export { planSplit, type SplitItem } from './splitting';

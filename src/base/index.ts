/** What every other folder may use: errors, progress, the seeded generator, finding the program's own files. */
export { DormouseError, reportOf, type ErrorReport } from './errors';
export type { LongWork, Progress } from './progress';
export { Random } from './random';
export { cosine, exponential, hashText, power2, sine } from './exact-math';
export { assetPath, installRoot } from './assets';
export {
  isTemporaryName,
  realDisk,
  replaceFile,
  replaceFiles,
  type Disk,
  type DiskHandle,
  type FileContent,
} from './atomic';

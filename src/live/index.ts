/** Recognition on the board, as it happens. */
export type * from './types';
export { LiveError, type LiveErrorCode } from './errors';
export { startLive, type LiveModel, type LiveRun } from './live';
export { nothing, ResultSmoother, unusual } from './smoother';

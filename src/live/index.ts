/** Recognition on the board, as it happens. */
export type * from './types';
export { LiveError, type LiveErrorCode } from './errors';
export { startLive, type LiveModel, type LiveRun } from './live';
export { nothing, ResultSmoother, unusual } from './smoother';
export { Replay, type ReplayModel, type ReplayResults } from './replay';
export { answersOf, eventsOf, scoreEvents, toldOf } from './events';
export { choose, judge, tradeOff, type SolveQuestion } from './solver';
export { heldOutScores, partOf, type HeldOutScore } from './halves';

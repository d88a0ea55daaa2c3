export type * from './types';
export { dspKinds } from './types';
export { loadCore } from './core';
export { CoreError, type CoreErrorCode } from './errors';
export { dspNames, dspNumbers, dspParameterTables, soundBins, soundKinds } from './dsp-parameters';
export {
  SimulatedBoard,
  type SimulatedBoardOptions,
  type SimulatedCamera,
  type SimulatedSensor,
  type WantedSensor,
} from './simulated-board';

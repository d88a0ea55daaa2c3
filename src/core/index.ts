export type * from './types';
export { dspKinds } from './types';
export { anomalySection, readAnomalySection } from './anomaly';
export { loadCore } from './core';
export { CoreError, type CoreErrorCode } from './errors';
export { dspNames, dspNumbers, dspParameterTables, soundBins, soundKinds, waveletNames } from './dsp-parameters';
export { leastScore } from './objects';
export {
  SimulatedBoard,
  type SimulatedBoardOptions,
  type SimulatedCamera,
  type SimulatedSensor,
  type WantedSensor,
} from './simulated-board';

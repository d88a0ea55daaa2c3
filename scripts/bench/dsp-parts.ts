/** What the benchmark of the sound blocks measures. */
export { ArmDsp } from '../../test/support/arm-dsp';
export { Random } from '../../src/base';
export { dspNumbers, dspParameterTables, loadCore, soundKinds } from '../../src/core';

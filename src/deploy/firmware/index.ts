/** Putting the Dormouse sketch itself on a board. */
export type * from './types';
export { FirmwareError, type FirmwareErrorCode } from './errors';
export { firmwarePlan, installFirmware, thisComputer, type FirmwareHost, type FirmwareQuestion } from './install';
export { readUf2, writeUf2, type Uf2 } from './uf2';

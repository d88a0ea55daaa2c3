/** Model images and how they get onto a board or into a file. */
export type * from './types';
export { DeployError, type DeployErrorCode } from './errors';
export { buildImage, parseImage, type ParsedImage } from './image';
export { goldenVectors } from './golden';
export { deployImage, type DeployWork } from './deploy';
export { exportModelFile, exportModelFolder } from './export';
export { arduinoZip, libraryFiles, networkFiles, type LibraryFile } from './library/library';
export {
  FirmwareError,
  firmwarePlan,
  installFirmware,
  readUf2,
  thisComputer,
  writeUf2,
  type FirmwareErrorCode,
  type FirmwareHost,
  type FirmwareQuestion,
  type Uf2,
} from './firmware';

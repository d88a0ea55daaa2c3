/** The one error of putting a sketch on a board. */
import { DormouseError } from '../../base';

export type FirmwareErrorCode =
  /** No profile has this id, or the port's board is not known. */
  | 'unknown-board'
  /** This board cannot be done from here: the steps have to be followed. */
  | 'by-hand'
  /** The sources of the sketch are missing from the installation. */
  | 'missing-sketch'
  /** arduino-cli lacks the board's core. The action has the command. */
  | 'core-missing'
  /** arduino-cli lacks a library. The action has the command. */
  | 'library-missing'
  /** The sketch did not compile. */
  | 'compile-failed'
  /** Another program has the port. */
  | 'port-busy'
  /** This user may not use the port or the USB device. */
  | 'no-permission'
  /** The port is not there. */
  | 'no-port'
  /** The board did not answer as a bootloader. */
  | 'no-bootloader'
  /** dfu-util sees no board in DFU mode. */
  | 'no-dfu'
  /** The upload failed in another way. */
  | 'upload-failed'
  /** No drive of this board appeared. */
  | 'no-drive'
  /** The drive, or the file, is for another board. */
  | 'wrong-board'
  /** The file is no UF2 file or binary, or cannot be read. */
  | 'bad-file'
  /** The drive did not take the file. */
  | 'drive-failed'
  /** What was written to an ESP32's flash is not what was sent. */
  | 'verify-failed'
  /** The cable was pulled while an ESP32 was written. */
  | 'board-gone'
  /** The person stopped it. */
  | 'cancelled';

export class FirmwareError extends DormouseError<FirmwareErrorCode> {}

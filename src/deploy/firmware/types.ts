/** What putting the Dormouse sketch on a board takes, and how it goes. Pure: the app's interface reads these. */

/** With arduino-cli, by copying a UF2 file to the board's drive, through an ESP32's own loader, or by hand. */
export type FirmwareWay = 'arduino-cli' | 'uf2' | 'esp' | 'steps';

/** What the person's hands do so that a board waits for firmware: which picture shows it. */
export type FirmwareHands = 'double-tap' | 'bootsel' | 'boot-reset';

export interface FirmwarePlan {
  readonly board: string;
  readonly name: string;
  readonly way: FirmwareWay;
  /** '' where the board must be plugged in first, or where none is needed. */
  readonly port: string;
  /** What to do by hand, in plain words, in order; for 'arduino-cli', what is going to happen. */
  readonly steps: readonly string[];
  /** The commands that do the same in a terminal. */
  readonly commands: readonly string[];
  readonly hands: FirmwareHands;
  /** The same as a sentence. */
  readonly byHand: string;
  /** Which files this board can be given in place of compiling, by their extensions; none where it cannot. */
  readonly files: readonly string[];
}

export interface FirmwareProgress {
  readonly phase: 'preparing' | 'compiling' | 'bootloader' | 'uploading' | 'verifying' | 'waiting';
  /** 0..1 where the tool says, else null. */
  readonly fraction: number | null;
  /** The tool's last line, or ''. */
  readonly detail: string;
}

export interface FirmwareReport {
  readonly board: string;
  readonly way: FirmwareWay;
  /** The port that the board came back at; '' where none did in time. */
  readonly port: string;
  readonly seconds: number;
}

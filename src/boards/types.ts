/** What Dormouse knows of a board before one is plugged in. Sizes in bytes, clocks in Hz. */
export type BoardFamily = 'nrf52840' | 'rp2040' | 'esp32' | 'esp32s3' | 'stm32h7' | 'simulated';

export interface UsbId {
  /** Lower-case hex without 0x, as in '2341'. */
  readonly vendor: string;
  readonly product: string;
  readonly mode: 'application' | 'bootloader';
}

export interface BoardProfile {
  /** As in HELLO's `board` and the command line's `--board`: 'nano33ble-sense'. */
  readonly id: string;
  readonly name: string;
  readonly family: BoardFamily;
  readonly mcu: string;
  readonly core: 'cortex-m0plus' | 'cortex-m4f' | 'cortex-m7' | 'xtensa-lx6' | 'xtensa-lx7' | 'host';
  readonly clockHz: number;
  readonly ramBytes: number;
  readonly flashBytes: number;
  /** RAM that the board's runtime, its stacks and the sketch leave for arena, window and features. */
  readonly freeRamBytes: number;
  /** Bytes of one model slot in the board's flash. */
  readonly slotBytes: number;
  readonly flashWriteUnit: number;
  readonly flashEraseUnit: number;
  readonly usb: readonly UsbId[];
  readonly sensors: readonly ('motion' | 'audio' | 'camera')[];
  /** Rates of its motion sensor as the sketch offers them; absent where it has none. */
  readonly motionRatesHz?: readonly number[];
  readonly upload: 'bossac' | 'uf2' | 'nrfutil' | 'dfu' | 'esptool' | 'none';
  /** Where the figures come from, in words; shown beside them. */
  readonly source: string;
}

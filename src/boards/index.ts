/** What Dormouse knows of the boards it supports, and how to recognise one by its USB ids. */
import { boards } from './profiles';
import type { BoardProfile, UsbId } from './types';

export type * from './types';
export { boards };
export { sketches, type BoardSketch, type EspBoot } from './sketches';

/** The profile with this id ('nano33ble-sense'), or undefined. */
export function boardById(id: string): BoardProfile | undefined {
  return boards.find((board) => board.id === id);
}

/**
 * The board whose USB ids these are. Ids in any case, with or without 0x or leading zeros. An id that several boards
 * share (303a:1001 is every ESP32-S3 with its built-in USB) answers with the first that lists it.
 */
export function boardByUsb(vendor: string, product: string): { board: BoardProfile; mode: UsbId['mode'] } | undefined {
  const normal = (id: string): string => id.toLowerCase().replace(/^0x/, '').padStart(4, '0');
  for (const board of boards) {
    const usb = board.usb.find((id) => id.vendor === normal(vendor) && id.product === normal(product));
    if (usb) return { board, mode: usb.mode };
  }
  return undefined;
}

/** The profiles are data: what is tested is that they cannot contradict themselves, and that boards are recognised. */
import { describe, expect, it } from 'vitest';
import { boardById, boardByUsb, boards } from '../../src/boards';

describe('board profiles', () => {
  it('covers the six families and the simulated board, each id once', () => {
    const families = new Set(boards.map((board) => board.family));
    expect([...families].sort()).toEqual(['esp32', 'esp32s3', 'nrf52840', 'rp2040', 'simulated', 'stm32h7']);
    expect(new Set(boards.map((board) => board.id)).size).toBe(boards.length);
    for (const id of ['nano33ble-sense', 'xiao-nrf52840-sense', 'portenta-h7', 'nicla-vision', 'sim'])
      expect(boardById(id)?.id).toBe(id);
    expect(boardById('mega2560')).toBeUndefined();
  });

  it.each(boards.map((board) => [board.id, board] as const))('%s has sizes that fit into each other', (_id, board) => {
    expect(board.freeRamBytes).toBeGreaterThan(16 * 1024);
    expect(board.freeRamBytes).toBeLessThan(board.ramBytes);
    expect(2 * board.slotBytes).toBeLessThan(board.flashBytes);
    expect(board.slotBytes % board.flashEraseUnit).toBe(0);
    expect(board.flashEraseUnit % board.flashWriteUnit).toBe(0);
    // The trailer's eight marks and an image of at least one unit must fit (firmware/MODEL_SLOT.md 3).
    expect(board.slotBytes).toBeGreaterThanOrEqual(2 * board.flashEraseUnit);
    expect(board.source.length).toBeGreaterThan(20);
    for (const usb of board.usb) expect(`${usb.vendor}:${usb.product}`).toMatch(/^[0-9a-f]{4}:[0-9a-f]{4}$/);
  });

  it('recognises boards by their USB ids, in both modes', () => {
    expect(boardByUsb('2341', '805A')).toMatchObject({ board: { id: 'nano33ble-sense' }, mode: 'application' });
    expect(boardByUsb('0x2341', '5a')).toMatchObject({ board: { id: 'nano33ble-sense' }, mode: 'bootloader' });
    expect(boardByUsb('2e8a', '0003')).toMatchObject({ board: { id: 'rpi-pico' }, mode: 'bootloader' });
    expect(boardByUsb('dead', 'beef')).toBeUndefined();
  });

  it('gives no USB id to two boards', () => {
    const ids = boards.flatMap((board) => board.usb.map((usb) => `${usb.vendor}:${usb.product}`));
    expect(new Set(ids).size).toBe(ids.length);
  });
});

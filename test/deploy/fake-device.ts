/**
 * A board in memory behind the Device interface: two slots with the board's own rules (commit only after a passed
 * verification, erase only the idle slot), and a line that can be cut before or after any operation. It does not
 * compute: verification checks length and checksum and counts the golden vectors.
 */
import { crc32 } from 'node:zlib';
import { parseImage } from '../../src/deploy';
import { LinkError, type Device, type DeviceInfo, type SlotInfo } from '../../src/link';

interface Slot {
  bytes: Uint8Array;
  sequence: number;
  committed: boolean;
}

export class FakeDevice implements Device {
  readonly port = {
    path: 'fake',
    title: 'Fake board',
    boardId: 'sim',
    usbVendor: '',
    usbProduct: '',
    serialNumber: '',
    bootloader: false,
    simulated: true,
  };
  info: DeviceInfo = {
    dormouse: true,
    board: 'sim',
    mcu: 'none',
    firmware: '1.0.0',
    protocol: 1,
    uid: 'fake',
    freeRam: 131072,
    slotBytes: 65536,
    maxPayload: 1024,
    sensors: [],
    slots: [],
    activeSlot: -1,
  };
  readonly slots: Slot[] = [0, 1].map(() => ({ bytes: new Uint8Array(0), sequence: 0, committed: false }));
  /** The line is lost in front of the n-th operation (0-based), or behind it when `after`. */
  cut: { at: number; after: boolean } | undefined;
  operations = 0;
  flipBit = false;
  private writing: { slot: number; crc: number; verified: boolean } | undefined;

  get active(): number {
    const committed = this.slots.map((slot, i) => ({ i, slot })).filter(({ slot }) => slot.committed);
    return committed.sort((a, b) => b.slot.sequence - a.slot.sequence)[0]?.i ?? -1;
  }

  private operation<T>(work: () => T): Promise<T> {
    const at = this.operations++;
    const lost = new LinkError('lost', 'The connection to fake was lost: unplugged.', 'Plug the board in again.');
    if (this.cut && at >= this.cut.at && !(this.cut.after && at === this.cut.at)) return Promise.reject(lost);
    try {
      const result = work();
      return this.cut?.at === at ? Promise.reject(lost) : Promise.resolve(result);
    } catch (error) {
      return Promise.reject(error instanceof Error ? error : new Error(String(error)));
    }
  }

  listSlots(): Promise<{ slots: readonly SlotInfo[]; active: number }> {
    return this.operation(() => ({
      active: this.active,
      slots: this.slots.map((slot, i) => ({
        slot: i,
        state: slot.committed ? (i === this.active ? 'active' : 'valid') : 'empty',
        sequence: slot.sequence,
        bytes: slot.bytes.length,
        crc: slot.committed ? parseImage(slot.bytes).crc : 0,
        name: slot.committed ? parseImage(slot.bytes).manifest.name : '',
      })),
    }));
  }

  beginSlot(imageBytes: number, crc: number): Promise<{ slot: number }> {
    return this.operation(() => {
      const slot = this.active === 0 ? 1 : 0;
      this.slots[slot] = { bytes: new Uint8Array(imageBytes), sequence: 0, committed: false };
      this.writing = { slot, crc, verified: false };
      return { slot };
    });
  }

  async writeSlot(image: Uint8Array, onProgress?: (bytes: number) => void, signal?: AbortSignal): Promise<void> {
    for (let at = 0; at < image.length; at += 1000) {
      if (signal?.aborted) throw new LinkError('cancelled', 'Writing the model was cancelled.', 'Nothing is lost.');
      const end = Math.min(image.length, at + 1000);
      await this.operation(() => this.slots[this.writing?.slot ?? 0].bytes.set(image.subarray(at, end), at));
      onProgress?.(end);
    }
  }

  verifySlot(): Promise<{ goldenVectors: number; micros: number }> {
    return this.operation(() => {
      const { slot, crc } = this.writing!;
      const { bytes } = this.slots[slot];
      if (this.flipBit) bytes[bytes.length - 20] ^= 1;
      const stored = crc32(bytes) >>> 0;
      if (stored !== crc) throw new LinkError('device-verify', 'The board found the new model wrong.', 'Deploy again.');
      this.writing!.verified = true;
      return { goldenVectors: parseImage(bytes).golden.length, micros: 100 };
    });
  }

  commitSlot(): Promise<void> {
    return this.operation(() => {
      if (!this.writing?.verified)
        throw new LinkError('device-state', 'The board cannot do that now.', 'Verify first.');
      const slot = this.slots[this.writing.slot];
      slot.sequence = 1 + Math.max(...this.slots.map((other) => other.sequence));
      slot.committed = true;
    });
  }

  /** The name of the model that would run after a restart, '' for none. */
  runs(): string {
    return this.active < 0 ? '' : parseImage(this.slots[this.active].bytes).manifest.name;
  }

  health = (): never => this.unused();
  startStream = (): never => this.unused();
  startPictures = (): never => this.unused();
  stopStream = (): never => this.unused();
  rollback = (): never => this.unused();
  eraseSlot = (): never => this.unused();
  startRun = (): never => this.unused();
  stopRun = (): never => this.unused();
  infer = (): never => this.unused();
  inferLayers = (): never => this.unused();
  reset = (): never => this.unused();
  onLost = () => () => undefined;
  onButton = () => () => undefined;
  onLog = () => () => undefined;
  close = () => Promise.resolve();

  private unused(): never {
    throw new Error('deploying must not need this');
  }
}

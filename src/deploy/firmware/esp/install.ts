/**
 * Writes a firmware file over the serial line with the help of the loader in the chip's ROM: into the loader by the
 * line's DTR and RTS, the chip and the file compared, erased, written, compared by MD5, restarted. Nothing is loaded
 * into the chip's memory first: what is used is only what Espressif documents of the ROM itself.
 */
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EspBoot } from '../../../boards';
import type { ControlLines, PortInfo, Transport } from '../../../link';
import { FirmwareError } from '../errors';
import { cancelled } from '../run';
import type { FirmwareProgress } from '../types';
import { checkEspImage, chipName, regionsOf, type Region } from './image';
import { RefusedError, RomLoader, romTimes, SilentError, type RomTimes } from './rom';

/** A serial line whose DTR and RTS can be set. */
export type EspLine = Transport & ControlLines;

/** What a ROM takes at once. */
const blockBytes = 1024;
const firstBaud = 115200;
/** As fast as the bridges of all common boards go. */
const fastBaud = 460800;
const syncsPerReset = 7;
const blockTries = 3;
/** Tells the chips apart whose ROM does not say its number (the ESP32's); a documented constant in its ROM. */
const magicRegister = 0x40001000;
const esp32Magic = 0x00f01d83;

/** The ESP32-S3's watchdogs stay on where the chip's own USB is the line, and would end the work. */
const s3 = {
  chipId: 9,
  watchdogConfig: 0x60008098,
  watchdogLock: 0x600080b0,
  watchdogKey: 0x50d83aa1,
  superConfig: 0x600080b4,
  superLock: 0x600080b8,
  superKey: 0x8f1d312a,
  superFed: 0x80000000,
  bootOption: 0x6000812c,
  forcedDownload: 1,
} as const;

export interface EspWork {
  readonly line: EspLine;
  readonly port: PortInfo;
  readonly file: Uint8Array;
  /** Where the file goes; 0 for a merged one. */
  readonly offset: number;
  readonly esp: EspBoot;
  /** What the person can do where the loader does not answer. */
  readonly byHand: string;
  readonly onProgress: (progress: FirmwareProgress) => void;
  readonly signal?: AbortSignal | undefined;
  readonly resets?: number;
  readonly times?: RomTimes;
}

/** The chip's own USB (USB-Serial-JTAG), whose DTR and RTS mean what they are told to mean. */
const ownUsb = (port: PortInfo): boolean => port.usbVendor === '303a' && port.usbProduct === '1001';

/** DTR pulls GPIO0 low, RTS holds the chip in reset; the two together do nothing on boards with the usual circuit. */
async function resetIntoLoader(line: EspLine, usb: boolean): Promise<void> {
  if (usb) {
    await line.setLines({ dtr: false, rts: false });
    await sleep(100);
    await line.setLines({ dtr: true, rts: false });
    await sleep(100);
    await line.setLines({ dtr: true, rts: true });
    await line.setLines({ dtr: false, rts: true });
    await sleep(100);
  } else {
    await line.setLines({ dtr: false, rts: true });
    await sleep(100);
    await line.setLines({ dtr: true, rts: false });
    await sleep(50);
  }
  await line.setLines({ dtr: false, rts: false });
}

class EspInstaller {
  private readonly rom: RomLoader;
  private readonly usb: boolean;

  constructor(private readonly work: EspWork) {
    this.rom = new RomLoader(work.line, work.times ?? romTimes);
    this.usb = ownUsb(work.port);
  }

  async run(): Promise<void> {
    const { file, offset, esp } = this.work;
    const { flashBytes } = checkEspImage(file, offset, esp);
    try {
      this.tell('bootloader', null, this.work.byHand);
      await this.connect();
      await this.compareChip();
      if (this.usb && esp.chipId === s3.chipId) await this.quietWatchdogs();
      if (!this.usb) await this.hurry();
      await this.rom.attachFlash(flashBytes);
      await this.write(regionsOf(file, offset));
      await this.restart();
    } catch (error) {
      throw this.translated(error);
    } finally {
      this.rom.end();
    }
  }

  private tell(phase: FirmwareProgress['phase'], fraction: number | null, detail = ''): void {
    if (this.work.signal?.aborted) throw cancelled();
    this.work.onProgress({ phase, fraction, detail });
  }

  /** A chip that was reset well answers the first or second call; one that was not is reset again. */
  private async connect(): Promise<void> {
    const resets = this.work.resets ?? 5;
    for (let reset = 0; reset < resets; reset++) {
      await resetIntoLoader(this.work.line, this.usb);
      for (let call = 0; call < syncsPerReset; call++) {
        if (this.work.signal?.aborted) throw cancelled();
        if (await this.rom.sync()) return;
      }
    }
    throw new FirmwareError(
      'no-bootloader',
      'The board did not answer as a bootloader.',
      `${this.work.byHand} Then try again.`,
    );
  }

  private async compareChip(): Promise<void> {
    const told = await this.rom.chipId();
    const magic = told === undefined ? await this.rom.readRegister(magicRegister) : 0;
    const chip = told ?? (magic === esp32Magic ? 0 : -1);
    if (chip === this.work.esp.chipId) return;
    throw new FirmwareError(
      'wrong-board',
      `The board at ${this.work.port.path} has ${chip < 0 ? 'another chip' : `the chip ${chipName(chip)}`}, not an ${chipName(this.work.esp.chipId)}.`,
      'Choose that board, or another port.',
    );
  }

  private async quietWatchdogs(): Promise<void> {
    await this.rom.writeRegister(s3.watchdogLock, s3.watchdogKey);
    await this.rom.writeRegister(s3.watchdogConfig, 0);
    await this.rom.writeRegister(s3.watchdogLock, 0);
    await this.rom.writeRegister(s3.superLock, s3.superKey);
    await this.rom.writeRegister(s3.superConfig, s3.superFed, s3.superFed);
    await this.rom.writeRegister(s3.superLock, 0);
  }

  /** Four times as fast, where that is understood; where not, all begins anew at the speed that is. */
  private async hurry(): Promise<void> {
    const { line } = this.work;
    await this.rom.changeBaud(fastBaud);
    await line.setBaud(fastBaud);
    await sleep(50);
    for (let call = 0; call < 3; call++) if (await this.rom.sync()) return;
    await line.setBaud(firstBaud);
    await this.connect();
  }

  private async write(regions: readonly Region[]): Promise<void> {
    const total = regions.reduce((sum, { bytes }) => sum + bytes.length, 0);
    const kilobytes = `${String(Math.ceil(total / 1024))} KB`;
    const extended = this.work.esp.chipId !== 0;
    let done = 0;
    this.tell('uploading', 0, kilobytes);
    for (const { address, bytes } of regions) {
      await this.rom.beginFlash(address, bytes.length, blockBytes, extended);
      for (let at = 0, sequence = 0; at < bytes.length; at += blockBytes, sequence++) {
        await this.block(bytes.subarray(at, at + blockBytes), sequence);
        done += Math.min(blockBytes, bytes.length - at);
        this.tell('uploading', done / total, kilobytes);
      }
    }
    for (const { address, bytes } of regions) {
      this.tell('verifying', null);
      const there = await this.rom.md5(address, bytes.length);
      if (there !== createHash('md5').update(bytes).digest('hex')) throw new Mismatch(address);
    }
  }

  /** The last block of a region is filled up: the ROM wants whole ones. A block that came damaged is sent again. */
  private async block(bytes: Uint8Array, sequence: number): Promise<void> {
    const block = new Uint8Array(blockBytes).fill(0xff);
    block.set(bytes);
    for (let left = blockTries - 1; ; left--) {
      try {
        await this.rom.flashBlock(block, sequence);
        return;
      } catch (error) {
        if (left === 0 || !(error instanceof RefusedError || error instanceof SilentError)) throw error;
      }
    }
  }

  /** The new program is there: what goes wrong from here on is only that the chip has restarted already. */
  private async restart(): Promise<void> {
    const { line, esp } = this.work;
    if (esp.chipId === s3.chipId)
      await this.rom.writeRegister(s3.bootOption, 0, s3.forcedDownload).catch(() => undefined);
    await line.setLines({ dtr: false, rts: true }).catch(() => undefined);
    await sleep(this.usb ? 200 : 100);
    await line.setLines({ dtr: false, rts: false }).catch(() => undefined);
  }

  private translated(error: unknown): unknown {
    const again = `${this.work.byHand} Then start again: the chip can always be written anew.`;
    if (error instanceof SilentError)
      return new FirmwareError('no-bootloader', 'The board has stopped answering while it was written.', again, error);
    if (error instanceof RefusedError)
      return new FirmwareError('upload-failed', `The upload failed. ${error.message}.`, again, error);
    if (error instanceof Mismatch)
      return new FirmwareError(
        'verify-failed',
        `What lies on the board is not what was sent (MD5 of the part at 0x${error.address.toString(16)}).`,
        'Start again; if it stays, try a shorter USB cable, or the board’s flash is worn out.',
      );
    return error;
  }
}

class Mismatch extends Error {
  constructor(readonly address: number) {
    super();
  }
}

/** Rejects with FirmwareError. The line must be open, and is left open. */
export function installEsp(work: EspWork): Promise<void> {
  return new EspInstaller(work).run();
}

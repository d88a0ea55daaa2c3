/**
 * A firmware file for an ESP32: whether it is one for this chip and this place, and which parts of it are worth
 * writing. After Espressif's "Firmware Image Format". Pure.
 */
import type { EspBoot } from '../../../boards';
import { FirmwareError } from '../errors';

const imageMagic = 0xe9;
/** In the head of an image: which chip it is for, as 16 bits. */
const chipIdAt = 12;
const flashSizeAt = 3;
const headBytes = 24;
export const sectorBytes = 4096;
/** Where Arduino's default partition tables have the program. */
const programAt = 0x10000;
/** So much blank flash in a row is passed over: a merged file is filled up with it to the size of the flash. */
const blankRun = 64 * 1024;
const chipNames: Readonly<Record<number, string>> = {
  0: 'ESP32',
  2: 'ESP32-S2',
  5: 'ESP32-C3',
  9: 'ESP32-S3',
  12: 'ESP32-C2',
  13: 'ESP32-C6',
  16: 'ESP32-H2',
  18: 'ESP32-P4',
};

export const chipName = (id: number): string => chipNames[id] ?? `another chip (number ${String(id)})`;

export interface Region {
  readonly address: number;
  readonly bytes: Uint8Array;
}

const bad = (message: string, action: string): FirmwareError => new FirmwareError('bad-file', message, action);

/** Where the file's first image head stands: a merged file begins with the bootloader's, another with its own. */
function headPlace(file: Uint8Array, offset: number, esp: EspBoot): number {
  const merged = offset <= esp.bootloaderAt && esp.bootloaderAt - offset < file.length;
  const at = merged ? esp.bootloaderAt - offset : 0;
  if (file[at] === imageMagic && at + headBytes <= file.length) return at;
  if (merged && file[0] === imageMagic)
    throw bad(
      'This file is one part of the firmware, not the whole of it.',
      `Choose the file that ends in .merged.bin, or write a program alone with --offset 0x${programAt.toString(16)}.`,
    );
  throw bad(
    'This is no firmware file for an ESP32.',
    'Choose the file that ends in .merged.bin, or build the sketch again.',
  );
}

/**
 * Checks the file and says how large a flash it is for, in bytes. `offset`: where it goes; 0 for a merged file.
 * @throws FirmwareError 'bad-file', 'wrong-board' (made for another chip)
 */
export function checkEspImage(file: Uint8Array, offset: number, esp: EspBoot): { readonly flashBytes: number } {
  if (!Number.isInteger(offset) || offset < 0 || offset % sectorBytes !== 0)
    throw bad('Flash is written in whole sectors of 4096 bytes.', 'Give an offset such as 0x0 or 0x10000.');
  const head = headPlace(file, offset, esp);
  const chip = file[head + chipIdAt] + 256 * file[head + chipIdAt + 1];
  if (chip !== esp.chipId)
    throw new FirmwareError(
      'wrong-board',
      `This file is for the ${chipName(chip)}, and the board has an ${chipName(esp.chipId)}.`,
      'Choose the file that was made for this board.',
    );
  // 0 to 7: 1, 2, 4, ... 128 MB.
  const flashBytes = 2 ** (20 + (file[head + flashSizeAt] >> 4));
  if (file[head + flashSizeAt] >> 4 > 7 || offset + file.length > flashBytes)
    throw bad(
      `This file does not fit the flash of ${String(flashBytes / 2 ** 20)} MB that it says it is for.`,
      'Choose another file, or another offset.',
    );
  return { flashBytes };
}

/** What of the file has to be written: all but long runs of blank flash, so that what is stored there stays. */
export function regionsOf(file: Uint8Array, offset: number): Region[] {
  const sectors = Math.ceil(file.length / sectorBytes);
  const sector = (index: number): Uint8Array => file.subarray(index * sectorBytes, (index + 1) * sectorBytes);
  const regions: Region[] = [];
  let from = -1;
  let last = -1;
  const close = (): void => {
    if (from >= 0)
      regions.push({
        address: offset + from * sectorBytes,
        bytes: file.subarray(from * sectorBytes, (last + 1) * sectorBytes),
      });
    from = -1;
  };
  for (let index = 0; index < sectors; index++) {
    if (sector(index).every((byte) => byte === 0xff)) {
      if (from >= 0 && (index - last) * sectorBytes >= blankRun) close();
      continue;
    }
    if (from < 0) from = index;
    last = index;
  }
  close();
  return regions;
}

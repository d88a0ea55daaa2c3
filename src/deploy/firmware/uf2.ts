/**
 * UF2 files: blocks of 512 bytes, each with 256 bytes of flash and where they belong. After microsoft/uf2's
 * README ("File format"). Pure; knows nothing of drives.
 */
import { FirmwareError } from './errors';

const blockBytes = 512;
const payloadBytes = 256;
/** The most that a block could carry. */
const payloadRoom = 476;
const magics = [0x0a324655, 0x9e5d5157, 0x0ab16f30] as const;
const flagNotMainFlash = 0x0001;
const flagFamily = 0x2000;

export interface Uf2 {
  /** Undefined where the file does not say. */
  readonly family: number | undefined;
  readonly start: number;
  /** Bytes of flash from `start` to the end of the last block. */
  readonly bytes: number;
}

/** A plain binary as UF2, `base` on; the last block is filled with 0. */
export function writeUf2(binary: Uint8Array, base: number, family: number): Uint8Array {
  const blocks = Math.ceil(binary.length / payloadBytes);
  const file = new Uint8Array(blocks * blockBytes);
  const view = new DataView(file.buffer);
  for (let block = 0; block < blocks; block++) {
    const at = block * blockBytes;
    const words = [magics[0], magics[1], flagFamily, base + block * payloadBytes, payloadBytes, block, blocks, family];
    words.forEach((word, i) => {
      view.setUint32(at + 4 * i, word, true);
    });
    file.set(binary.subarray(block * payloadBytes, (block + 1) * payloadBytes), at + 32);
    view.setUint32(at + blockBytes - 4, magics[2], true);
  }
  return file;
}

const bad = (why: string): FirmwareError =>
  new FirmwareError('bad-file', `This is no whole UF2 file: ${why}.`, 'Choose a .uf2 file, or download it again.');

/** Checks every block and says what the file is for. Throws FirmwareError 'bad-file'. */
export function readUf2(file: Uint8Array): Uf2 {
  if (file.length === 0 || file.length % blockBytes !== 0) throw bad('it is not made of blocks of 512 bytes');
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const blocks = file.length / blockBytes;
  let family: number | undefined;
  let start = Infinity;
  let end = 0;
  for (let block = 0; block < blocks; block++) {
    const word = (index: number): number => view.getUint32(block * blockBytes + 4 * index, true);
    if (word(0) !== magics[0] || word(1) !== magics[1] || word(127) !== magics[2])
      throw bad(`block ${String(block)} lacks its marks`);
    const flags = word(2);
    if (flags & flagNotMainFlash) continue;
    if (word(4) === 0 || word(4) > payloadRoom || word(3) + word(4) > 2 ** 32)
      throw bad(`block ${String(block)} is too long`);
    if (word(5) !== block || word(6) !== blocks) throw bad(`block ${String(block)} is out of its place`);
    const blockFamily = flags & flagFamily ? word(7) : undefined;
    if (end > 0 && blockFamily !== family) throw bad('its blocks are for different boards');
    family = blockFamily;
    start = Math.min(start, word(3));
    end = Math.max(end, word(3) + word(4));
  }
  if (end === 0) throw bad('it writes nothing');
  return { family, start, bytes: end - start };
}

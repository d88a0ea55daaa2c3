/**
 * Speaks with the loader in the ROM of an ESP32, as in Espressif's "Serial Protocol": one command at a time, each with
 * its answer. Knows commands, not what they are good for.
 */
import type { Transport, TransportEvent } from '../../../link';
import { FirmwareError } from '../errors';
import { encodeSlip, SlipReader } from './slip';

const command = {
  flashBegin: 0x02,
  flashData: 0x03,
  sync: 0x08,
  writeReg: 0x09,
  readReg: 0x0a,
  spiSetParams: 0x0b,
  spiAttach: 0x0d,
  changeBaud: 0x0f,
  flashMd5: 0x13,
  securityInfo: 0x14,
} as const;

const headBytes = 8;
/** A ROM ends its answers with four bytes of which two say something; the programs that replace it, with two. */
const statusBytes = 4;
const checksumSeed = 0xef;
const syncPayload = Uint8Array.from([0x07, 0x07, 0x12, 0x20, ...new Array<number>(32).fill(0x55)]);
/** Chips after the ESP32 take a fifth word in FLASH_BEGIN: whether to encrypt. */
const notEncrypted = 0;

/** What the ROM says when it refuses (the documented table). */
const refusals: Readonly<Record<number, string>> = {
  0x01: 'a parameter is invalid',
  0x05: 'it does not know the command',
  0x06: 'it could not be carried out',
  0x07: 'the data came damaged',
  0x08: 'the flash did not take the data',
  0x09: 'the flash cannot be read',
};

export class RefusedError extends Error {
  constructor(
    readonly reason: number,
    what: string,
  ) {
    super(`${what}: ${refusals[reason] ?? `error 0x${reason.toString(16)}`}`);
  }
}

/** No answer in time; only in here. */
export class SilentError extends Error {}

export interface RomTimes {
  readonly syncMs: number;
  readonly commandMs: number;
  /** Erasing takes at most so long a megabyte, comparing so long. */
  readonly eraseMsPerMegabyte: number;
  readonly md5MsPerMegabyte: number;
}

export const romTimes: RomTimes = {
  syncMs: 100,
  commandMs: 3000,
  eraseMsPerMegabyte: 40_000,
  md5MsPerMegabyte: 8000,
};

interface Answer {
  readonly value: number;
  readonly body: Uint8Array;
}

const words = (...values: number[]): Uint8Array => {
  const bytes = new Uint8Array(4 * values.length);
  const view = new DataView(bytes.buffer);
  values.forEach((value, index) => {
    view.setUint32(4 * index, value, true);
  });
  return bytes;
};

/** One conversation over an open line; `end` it when it is over. */
export class RomLoader {
  private waiting: { readonly code: number; readonly answer: (packet: Uint8Array) => void } | undefined;
  private lose: ((error: Error) => void) | undefined;
  private gone: FirmwareError | undefined;
  private readonly stopListening: () => void;

  constructor(
    private readonly line: Transport,
    private readonly times: RomTimes = romTimes,
  ) {
    const reader = new SlipReader((packet) => this.take(packet));
    this.stopListening = line.listen((event: TransportEvent) => {
      if (event.kind === 'data') reader.push(event.bytes);
      else this.lost();
    });
  }

  end(): void {
    this.stopListening();
  }

  private lost(): void {
    this.gone = new FirmwareError(
      'board-gone',
      'The board was unplugged while its firmware was being written.',
      'Plug it in and start again: the part of the board that takes new firmware is always there.',
    );
    this.lose?.(this.gone);
  }

  /** Answers to earlier commands, and a chip's own chatter, are passed over. */
  private take(packet: Uint8Array): void {
    const size = packet[2] + 256 * packet[3];
    if (packet.length < headBytes + statusBytes || packet[0] !== 1 || packet.length !== headBytes + size) return;
    if (this.waiting && packet[1] === this.waiting.code) this.waiting.answer(packet);
  }

  private async send(code: number, data: Uint8Array, timeoutMs: number, checksum = 0): Promise<Answer> {
    if (this.gone) throw this.gone;
    const packet = new Uint8Array(headBytes + data.length);
    packet.set([0, code, data.length & 255, data.length >> 8, checksum, 0, 0, 0]);
    packet.set(data, headBytes);
    let timer: NodeJS.Timeout | undefined;
    const answered = new Promise<Uint8Array>((resolve, reject) => {
      this.waiting = { code, answer: resolve };
      this.lose = reject;
      timer = setTimeout(() => {
        reject(new SilentError());
      }, timeoutMs);
    });
    try {
      const [answer] = await Promise.all([answered, this.line.write(encodeSlip(packet))]);
      return read(code, answer);
    } catch (error) {
      // Writing to a line that is gone fails in the line's own words.
      if (error instanceof SilentError || error instanceof RefusedError || error instanceof FirmwareError) throw error;
      this.lost();
      throw this.gone ?? error;
    } finally {
      clearTimeout(timer);
      this.waiting = undefined;
      this.lose = undefined;
    }
  }

  /** Whether a loader answers. It sends its answer eight times over; what is left of them is passed over later. */
  async sync(): Promise<boolean> {
    return this.send(command.sync, syncPayload, this.times.syncMs).then(
      () => true,
      (error: unknown) => {
        if (error instanceof FirmwareError) throw error;
        return false;
      },
    );
  }

  async readRegister(address: number): Promise<number> {
    return (await this.send(command.readReg, words(address), this.times.commandMs)).value;
  }

  /** Of the register, the bits of `mask`. */
  async writeRegister(address: number, value: number, mask = 0xffffffff): Promise<void> {
    await this.send(command.writeReg, words(address, value, mask, 0), this.times.commandMs);
  }

  /** The chip's number as image heads have it; undefined where the ROM cannot say (the ESP32's). */
  async chipId(): Promise<number | undefined> {
    try {
      const { body } = await this.send(command.securityInfo, new Uint8Array(0), this.times.commandMs);
      // Flags, a counter and seven key purposes stand before it.
      return body.length >= 16 ? new DataView(body.buffer, body.byteOffset).getUint32(12, true) : undefined;
    } catch (error) {
      if (error instanceof RefusedError) return undefined;
      throw error;
    }
  }

  async attachFlash(flashBytes: number): Promise<void> {
    await this.send(command.spiAttach, words(0, 0), this.times.commandMs);
    const parameters = words(0, flashBytes, 64 * 1024, 4096, 256, 0xffff);
    await this.send(command.spiSetParams, parameters, this.times.commandMs);
  }

  async changeBaud(baud: number): Promise<void> {
    await this.send(command.changeBaud, words(baud, 0), this.times.commandMs);
  }

  /** Erases what is going to be written. */
  async beginFlash(address: number, bytes: number, blockBytes: number, extended: boolean): Promise<void> {
    const fields = [bytes, Math.ceil(bytes / blockBytes), blockBytes, address];
    const wait = this.times.commandMs + (bytes / 2 ** 20) * this.times.eraseMsPerMegabyte;
    await this.send(command.flashBegin, words(...fields, ...(extended ? [notEncrypted] : [])), wait);
  }

  async flashBlock(block: Uint8Array, sequence: number): Promise<void> {
    const data = new Uint8Array(16 + block.length);
    data.set(words(block.length, sequence, 0, 0));
    data.set(block, 16);
    const checksum = block.reduce((sum, byte) => sum ^ byte, checksumSeed);
    await this.send(command.flashData, data, this.times.commandMs, checksum);
  }

  /** MD5 of what lies in the flash, as 32 hexadecimal digits. */
  async md5(address: number, bytes: number): Promise<string> {
    const wait = this.times.commandMs + (bytes / 2 ** 20) * this.times.md5MsPerMegabyte;
    const { body } = await this.send(command.flashMd5, words(address, bytes, 0, 0), wait);
    return new TextDecoder('latin1').decode(body.subarray(0, 32)).toLowerCase();
  }
}

function read(code: number, packet: Uint8Array): Answer {
  const body = packet.subarray(headBytes, packet.length - statusBytes);
  const status = packet[packet.length - statusBytes];
  const reason = packet[packet.length - statusBytes + 1];
  if (status !== 0) throw new RefusedError(reason, `The chip refused the command 0x${code.toString(16)}`);
  return { value: new DataView(packet.buffer, packet.byteOffset).getUint32(4, true), body };
}

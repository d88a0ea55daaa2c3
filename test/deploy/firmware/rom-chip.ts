/**
 * An ESP32 (or ESP32-S3) as its serial line shows it: the reset circuit, the loader in its ROM after Espressif's
 * "Serial Protocol", and a flash that only an erase can set to ones. Written from that document alone and stricter than
 * a chip: what it was not told properly it refuses, and `complaints` says what it was.
 */
import { createHash } from 'node:crypto';
import type { ControlLines, Transport, TransportEvent } from '../../../src/link';

interface Command {
  readonly code: number;
  readonly sum: number;
  readonly data: Buffer;
}

export interface ChipKind {
  /** What it says of itself: a number where it knows GET_SECURITY_INFO, else the constant in its ROM. */
  readonly id?: number;
  readonly magic: number;
}
export const esp32: ChipKind = { magic: 0x00f01d83 };
export const esp32s3: ChipKind = { id: 9, magic: 9 };
export const esp32c3: ChipKind = { id: 5, magic: 0x6921506f };

export class RomChip implements Transport, ControlLines {
  readonly path = '/dev/ttyUSB0';
  readonly flash: Buffer;
  readonly complaints: string[] = [];
  readonly commands: number[] = [];
  /** 'loader' takes commands; 'program' prints now and then; 'held' is in reset. */
  state: 'loader' | 'program' | 'held' = 'program';
  baud = 115200;
  private chipBaud = 115200;
  /** Not over a pseudo-terminal. */
  speedMatters = true;
  /** Faults, each as often as it says. */
  readonly faults = { deafSyncs: 0, damagedBlocks: 0, lostAnswers: 0, deafResets: 0, fastIsTooFast: false, badBit: -1 };
  unplugAfterBlocks = Infinity;
  blocks = 0;
  watchdogsOff = false;
  private readonly listeners = new Set<(event: TransportEvent) => void>();
  private packet: number[] | undefined;
  private escaped = false;
  private attached = false;
  private writing: { at: number; left: number; block: number; next: number } | undefined;
  private registers = new Map<number, number>();
  private gone = false;

  constructor(
    private readonly kind: ChipKind = esp32,
    flashBytes = 4 * 2 ** 20,
    { ownUsb = false } = {},
  ) {
    this.ownUsb = ownUsb;
    this.flash = Buffer.alloc(flashBytes, 0x5a);
  }

  open(): Promise<void> {
    return Promise.resolve();
  }
  close(): Promise<void> {
    return Promise.resolve();
  }
  setBaud(baud: number): Promise<void> {
    this.baud = baud;
    return Promise.resolve();
  }
  listen(listener: (event: TransportEvent) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** The chip's own USB keeps in mind that DTR alone was set, and resets at RTS alone (Technical Reference Manual). */
  private readonly ownUsb: boolean;
  private download = false;

  /** Two transistors: RTS alone holds the chip in reset, DTR alone pulls GPIO0 low, both together do nothing. */
  setLines(lines: { dtr: boolean; rts: boolean }): Promise<void> {
    const low = lines.rts && !lines.dtr;
    if (this.ownUsb) {
      if (low) this.boot(this.download);
      else if (lines.rts === lines.dtr) this.download &&= lines.dtr;
      else this.download = true;
      return Promise.resolve();
    }
    if (low && this.state !== 'held') this.state = 'held';
    else if (!low && this.state === 'held') this.boot(lines.dtr && !lines.rts);
    return Promise.resolve();
  }

  private boot(gpio0Low: boolean): void {
    this.attached = false;
    this.writing = undefined;
    this.packet = undefined;
    this.chipBaud = 115200;
    const deaf = gpio0Low && this.faults.deafResets-- > 0;
    this.state = gpio0Low && !deaf ? 'loader' : 'program';
    const why = gpio0Low ? 'DOWNLOAD_BOOT(UART0/UART1/SDIO_REI_REO_V2)' : 'SPI_FAST_FLASH_BOOT';
    this.say(Buffer.from(`ets Jul 29 2019 12:21:46\r\n\r\nrst:0x1 (POWERON_RESET),boot:0x3 (${why})\r\n`));
  }

  unplug(): void {
    this.gone = true;
    for (const listener of [...this.listeners]) listener({ kind: 'closed', reason: 'the port is gone' });
  }

  write(bytes: Uint8Array): Promise<void> {
    if (this.gone) return Promise.reject(new Error('EIO: i/o error'));
    // At the wrong speed a line carries other bytes.
    const wrong = this.wrongSpeed() || (this.faults.fastIsTooFast && this.baud > 115200);
    const heard = wrong ? bytes.map((byte) => (byte * 7) & 0xff) : bytes;
    setImmediate(() => {
      for (const byte of heard) this.hear(byte);
    });
    return Promise.resolve();
  }

  private wrongSpeed(): boolean {
    return this.speedMatters && this.baud !== this.chipBaud;
  }

  private hear(byte: number): void {
    if (this.state !== 'loader') return;
    if (byte === 0xc0) {
      const { packet } = this;
      this.packet = [];
      if (packet && packet.length > 0) this.receive(Buffer.from(packet));
    } else if (this.packet && this.escaped) {
      this.escaped = false;
      if (byte !== 0xdc && byte !== 0xdd) this.complain('a wrong escape');
      this.packet.push(byte === 0xdc ? 0xc0 : 0xdb);
    } else if (this.packet && byte === 0xdb) this.escaped = true;
    else this.packet?.push(byte);
  }

  private complain(what: string): void {
    this.complaints.push(what);
  }

  private receive(packet: Buffer): void {
    if (packet.length < 8 || packet[0] !== 0 || packet.readUInt16LE(2) !== packet.length - 8) return;
    const command = { code: packet.readUInt8(1), sum: packet.readUInt32LE(4), data: packet.subarray(8) };
    this.commands.push(command.code);
    if (command.code === 0x03 && this.faults.lostAnswers-- > 0) return;
    this.obey(command);
  }

  private obey({ code, sum, data }: Command): void {
    const word = (index: number): number => data.readUInt32LE(4 * index);
    const want = (bytes: number): boolean => {
      if (data.length === bytes) return true;
      this.complain(`command ${String(code)} with ${String(data.length)} bytes`);
      this.answer(code, 0x05);
      return false;
    };
    if (code === 0x08) {
      if (!want(36) || this.faults.deafSyncs-- > 0) return;
      for (let time = 0; time < 8; time++) this.answer(code, 0, Buffer.alloc(0), 0x20120707);
    } else if (code === 0x14) {
      if (this.kind.id === undefined) return this.answer(code, 0x05);
      const info = Buffer.alloc(20);
      info.writeUInt32LE(this.kind.id, 12);
      this.answer(code, 0, info);
    } else if (code === 0x0a) {
      if (want(4)) this.answer(code, 0, Buffer.alloc(0), word(0) === 0x40001000 ? this.kind.magic : this.reg(word(0)));
    } else if (code === 0x09) {
      if (!want(16)) return;
      this.registers.set(word(0), (this.reg(word(0)) & ~word(2)) | (word(1) & word(2)));
      this.watchdogsOff ||= word(0) === 0x60008098 && word(1) === 0 && this.reg(0x600080b0) === 0x50d83aa1;
      this.answer(code, 0);
    } else if (code === 0x0d) {
      this.attached = want(8);
      if (this.attached) this.answer(code, 0);
    } else if (code === 0x0b) {
      if (want(24)) this.answer(code, word(1) === this.flash.length && word(3) === 4096 ? 0 : 0x06);
    } else if (code === 0x0f) {
      if (!want(8)) return;
      this.answer(code, 0);
      this.chipBaud = word(0);
    } else if (code === 0x02) this.begin(data, want(this.kind.id === undefined ? 16 : 20));
    else if (code === 0x03) this.data(data, sum);
    else if (code === 0x13) {
      if (!want(16)) return;
      const digest = createHash('md5').update(this.flash.subarray(word(0), word(0) + word(1)));
      this.answer(code, 0, Buffer.from(digest.digest('hex'), 'latin1'));
    } else this.answer(code, 0x05);
  }

  private reg(address: number): number {
    return this.registers.get(address) ?? 0;
  }

  private begin(data: Buffer, sized: boolean): void {
    if (!sized) return;
    const [bytes, blocks, block, at] = [0, 4, 8, 12].map((place) => data.readUInt32LE(place));
    const sound = this.attached && block > 0 && blocks === Math.ceil(bytes / block) && at % 4096 === 0;
    if (!sound || at + bytes > this.flash.length) {
      this.complain('FLASH_BEGIN that makes no sense');
      return this.answer(0x02, 0x06);
    }
    this.flash.fill(0xff, at, Math.ceil((at + bytes) / 4096) * 4096);
    this.writing = { at, left: blocks, block, next: 0 };
    this.answer(0x02, 0);
  }

  private data(data: Buffer, sum: number): void {
    const { writing } = this;
    const bytes = data.subarray(16);
    const sequence = data.readUInt32LE(4);
    if (!writing || data.readUInt32LE(0) !== bytes.length || bytes.length !== writing.block) {
      this.complain('FLASH_DATA that makes no sense');
      return this.answer(0x03, 0x05);
    }
    const checksum = bytes.reduce((all, byte) => all ^ byte, 0xef);
    if (checksum !== sum || this.faults.damagedBlocks-- > 0) return this.answer(0x03, 0x07);
    // The same block twice is the host's answer to silence; one that is left out is its mistake.
    if (sequence !== writing.next && sequence !== writing.next - 1) {
      this.complain(`block ${String(sequence)} where ${String(writing.next)} was due`);
      return this.answer(0x03, 0x06);
    }
    const place = writing.at + sequence * writing.block;
    // NOR flash: programming only clears bits.
    for (let i = 0; i < bytes.length && place + i < this.flash.length; i++) this.flash[place + i] &= bytes[i];
    if (this.faults.badBit >= place && this.faults.badBit < place + bytes.length) this.flash[this.faults.badBit] ^= 4;
    writing.next = sequence + 1;
    this.blocks++;
    if (this.blocks >= this.unplugAfterBlocks) this.unplug();
    else this.answer(0x03, 0);
  }

  private answer(code: number, error: number, body: Uint8Array = Buffer.alloc(0), value = 0): void {
    const packet = Buffer.alloc(8 + body.length + 4);
    packet.writeUInt8(1, 0);
    packet.writeUInt8(code, 1);
    packet.writeUInt16LE(body.length + 4, 2);
    packet.writeUInt32LE(value >>> 0, 4);
    packet.set(body, 8);
    packet.writeUInt8(error === 0 ? 0 : 1, 8 + body.length);
    packet.writeUInt8(error, 9 + body.length);
    const framed = [0xc0];
    for (const byte of packet) framed.push(...(byte === 0xc0 ? [0xdb, 0xdc] : byte === 0xdb ? [0xdb, 0xdd] : [byte]));
    this.say(Buffer.from([...framed, 0xc0]));
  }

  /** In pieces, as a port delivers them. */
  private say(bytes: Buffer): void {
    const wrong = this.wrongSpeed();
    for (let at = 0; at < bytes.length; at += 7)
      for (const listener of [...this.listeners])
        listener({ kind: 'data', bytes: wrong ? Buffer.alloc(7, 0x81) : bytes.subarray(at, at + 7) });
  }
}

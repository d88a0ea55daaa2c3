/**
 * Bytes over a serial port, through `serialport`'s prebuilt binding, which is loaded at first use so that everything
 * else works where it cannot load. Knows nothing of frames.
 */
import { existsSync } from 'node:fs';
import type * as serialport from 'serialport';
import { closedError, LinkError, lostError, portError } from '../errors';
import type { ControlLines, Transport, TransportEvent } from '../types';

type SerialPortModule = typeof serialport;
type SerialPort = InstanceType<SerialPortModule['SerialPort']>;

let loaded: Promise<SerialPortModule> | undefined;

export async function loadSerialPort(): Promise<SerialPortModule> {
  try {
    loaded ??= import('serialport');
    return await loaded;
  } catch (error) {
    loaded = undefined;
    throw new LinkError(
      'serial-unavailable',
      'The part of Dormouse that talks to serial ports could not be loaded on this computer.',
      'Reinstall Dormouse; the simulated board works without it.',
      error,
    );
  }
}

/**
 * How often the port's file is looked for. When a pseudo-terminal or a USB port goes away, a read that is under way may
 * never return on Linux; the missing file says so at once.
 */
const watchMs = 250;

export class SerialTransport implements Transport, ControlLines {
  private port: SerialPort | undefined;
  private watch: NodeJS.Timeout | undefined;
  private readonly listeners = new Set<(event: TransportEvent) => void>();
  private gone = '';
  private speed = 0;

  constructor(
    readonly path: string,
    private readonly firstBaud = 115200,
  ) {}

  get baud(): number {
    return this.speed;
  }

  async open(): Promise<void> {
    if (this.port) throw portError(this.path, new Error('it is already open here'));
    const { SerialPort } = await loadSerialPort();
    this.gone = '';
    this.speed = this.firstBaud;
    const port = new SerialPort({ path: this.path, baudRate: this.speed, autoOpen: false });
    await new Promise<void>((resolve, reject) => {
      port.open((error) => (error ? reject(portError(this.path, error)) : resolve()));
    });
    this.port = port;
    port.on('data', (bytes: Buffer) => this.tell({ kind: 'data', bytes }));
    port.on('close', (error: Error | null) => this.lose(error?.message ?? 'the port was closed'));
    port.on('error', (error) => this.lose(error.message));
    this.watchFile();
    // Boards on native USB send nothing until DTR says that somebody listens.
    await this.setLines({ dtr: true, rts: true });
  }

  /** A pseudo-terminal has no such lines, and says so with an error that means nothing. */
  async setLines(lines: { readonly dtr: boolean; readonly rts: boolean }): Promise<void> {
    await new Promise<void>((resolve) => {
      if (this.port) this.port.set(lines, () => resolve());
      else resolve();
    });
  }

  write(bytes: Uint8Array): Promise<void> {
    const port = this.port;
    if (!port) return Promise.reject(this.gone === '' ? closedError(this.path) : lostError(this.path, this.gone));
    return new Promise((resolve, reject) => {
      port.write(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), (error) =>
        error ? reject(lostError(this.path, error.message)) : resolve(),
      );
    });
  }

  async setBaud(baud: number): Promise<void> {
    const port = this.port;
    if (!port) throw closedError(this.path);
    await new Promise<void>((resolve, reject) => {
      port.update({ baudRate: baud }, (error) => (error ? reject(portError(this.path, error)) : resolve()));
    });
    this.speed = baud;
  }

  async close(): Promise<void> {
    const port = this.port;
    if (!port) return;
    this.port = undefined;
    clearInterval(this.watch);
    port.removeAllListeners('data');
    port.removeAllListeners('close');
    port.on('close', () => undefined);
    // A port that vanished cannot be closed properly; there is nothing left to save then.
    await new Promise<void>((resolve) => port.close(() => resolve()));
  }

  listen(listener: (event: TransportEvent) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private watchFile(): void {
    if (process.platform === 'win32') return;
    this.watch = setInterval(() => {
      if (!existsSync(this.path)) this.lose('the port is gone');
    }, watchMs);
    this.watch.unref();
  }

  private lose(reason: string): void {
    if (!this.port) return;
    this.gone = reason;
    void this.close();
    this.tell({ kind: 'closed', reason });
  }

  private tell(event: TransportEvent): void {
    for (const listener of [...this.listeners]) listener(event);
  }
}

/**
 * One board kept connected: through unplugging, replugging (on the same path, or elsewhere with the same serial number)
 * and restarts. Knows how to find the port again; what the app does with the device is not its business.
 */
import { connectDevice, type ConnectOptions } from './connect';
import { LinkError } from './errors';
import { openTransport } from './open-transport';
import { customPort, listPorts } from './serial/ports';
import type { Device, PortInfo, Transport } from './types';
import { existsSync } from 'node:fs';

export type LinkState =
  | { readonly status: 'connecting'; readonly port: PortInfo }
  | { readonly status: 'connected'; readonly port: PortInfo; readonly device: Device }
  /** Waiting for the board to come back. */
  | { readonly status: 'lost'; readonly port: PortInfo; readonly problem: LinkError }
  | { readonly status: 'closed'; readonly port: PortInfo };

export interface DeviceLinkOptions {
  /** How often a lost board is looked for. */
  readonly pollMs?: number;
  readonly connect?: ConnectOptions;
  readonly openTransport?: (path: string) => Transport;
  /** Finds the port again; the default looks for its path, then for its serial number. */
  readonly find?: (port: PortInfo) => Promise<PortInfo | undefined>;
}

export class DeviceLink {
  private current: LinkState;
  private readonly listeners = new Set<(state: LinkState) => void>();
  private timer: NodeJS.Timeout | undefined;
  private readonly cancel = new AbortController();
  /** Never rejects: whatever still holds, or lets go of, the port. */
  private busy: Promise<unknown> = Promise.resolve();

  private constructor(
    port: PortInfo,
    private readonly options: DeviceLinkOptions,
  ) {
    this.current = { status: 'connecting', port };
  }

  /** Connects for the first time; rejects with LinkError where that fails. Later losses are states, not errors. */
  static async open(port: PortInfo | string, options: DeviceLinkOptions = {}): Promise<DeviceLink> {
    const link = new DeviceLink(typeof port === 'string' ? customPort(port) : port, options);
    await link.connect(link.current.port);
    return link;
  }

  get state(): LinkState {
    return this.current;
  }

  /** The connected device; throws LinkError where there is none just now. */
  get device(): Device {
    const state = this.current;
    if (state.status === 'connected') return state.device;
    if (state.status === 'lost') throw state.problem;
    throw new LinkError('closed', `${state.port.path} is not connected.`, 'Connect to the board first.');
  }

  /** Told of every change from now on. */
  onState(listener: (state: LinkState) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Once it is done, the port is free, also where a reconnect was under way. */
  async close(): Promise<void> {
    const state = this.current;
    if (state.status === 'closed') return void (await this.busy);
    this.cancel.abort();
    clearTimeout(this.timer);
    this.become({ status: 'closed', port: state.port });
    if (state.status === 'connected') await state.device.close();
    await this.busy;
  }

  private get closed(): boolean {
    return this.current.status === 'closed';
  }

  private async connect(port: PortInfo): Promise<void> {
    const transport = (this.options.openTransport ?? openTransport)(port.path);
    const device = await connectDevice(transport, port, { ...this.options.connect, signal: this.cancel.signal });
    if (this.closed) {
      await device.close();
      return;
    }
    device.onLost((reason) => {
      const problem = new LinkError(
        'lost',
        `The connection to ${port.path} was lost: ${reason}.`,
        'Plug the board in again; Dormouse goes on by itself.',
      );
      this.wait(port, problem);
      this.busy = transport.close().catch(() => undefined);
    });
    this.become({ status: 'connected', port, device });
  }

  private wait(port: PortInfo, problem: LinkError): void {
    if (this.closed) return;
    this.become({ status: 'lost', port, problem });
    this.timer = setTimeout(() => void this.lookAgain(port, problem), this.options.pollMs ?? 500);
  }

  private async lookAgain(port: PortInfo, problem: LinkError): Promise<void> {
    const found = await (this.options.find ?? findAgain)(port).catch(() => undefined);
    if (this.closed) return;
    if (!found) {
      this.timer = setTimeout(() => void this.lookAgain(port, problem), this.options.pollMs ?? 500);
      return;
    }
    this.become({ status: 'connecting', port: found });
    try {
      const attempt = this.connect(found);
      this.busy = attempt.catch(() => undefined);
      await attempt;
    } catch (error) {
      this.wait(found, error instanceof LinkError ? error : problem);
    }
  }

  private become(state: LinkState): void {
    this.current = state;
    for (const listener of [...this.listeners]) listener(state);
  }
}

async function findAgain(port: PortInfo): Promise<PortInfo | undefined> {
  if (port.simulated) return port;
  const ports = await listPorts();
  const same = ports.find((one) => one.path === port.path && !one.bootloader);
  const moved = ports.find(
    (one) => port.serialNumber !== '' && one.serialNumber === port.serialNumber && !one.bootloader,
  );
  if (same ?? moved) return same ?? moved;
  // A pseudo-terminal is in no list.
  return port.usbVendor === '' && existsSync(port.path) ? port : undefined;
}

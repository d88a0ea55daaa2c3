/** Which ports there are now, and word of every change. Knows boards only by their USB ids. */
import { boardByUsb } from '../../boards';
import type { PortInfo } from '../types';
import { loadSerialPort } from './serial-transport';

/** The board that lives inside this program: always there. */
export const simulatedPort: PortInfo = {
  path: 'sim',
  title: 'Simulated board',
  boardId: 'sim',
  usbVendor: '',
  usbProduct: '',
  serialNumber: '',
  bootloader: false,
  simulated: true,
};

/** What `serialport` says of one port, as far as it is used here. */
export interface RawPort {
  readonly path: string;
  readonly vendorId?: string | undefined;
  readonly productId?: string | undefined;
  readonly serialNumber?: string | undefined;
  readonly manufacturer?: string | undefined;
}

export function describePort(raw: RawPort): PortInfo {
  const usbVendor = (raw.vendorId ?? '').toLowerCase();
  const usbProduct = (raw.productId ?? '').toLowerCase();
  const known = usbVendor === '' ? undefined : boardByUsb(usbVendor, usbProduct);
  const bootloader = known?.mode === 'bootloader';
  const unknownTitle = raw.manufacturer
    ? `Serial port (${raw.manufacturer})`
    : usbVendor
      ? 'USB serial port'
      : 'Serial port';
  return {
    // macOS lists the call-in twin of each port; opening that one waits for a carrier that never comes.
    path: raw.path.replace(/^\/dev\/tty\.(?=\w)/, '/dev/cu.'),
    title: known ? known.board.name + (bootloader ? ' (bootloader)' : '') : unknownTitle,
    boardId: known?.board.id ?? '',
    usbVendor,
    usbProduct,
    serialNumber: raw.serialNumber ?? '',
    bootloader,
    simulated: false,
  };
}

/** For a path that is in no list: a pseudo-terminal, a port behind an unusual driver. */
export function customPort(path: string): PortInfo {
  return path === 'sim' || path.startsWith('sim:') ? { ...simulatedPort, path } : describePort({ path });
}

/** All ports, boards first, the simulated board last. Rejects with LinkError 'serial-unavailable'. */
export async function listPorts(): Promise<PortInfo[]> {
  const { SerialPort } = await loadSerialPort();
  const raw = (await SerialPort.list()) as readonly RawPort[];
  // A PC's motherboard declares serial ports that lead nowhere; those have no USB ids.
  const real = raw
    .filter((port) => port.vendorId !== undefined || !/^\/dev\/ttyS\d+$/.test(port.path))
    .map(describePort);
  real.sort((a, b) => Number(b.boardId !== '') - Number(a.boardId !== '') || a.path.localeCompare(b.path));
  return [...real, simulatedPort];
}

export interface WatchOptions {
  readonly intervalMs?: number;
  readonly list?: () => Promise<readonly PortInfo[]>;
}

/**
 * Calls `listener` with all ports once at the start and then at each change. Looking is by asking every second: the
 * operating systems' own notices cover USB only, and not all of them everywhere. Returns the function that stops it.
 */
export function watchPorts(listener: (ports: readonly PortInfo[]) => void, options: WatchOptions = {}): () => void {
  const list = options.list ?? listPorts;
  let last = '';
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  const look = async (): Promise<void> => {
    // Where ports cannot be listed at all, the simulated board is still there.
    const ports = await list().catch(() => [simulatedPort]);
    if (stopped) return;
    const now = JSON.stringify(ports);
    if (now !== last) {
      last = now;
      listener(ports);
    }
    timer = setTimeout(() => void look(), options.intervalMs ?? 1000);
    timer.unref();
  };
  void look();
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}

/** From a port's path to the transport that reaches it. */
import { SerialTransport } from './serial/serial-transport';
import { SimulatedTransport } from './simulated/simulated-transport';
import type { Transport } from './types';

/**
 * One board per simulated path for as long as the program runs, so that a model deployed to 'sim' is still on it after
 * disconnecting.
 */
const simulated = new Map<string, SimulatedTransport>();

/** 'sim' is the simulated board in this program, 'sim:<board>' one with another profile; all else is a serial port. */
export function openTransport(path: string, options: { readonly baud?: number } = {}): Transport {
  const match = /^sim(?::(.+))?$/.exec(path);
  if (!match) return new SerialTransport(path, options.baud);
  let transport = simulated.get(path);
  if (!transport) simulated.set(path, (transport = new SimulatedTransport(path, { board: match[1] ?? 'sim' })));
  return transport;
}

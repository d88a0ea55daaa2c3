/** Boards that run another tool's sketch and describe themselves: capture from them without flashing anything. */
import type { PortInfo, Transport } from '../types';
import { NordicDevice, PiccoloDevice } from './devices';
import type { ForeignFormat } from './sniffer';

export { ForeignSniffer, type ForeignFormat } from './sniffer';

export function foreignDevice(
  transport: Transport,
  port: PortInfo,
  found: ForeignFormat,
): NordicDevice | PiccoloDevice {
  return found.kind === 'nordic'
    ? new NordicDevice(transport, port, found.format)
    : new PiccoloDevice(transport, port, found.format);
}

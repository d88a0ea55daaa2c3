/** Boards to test against: one inside this process, one behind a real pseudo-terminal that serialport opens. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  SerialTransport,
  SimulatedTransport,
  startSimulatedPty,
  type SimulatedPty,
  type Simulation,
  type SimulationOptions,
  type Transport,
} from '../../src/link';
import type { Rig } from './transport-contract';
import type { Need } from '../support/needs';

export interface BoardRig extends Rig {
  simulation(): Promise<Simulation>;
}

export const needsPty: Need = {
  met: process.platform !== 'win32',
  reason: 'needs pseudo-terminals, which Windows does not have',
};

/** A second handle on the same simulated board: busy while the first is open. */
class SharedTransport implements Transport {
  readonly path = 'sim';
  constructor(private readonly board: SimulatedTransport) {}
  open = (): Promise<void> => this.board.open();
  write = (bytes: Uint8Array): Promise<void> => this.board.write(bytes);
  setBaud = (): Promise<void> => this.board.setBaud();
  close = (): Promise<void> => this.board.close();
  listen: Transport['listen'] = (listener) => this.board.listen(listener);
}

export async function simulatedRig(options: SimulationOptions = {}): Promise<BoardRig> {
  const transport = new SimulatedTransport('sim', options);
  await transport.world();
  return {
    transport,
    second: new SharedTransport(transport),
    simulation: () => transport.world(),
    unplug: () => transport.unplug(),
    replug: () => Promise.resolve(transport.replug()),
    tearDown: () => transport.close(),
  };
}

export async function ptyRig(options: SimulationOptions = {}): Promise<BoardRig> {
  const folder = await mkdtemp(join(tmpdir(), 'dormouse-pty-'));
  const path = join(folder, 'board');
  let pty: SimulatedPty | undefined = await startSimulatedPty({ ...options, path });
  return {
    transport: new SerialTransport(path),
    second: new SerialTransport(path),
    simulation: () => (pty ? Promise.resolve(pty.simulation) : Promise.reject(new Error('it is unplugged'))),
    unplug: async () => {
      // The flash outlives the cable.
      options = { ...options, flash: pty!.simulation.board.flash() };
      await pty!.close();
      pty = undefined;
    },
    replug: async () => {
      pty = await startSimulatedPty({ ...options, path });
    },
    tearDown: async () => {
      await pty?.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

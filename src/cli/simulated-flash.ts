/**
 * The simulated board ends with the program; what was flashed to it should not. Its flash is kept in the project's
 * cache, so that `deploy --port sim` and then `live --port sim` meet the same board.
 */
import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { replaceFile } from '../base';
import { openTransport, SimulatedTransport, type PortInfo, type Transport } from '../link';

export interface KeptTransport {
  readonly transport: Transport;
  /** Call when done with the board. */
  readonly keep: () => Promise<void>;
}

async function boardWith(path: string, board: string, flash: Uint8Array | undefined): Promise<SimulatedTransport> {
  const transport = new SimulatedTransport(path, { board, ...(flash ? { flash } : {}) });
  await transport.world();
  return transport;
}

/** `projectFolder` is where the flash is kept; outside a project nothing is. */
export async function openKeptTransport(port: PortInfo, projectFolder: string): Promise<KeptTransport> {
  if (!port.simulated) return { transport: openTransport(port.path), keep: () => Promise.resolve() };
  const board = port.path.split(':')[1] ?? 'sim';
  const file = join(projectFolder, '.cache', `simulated-${board}.flash`);
  const flash = await readFile(file).catch(() => undefined);
  // A flash of another size (another version of the board) is as good as none.
  const transport = await boardWith(port.path, board, flash).catch(() => boardWith(port.path, board, undefined));
  const before = (await transport.world()).board.flash();
  return {
    transport,
    keep: async () => {
      const after = (await transport.world()).board.flash();
      if (Buffer.compare(before, after) === 0) return;
      await mkdir(dirname(file), { recursive: true });
      await replaceFile(file, after);
    },
  };
}

/**
 * A simulated board behind a pseudo-terminal, which any program opens as it would a board's serial port. Knows how to
 * get a pseudo-terminal without a compiler; the board behind it is the same Simulation as inside the app.
 */
import { spawn } from 'node:child_process';
import { constants, lstatSync, openSync, symlinkSync, unlinkSync, writeSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { ReadStream } from 'node:tty';
import { LinkError } from '../errors';
import { Simulation, type SimulationOptions } from './simulation';

export interface SimulatedPtyOptions extends SimulationOptions {
  /** Where the port shall be found: a symlink is made there, and removed at the end. */
  readonly path: string;
  /** A folder of recordings to play. */
  readonly play?: string;
}

export interface SimulatedPty {
  readonly path: string;
  readonly simulation: Simulation;
  /** Takes the port away, as unplugging would. */
  close(): Promise<void>;
}

/** The board's side of a pseudo-terminal: what the host writes can be read here, and the other way round. */
interface Master {
  readonly input: Readable;
  /** Hands over what the operating system takes now, and says how much that was. */
  write(bytes: Uint8Array): number;
  close(): void;
}

/** What a pipe may hold for a host that reads slowly; more waits in the board, which drops and counts. */
const mostUnsent = 16 * 1024;

/** Rejects with LinkError 'pty-unavailable' or, for a folder that cannot be played, 'bad-recording'. */
export async function startSimulatedPty(options: SimulatedPtyOptions): Promise<SimulatedPty> {
  const simulation = await Simulation.create(options);
  if (options.play !== undefined) await simulation.player.playFolder(options.play);
  const master = await openMaster(options.path);
  simulation.start((bytes) => master.write(bytes));
  master.input.on('data', (bytes: Buffer) => simulation.receive(bytes));
  const release = (): void => {
    simulation.stop();
    master.close();
  };
  process.once('exit', release);
  return {
    path: options.path,
    simulation,
    close: () => {
      process.removeListener('exit', release);
      release();
      return Promise.resolve();
    },
  };
}

async function openMaster(path: string): Promise<Master> {
  if (process.platform === 'win32')
    throw unavailable('Windows has no pseudo-terminals', 'Use the simulated board inside Dormouse: port "sim".');
  clearPlace(path);
  return (await openWithNodePty(path)) ?? openWithSocat(path);
}

function unavailable(why: string, action: string, cause?: unknown): LinkError {
  return new LinkError('pty-unavailable', `The simulated port could not be made: ${why}.`, action, cause);
}

/** A symlink may be left from a run that was killed; anything else is not ours to remove. */
function clearPlace(path: string): void {
  const there = lstatSync(path, { throwIfNoEntry: false });
  if (!there) return;
  if (!there.isSymbolicLink()) throw unavailable(`${path} exists already`, 'Choose another path.');
  unlinkSync(path);
}

/**
 * Keeps the host's side open in raw mode for as long as the port lives: without it, the first host that closes the port
 * would hang it up for good, and the line would echo until a host sets it right.
 */
function holdRaw(path: string): () => void {
  const hold = new ReadStream(openSync(path, constants.O_RDWR | constants.O_NOCTTY));
  hold.setRawMode(true);
  return () => void hold.destroy();
}

/** The part of node-pty's open() that is used; it is not in its published types. */
interface BareTerminal {
  readonly fd: number;
  readonly ptsName: string;
  readonly master: Readable;
  readonly slave: Readable;
}

/** node-pty comes prebuilt for Linux and macOS; undefined where it did not install. */
async function openWithNodePty(path: string): Promise<Master | undefined> {
  let terminal: BareTerminal;
  try {
    const nodePty = (await import('@lydell/node-pty')) as unknown as {
      open(options: { encoding: null }): BareTerminal;
    };
    terminal = nodePty.open({ encoding: null });
  } catch {
    return undefined;
  }
  const letGo = holdRaw(terminal.ptsName);
  // node-pty's own handle of the host's side reads from it, and would take bytes that are meant for the host.
  terminal.slave.destroy();
  terminal.master.on('error', () => undefined);
  try {
    symlinkSync(terminal.ptsName, path);
  } catch (error) {
    letGo();
    terminal.master.destroy();
    throw unavailable(`${path} cannot be made`, 'Choose another path.', error);
  }
  return {
    input: terminal.master,
    write: (bytes) => writeNow(terminal.fd, bytes),
    close: () => {
      removeLink(path);
      letGo();
      terminal.master.destroy();
    },
  };
}

/**
 * Node's own stream for a terminal would wait in a busy loop while the line is full, with the host in the same process
 * for ever. The descriptor does not block, so a full line simply takes nothing.
 */
function writeNow(descriptor: number, bytes: Uint8Array): number {
  try {
    return writeSync(descriptor, bytes);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return 0;
    // The line is being closed: nobody will read this.
    return bytes.length;
  }
}

async function openWithSocat(path: string): Promise<Master> {
  const child = spawn('socat', ['-', `PTY,raw,echo=0,link=${path}`], { stdio: ['pipe', 'pipe', 'ignore'] });
  let failure: unknown;
  child.on('error', (error) => (failure = error));
  child.stdin.on('error', () => undefined);
  for (let waited = 0; !failure && waited < 2000 && !lstatSync(path, { throwIfNoEntry: false }); waited += 20)
    await pause(20);
  if (failure || child.exitCode !== null || !lstatSync(path, { throwIfNoEntry: false })) {
    child.kill();
    throw unavailable(
      'neither node-pty nor socat works here',
      'Install socat, or use the port "sim" inside Dormouse.',
      failure,
    );
  }
  const letGo = holdRaw(path);
  return {
    input: child.stdout,
    write: (bytes) => {
      const taken = bytes.subarray(0, Math.max(0, mostUnsent - child.stdin.writableLength));
      if (taken.length > 0) child.stdin.write(taken);
      return taken.length;
    },
    close: () => {
      letGo();
      child.kill();
      removeLink(path);
    },
  };
}

function removeLink(path: string): void {
  if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink()) unlinkSync(path);
}

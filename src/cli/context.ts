/** What every verb needs: the options given before it, the project, a board; and the orderly end of both. */
import type { Command } from 'commander';
import { Project, ProjectError } from '../project';
import { connectDevice, customPort, listPorts, type Device } from '../link';
import { openKeptTransport } from './simulated-flash';
import { Output } from './output';

export interface GlobalOptions {
  readonly project: string;
  readonly json: boolean;
}

export class Context {
  readonly output: Output;
  readonly signal: AbortSignal;
  private readonly controller = new AbortController();

  constructor(readonly options: GlobalOptions) {
    this.output = new Output(options.json);
    this.signal = this.controller.signal;
  }

  static of(command: Command): Context {
    return new Context(command.optsWithGlobals<GlobalOptions>());
  }

  /** The first Ctrl-C asks the running work to stop; a second one ends the process as usual. */
  catchInterrupt(): void {
    process.once('SIGINT', () => this.controller.abort());
    process.once('SIGTERM', () => this.controller.abort());
  }

  async withProject<T>(work: (project: Project) => Promise<T>, readOnly = false): Promise<T> {
    const project = await Project.open(this.options.project, { readOnly });
    try {
      for (const problem of project.dataset.problems()) this.output.warn(problem);
      return await work(project);
    } finally {
      await project.close();
    }
  }

  async withDevice<T>(path: string, work: (device: Device) => Promise<T>): Promise<T> {
    const port = (await listPorts()).find((candidate) => candidate.path === path) ?? customPort(path);
    const { transport, keep } = await openKeptTransport(port, this.options.project);
    const device = await connectDevice(transport, port);
    device.onLog((level, message) => {
      if (level >= 2) this.output.warn(message);
    });
    try {
      return await work(device);
    } finally {
      await device.close();
      await keep();
    }
  }

  /** Calls `work` when the person interrupts, or at once where that has happened already. */
  onInterrupt(work: () => void): void {
    if (this.signal.aborted) work();
    else this.signal.addEventListener('abort', work, { once: true });
  }

  /** Resolves after so many seconds, or when the person interrupts (0 = only then); rejects as soon as `lost` does. */
  async waitSeconds(seconds: number, lost?: Promise<never>): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const over = new Promise<void>((resolve) => {
      // A timer either way: it keeps the process alive while it waits, and must not keep it longer.
      timer = seconds > 0 ? setTimeout(resolve, seconds * 1000) : setInterval(() => undefined, 2 ** 30);
      this.onInterrupt(resolve);
    });
    try {
      await (lost ? Promise.race([over, lost]) : over);
    } finally {
      clearTimeout(timer);
    }
  }
}

/** A usage mistake found after commander's own checks: exit code 2. */
export class UsageError extends Error {}

export function number(text: string, name: string, low: number, high: number): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < low || value > high)
    throw new UsageError(`${name} must be a number from ${low} to ${high}, not "${text}".`);
  return value;
}

export function whole(text: string, name: string, low: number, high: number): number {
  const value = number(text, name, low, high);
  if (!Number.isInteger(value)) throw new UsageError(`${name} must be a whole number, not "${text}".`);
  return value;
}

export function oneOf<T extends string>(text: string, name: string, allowed: readonly T[]): T {
  const found = allowed.find((value) => value === text);
  if (!found) throw new UsageError(`${name} must be one of ${allowed.join(', ')}, not "${text}".`);
  return found;
}

export function needText(text: string | undefined, name: string): string {
  if (text === undefined || text.trim() === '') throw new UsageError(`${name} is missing.`);
  return text;
}

export { ProjectError };

/** The simulated board as a transport like any other, inside this program. Knows nothing of frames. */
import { closedError, LinkError } from '../errors';
import type { Transport, TransportEvent } from '../types';
import type { SimulatedTask } from './names';
import { Simulation, type SimulationOptions } from './simulation';

export class SimulatedTransport implements Transport {
  private simulation: Promise<Simulation> | undefined;
  private running: Simulation | undefined;
  private plugged = true;
  private readonly listeners = new Set<(event: TransportEvent) => void>();

  constructor(
    readonly path = 'sim',
    private readonly options: SimulationOptions = {},
  ) {}

  /** The world behind the line, made at the first call; it outlives close(), as a board outlives its cable. */
  world(): Promise<Simulation> {
    this.simulation ??= Simulation.create(this.options).catch((error: unknown) => {
      this.simulation = undefined;
      throw error;
    });
    return this.simulation;
  }

  async open(): Promise<void> {
    const world = await this.world();
    if (!this.plugged)
      throw new LinkError(
        'port-missing',
        `There is no port ${this.path}.`,
        'Plug the board in, or choose another port.',
      );
    if (this.running)
      throw new LinkError(
        'port-busy',
        `${this.path} is used by another program.`,
        'Close the other program, then try again.',
      );
    if (world.board.inBootloader || !world.board.powered) world.restart();
    this.running = world;
    world.start((bytes) => {
      // Listeners may close us in the middle of what they hear; nothing is delivered after that.
      if (this.running) this.tell({ kind: 'data', bytes });
      return bytes.length;
    });
  }

  write(bytes: Uint8Array): Promise<void> {
    const world = this.running;
    if (!world) return Promise.reject(closedError(this.path));
    const copy = bytes.slice();
    // As on a real line, the answer never comes before write() has returned.
    return new Promise((resolve) =>
      setImmediate(() => {
        resolve();
        if (this.running === world) world.receive(copy);
      }),
    );
  }

  /** A line with a limit stands for a UART's; without one, speed means nothing. */
  get baud(): number | undefined {
    const bytes = this.options.lineBytesPerSecond;
    return this.options.uart && bytes !== undefined ? bytes * 10 : undefined;
  }

  setBaud(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    this.running?.stop();
    this.running = undefined;
    return Promise.resolve();
  }

  listen(listener: (event: TransportEvent) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Pulls the cable: the board loses its power, the listeners hear that the line is gone. */
  async unplug(): Promise<void> {
    const world = await this.world();
    this.plugged = false;
    const wasOpen = this.running !== undefined;
    await this.close();
    world.restart();
    if (wasOpen) this.tell({ kind: 'closed', reason: 'the board was unplugged' });
  }

  replug(): void {
    this.plugged = true;
  }

  /** What can be played for a project of this kind, or what the folder holds that is played. */
  async gestures(task?: SimulatedTask): Promise<string[]> {
    return (await this.world()).player.gestures(task);
  }

  async playing(): Promise<string> {
    return (await this.world()).player.playing;
  }

  /** Another play of the same gesture is another try of the same person. Rejects with LinkError 'no-such-gesture'. */
  async play(gesture: string, person?: string | number): Promise<void> {
    (await this.world()).player.play(gesture, person);
  }

  /** A finger on the board's button, or off it. */
  async press(pressed: boolean): Promise<void> {
    (await this.world()).press(pressed);
  }

  /** From now on plays the recordings in `folder`; their labels are what gestures() then lists. */
  async playFolder(folder: string): Promise<void> {
    await (await this.world()).player.playFolder(folder);
  }

  private tell(event: TransportEvent): void {
    for (const listener of [...this.listeners]) listener(event);
  }
}

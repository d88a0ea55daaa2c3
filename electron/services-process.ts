/**
 * The services' process from outside: forks it, carries requests to it, and when it dies fails what was running,
 * starts it anew and opens the project again. Knows no Electron beyond the shape of a child process, and no window.
 */
import type { ErrorReport } from '../src/base';
import type { ProjectState, RequestName } from '../src/project/contract';
import { ShellError } from './errors';
import type { FromHost, HostOptions, ToHost } from './host-messages';

export interface ChildLike {
  postMessage(message: ToHost, transfer?: unknown[]): void;
  on(event: 'message', listener: (message: FromHost) => void): unknown;
  on(event: 'exit', listener: (code: number) => void): unknown;
  kill(): boolean;
}

export interface ServicesProcessOptions {
  readonly fork: () => ChildLike;
  readonly host: HostOptions;
  /** The process has died: `again` tells whether it is being started anew. */
  readonly onLost: (report: ErrorReport, again: boolean) => void;
  /** It runs again, with the project in this folder open ('' = none). Event ports must be handed over afresh. */
  readonly onRestarted: (project: string) => void;
  readonly now?: () => number;
}

/** More deaths than this within the time below, and it is left dead: the next one would only follow. */
const deathsAllowed = 3;
const deathsWithinMs = 60_000;

interface Running {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

export class ServicesProcess {
  private child: ChildLike | undefined;
  private readonly running = new Map<number, Running>();
  private nextId = 1;
  private deaths: number[] = [];
  private project = '';
  private stopping = false;
  private ended: () => void = () => undefined;
  /** Requests of the interface wait here while a restart opens the project again. */
  private gate: Promise<void> = Promise.resolve();

  constructor(private readonly options: ServicesProcessOptions) {}

  start(): void {
    const child = this.options.fork();
    this.child = child;
    child.on('message', (message) => this.settle(message));
    child.on('exit', () => this.lost(child));
    child.postMessage({ kind: 'start', options: this.options.host });
  }

  /** Rejects with the `ErrorReport` of the services, or with a ShellError where the process is gone. */
  async request(name: RequestName, input: unknown): Promise<unknown> {
    await this.gate;
    const value = await this.send(name, input);
    this.follow(name, value);
    return value;
  }

  /** Hands over a port on which the services send their events. */
  listen(port: unknown): void {
    this.child?.postMessage({ kind: 'listen' }, [port]);
  }

  /** Lets the services finish what must be finished; after `patienceMs` the process is killed. */
  async stop(patienceMs: number): Promise<void> {
    const child = this.child;
    if (!child || this.stopping) return;
    this.stopping = true;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => {
        child.kill();
        resolve();
      }, patienceMs);
      this.ended = () => {
        clearTimeout(timer);
        resolve();
      };
      child.postMessage({ kind: 'stop' });
    });
  }

  private send(name: RequestName, input: unknown): Promise<unknown> {
    const child = this.child;
    if (!child) {
      return Promise.reject(
        new ShellError(
          'services-unavailable',
          'The part of Dormouse that does the work keeps stopping.',
          'What was recorded is safe. Close Dormouse and start it again.',
        ),
      );
    }
    const id = this.nextId++;
    return new Promise((resolve, reject) => {
      this.running.set(id, { resolve, reject });
      child.postMessage({ kind: 'request', id, name, input });
    });
  }

  private settle(message: FromHost): void {
    if (message.kind === 'stopped') {
      this.ended();
      return;
    }
    const waiting = this.running.get(message.id);
    this.running.delete(message.id);
    if (message.ok) waiting?.resolve(message.value);
    else waiting?.reject(message.error);
  }

  /** Remembers which project is open, to open it again after a crash. */
  private follow(name: RequestName, value: unknown): void {
    if (!name.startsWith('project.')) return;
    const state = value as Partial<ProjectState> | undefined;
    this.project = state?.open === true && state.folder ? state.folder : '';
  }

  private lost(child: ChildLike): void {
    if (child !== this.child) return;
    this.child = undefined;
    this.ended();
    const lost = new ShellError(
      'services-lost',
      'The part of Dormouse that does the work stopped unexpectedly.',
      'What was recorded is safe. Do the last step again.',
    );
    const failed = [...this.running.values()];
    this.running.clear();
    for (const waiting of failed) waiting.reject(lost);
    if (this.stopping) return;
    const now = (this.options.now ?? Date.now)();
    this.deaths = [...this.deaths.filter((at) => now - at < deathsWithinMs), now];
    const again = this.deaths.length <= deathsAllowed;
    this.options.onLost(lost.report(), again);
    if (again) this.restart();
  }

  private restart(): void {
    this.start();
    const child = this.child;
    const project = this.project;
    this.gate = (async () => {
      // Where it cannot be opened any more, the interface finds no project open and says so.
      const opened = project && (await this.send('project.open', { folder: project }).catch(() => undefined));
      // It died again meanwhile: the restart after this one reports.
      if (this.child !== child) return;
      this.project = opened ? project : '';
      this.options.onRestarted(this.project);
    })();
  }
}

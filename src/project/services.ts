/**
 * The services behind the app: one handler per request of the contract, over one open project and one connected board.
 * Holds what is open and what runs; the work itself is in the files beside it. The transport (IPC, a test) is not its
 * concern, nor is validation: its input has passed the contract's schemas.
 */
import { join } from 'node:path';
import { boards } from '../boards';
import type {
  AppInfo,
  EventName,
  Events,
  ProjectState,
  RequestInput,
  RequestName,
  RequestOutput,
  Services,
} from './contract';
import { captureHandlers } from './handlers/capture';
import { dataHandlers } from './handlers/data';
import { deviceHandlers } from './handlers/device';
import { liveHandlers } from './handlers/live';
import { modelHandlers } from './handlers/model';
import { projectHandlers } from './handlers/project';
import { Devices } from './devices';
import { Project } from './project';
import { ProjectError } from './errors';
import { RecentProjects } from './recent';
import { projectState } from './state';
import { closedProject } from './steps';

export interface ServiceOptions {
  readonly version: string;
  /** Where settings of the program itself lie (the list of recent projects). */
  readonly userFolder: string;
  /** Where new projects are suggested, and the example is made. */
  readonly projectsFolder: string;
}

export type Handlers = { readonly [N in RequestName]: (input: RequestInput<N>) => Promise<RequestOutput<N>> };
type Listener = (event: never) => void;

/** What the handlers share: the open project, the board, whatever long thing runs. */
export class Session {
  project: Project | null = null;
  readonly devices: Devices;
  readonly recent: RecentProjects;
  /** Names of long things that run now, with the way to stop each. */
  readonly running = new Map<string, AbortController>();
  private readonly listeners = new Map<EventName, Set<Listener>>();
  private stopDatasetNews: (() => void) | undefined;

  constructor(readonly options: ServiceOptions) {
    this.devices = new Devices((name, event) => this.emit(name, event));
    this.recent = new RecentProjects(join(options.userFolder, 'recent.json'));
  }

  emit<N extends EventName>(name: N, event: Events[N]): void {
    for (const listener of this.listeners.get(name) ?? []) (listener as (event: Events[N]) => void)(event);
  }

  on<N extends EventName>(name: N, listener: (event: Events[N]) => void): () => void {
    const set = this.listeners.get(name) ?? new Set<Listener>();
    this.listeners.set(name, set);
    set.add(listener as Listener);
    return () => set.delete(listener as Listener);
  }

  need(): Project {
    if (!this.project)
      throw new ProjectError('no-project', 'No project is open.', 'Open a project, or make a new one.');
    return this.project;
  }

  async use(project: Project): Promise<ProjectState> {
    await this.leave();
    this.project = project;
    this.stopDatasetNews = project.dataset.onChange(() => void this.tellProject());
    await this.recent.opened(project.settings.name, project.folder);
    return this.tellProject();
  }

  async leave(): Promise<void> {
    for (const controller of this.running.values()) controller.abort();
    this.stopDatasetNews?.();
    this.stopDatasetNews = undefined;
    const project = this.project;
    this.project = null;
    await project?.close();
  }

  async state(): Promise<ProjectState> {
    return this.project ? projectState(this.project, this.devices.connected) : closedProject;
  }

  /** Computes the project's state, tells every listener, and returns it. */
  async tellProject(): Promise<ProjectState> {
    const state = await this.state();
    this.emit('project.changed', state);
    return state;
  }

  /** Runs one long thing of a kind at a time, cancellable by its name. */
  async exclusively<T>(name: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    if (this.running.has(name))
      throw new ProjectError('busy', `There is a ${name} running already.`, 'Wait for it to end, or cancel it.');
    const controller = new AbortController();
    this.running.set(name, controller);
    try {
      return await work(controller.signal);
    } finally {
      this.running.delete(name);
    }
  }

  cancel(name: string): boolean {
    const controller = this.running.get(name);
    controller?.abort();
    return controller !== undefined;
  }

  async close(): Promise<void> {
    await this.leave();
    await this.devices.close();
  }
}

export function createServices(options: ServiceOptions): Services & { close(): Promise<void> } {
  const session = new Session(options);
  const handlers: Handlers = {
    'app.info': async (): Promise<AppInfo> => ({
      version: options.version,
      recent: await session.recent.list(),
      projectsFolder: options.projectsFolder,
    }),
    'boards.list': () => Promise.resolve(boards),
    ...projectHandlers(session),
    ...deviceHandlers(session),
    ...captureHandlers(session),
    ...dataHandlers(session),
    ...modelHandlers(session),
    ...liveHandlers(session),
  };
  return {
    request: <N extends RequestName>(name: N, input: RequestInput<N>): Promise<RequestOutput<N>> =>
      handlers[name](input),
    on: (name, listener) => session.on(name, listener),
    close: () => session.close(),
  };
}

/**
 * The services behind the app: one handler per request of the contract, over one open project and one connected board.
 * Holds what is open and what runs; the work itself is in the files beside it. The transport (IPC, a test) is not its
 * concern, nor is validation: its input has passed the contract's schemas.
 */
import { join } from 'node:path';
import { boards } from '../boards';
import type {
  AppInfo,
  DeviceState,
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
import { firmwareHandlers } from './handlers/firmware';
import { liveHandlers } from './handlers/live';
import { modelHandlers } from './handlers/model';
import { projectHandlers } from './handlers/project';
import { Devices } from './devices';
import type { Project } from './project';
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

/** Of each of these one runs at a time, cancellable by its name; the words are what people call it. */
const longThings = {
  train: 'A training',
  test: 'A test',
  deploy: 'Flashing',
  import: 'An import',
  export: 'An export',
  example: 'Making the example',
  explorer: 'Making a map',
  firmware: 'Putting the sketch on a board',
} as const;
type LongThing = keyof typeof longThings;

/** What the handlers share: the open project, the board, whatever long thing runs. */
export class Session {
  project: Project | null = null;
  readonly devices: Devices;
  readonly recent: RecentProjects;
  /** What goes on now, by name: the way to stop each, and when it has ended. `ended` never rejects. */
  readonly running = new Map<string, { readonly controller: AbortController; readonly ended: Promise<unknown> }>();
  private readonly listeners = new Map<EventName, Set<Listener>>();
  private stopDatasetNews: (() => void) | undefined;

  constructor(readonly options: ServiceOptions) {
    let status: DeviceState['status'] = 'none';
    this.devices = new Devices((name, event) => {
      this.emit(name, event);
      if (name !== 'device.changed') return;
      const now = this.devices.state().status;
      if (now === status) return;
      status = now;
      // What the rail says of the board ("on the board") changes with it.
      void this.tellProject();
    });
    this.recent = new RecentProjects(join(options.userFolder, 'recent.json'));
  }

  emit<N extends EventName>(name: N, event: Events[N]): void {
    for (const listener of this.listeners.get(name) ?? []) (listener as (event: Events[N]) => void)(event);
  }

  on<N extends EventName>(name: N, listener: (event: Events[N]) => void): () => void {
    const set = this.listeners.get(name) ?? new Set<Listener>();
    this.listeners.set(name, set);
    set.add(listener);
    return () => set.delete(listener);
  }

  need(): Project {
    if (!this.project)
      throw new ProjectError('no-project', 'No project is open.', 'Open a project, or make a new one.');
    return this.project;
  }

  async use(project: Project): Promise<ProjectState> {
    // Again where another was opened while the one before closed: it must not stay behind, open and locked.
    do await this.leave();
    while (this.project);
    this.project = project;
    this.stopDatasetNews = project.dataset.onChange(() => void this.tellProject());
    // The list is a convenience: a project opens without it, too.
    await this.recent.opened(project.settings.name, project.folder).catch(() => undefined);
    return this.tellProject();
  }

  /** Closes the project once all that works on it has ended, so that nothing is written to its folder any more. */
  async leave(): Promise<void> {
    const project = this.project;
    this.project = null;
    this.stopDatasetNews?.();
    this.stopDatasetNews = undefined;
    const ending = [...this.running.values()];
    for (const { controller } of ending) controller.abort();
    await Promise.all(ending.map(({ ended }) => ended));
    await project?.close();
  }

  async state(): Promise<ProjectState> {
    return this.project ? projectState(this.project, this.devices.connected, this.running) : closedProject;
  }

  /** Computes the project's state, tells every listener, and returns it. */
  async tellProject(): Promise<ProjectState> {
    const state = await this.state();
    this.emit('project.changed', state);
    return state;
  }

  /** Runs one long thing of a kind at a time, cancellable by its name. */
  async exclusively<T>(name: LongThing, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    if (this.running.has(name))
      throw new ProjectError('busy', `${longThings[name]} is under way already.`, 'Wait for it to end, or cancel it.');
    const controller = new AbortController();
    const done = work(controller.signal);
    this.running.set(name, { controller, ended: done.catch(() => undefined) });
    try {
      return await done;
    } finally {
      this.running.delete(name);
    }
  }

  /** The board is needed for something else: recognition on it ends, and whoever watches it is told. */
  async endLive(): Promise<void> {
    const live = this.running.get('live');
    if (!live) return;
    live.controller.abort();
    await live.ended;
    this.emit('live.stopped', { problem: 'Recognition was stopped, because the board was needed for something else.' });
  }

  cancel(name: LongThing): boolean {
    const running = this.running.get(name);
    running?.controller.abort();
    return running !== undefined;
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
    ...firmwareHandlers(session),
  };
  return {
    request: async <N extends RequestName>(name: N, input: RequestInput<N>): Promise<RequestOutput<N>> =>
      handlers[name](input),
    on: (name, listener) => session.on(name, listener),
    close: () => session.close(),
  };
}

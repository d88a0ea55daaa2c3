/**
 * What every screen shares: the open project, the labels' styles, undo, and the way to ask the services for
 * something. Knows no screen.
 */
import { getContext, setContext } from 'svelte';
import type {
  AppInfo,
  ProjectState,
  RequestInput,
  RequestName,
  RequestOutput,
  StepState,
  Task,
} from '../../src/project/contract';
import { keepOrder, styleAt, type LabelStyle } from '../ui/palette';
import { problemOf, type Problem } from '../ui/problem';
import type { DormouseBridge } from './bridge';
import { shellWords } from './words';

export type StepName = StepState['step'];
export const stepNames: readonly StepName[] = ['capture', 'data', 'impulse', 'train', 'test', 'fit', 'live'];

export const noProject: ProjectState = {
  open: false,
  name: '',
  folder: '',
  task: 'motion',
  labels: [],
  captures: 0,
  persons: [],
  sessions: [],
  steps: stepNames.map((step) => ({ step, summary: '', done: false, next: step === 'capture' })),
  undo: '',
  redo: '',
  modelStale: false,
};

/** The order of a project's labels, remembered on this machine, so that a label keeps its colour and shape. */
export class LabelStyles {
  order = $state.raw<readonly string[]>([]);
  private folder = '';

  follow(folder: string, labels: readonly string[]): void {
    if (folder !== this.folder) {
      this.folder = folder;
      this.order = this.remembered();
    }
    const next = keepOrder(this.order, labels);
    if (next === this.order) return;
    this.order = next;
    try {
      localStorage.setItem(`dormouse.labels:${folder}`, JSON.stringify(next));
    } catch {
      // Without storage the styles hold until the window closes.
    }
  }

  styleOf(label: string): LabelStyle {
    const index = this.order.indexOf(label);
    return styleAt(index < 0 ? this.order.length : index);
  }

  private remembered(): readonly string[] {
    try {
      const kept: unknown = JSON.parse(localStorage.getItem(`dormouse.labels:${this.folder}`) ?? '[]');
      return Array.isArray(kept) ? kept.filter((item) => typeof item === 'string') : [];
    } catch {
      return [];
    }
  }
}

export class Session {
  project = $state.raw<ProjectState>(noProject);
  app = $state.raw<AppInfo | undefined>(undefined);
  step = $state<StepName>('capture');
  /** What the first answer of the services was; screens wait for it. */
  ready = $state(false);
  problem = $state.raw<Problem | undefined>(undefined);
  undoNote = $state('');
  /** From the shell: not about anything that the person just did. */
  notice = $state.raw<Problem | undefined>(undefined);
  /** The sheet that asks what a new project is about. */
  newOpen = $state(false);
  readonly labels = new LabelStyles();
  readonly mac: boolean;
  private readonly others: (() => void)[] = [];
  private undoTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly bridge: DormouseBridge) {
    this.mac = bridge.platform === 'darwin';
    bridge.on('project.changed', (project) => this.take(project));
  }

  async begin(): Promise<void> {
    await this.attempt(async () => {
      this.app = await this.ask('app.info');
      this.take(await this.ask('project.state'));
    });
    this.ready = true;
  }

  ask<N extends RequestName>(
    name: N,
    ...input: undefined extends RequestInput<N> ? [RequestInput<N>?] : [RequestInput<N>]
  ): Promise<RequestOutput<N>> {
    return this.bridge.request(name, input[0]);
  }

  /** Runs something and keeps what went wrong in `problem`; true where it went well. */
  async attempt(work: () => Promise<void>): Promise<boolean> {
    this.problem = undefined;
    try {
      await work();
      return true;
    } catch (error) {
      this.problem = problemOf(error);
      return false;
    }
  }

  /** Calls when another project is open, or none, before any screen shows it: what was known is of the one before. */
  onOther(listener: () => void): void {
    this.others.push(listener);
  }

  take(project: ProjectState): void {
    const other = project.folder !== this.project.folder;
    const opened = project.open && other;
    this.labels.follow(
      project.folder,
      project.labels.map((entry) => entry.label),
    );
    this.project = project;
    if (other) {
      // What could be undone was in the project before.
      this.undoNote = '';
      this.others.forEach((listener) => listener());
    }
    if (opened) this.step = project.steps.find((step) => step.next)?.step ?? 'capture';
  }

  /** Shows what was just done, with Undo beside it, for a while. */
  noteUndo(text: string): void {
    this.undoNote = text;
    clearTimeout(this.undoTimer);
    this.undoTimer = setTimeout(() => (this.undoNote = ''), 8000);
  }

  async undo(): Promise<void> {
    if (!this.project.undo) return;
    this.undoNote = '';
    await this.attempt(async () => this.take(await this.ask('project.undo')));
  }

  async redo(): Promise<void> {
    if (!this.project.redo) return;
    await this.attempt(async () => this.take(await this.ask('project.redo')));
  }

  /** Asks where, and makes it there; false where the person changed their mind or it could not be made. */
  async createProject(task: Task): Promise<boolean> {
    const folder = await this.bridge.pickFolder(shellWords.pickNew);
    if (!folder) return false;
    const name = folder.split(/[\\/]/).filter(Boolean).at(-1) ?? shellWords.unnamed;
    return this.attempt(async () => this.take(await this.ask('project.create', { folder, name, task })));
  }

  async openProject(folder?: string): Promise<void> {
    const chosen = folder ?? (await this.bridge.pickFolder(shellWords.pickOpen));
    if (!chosen) return;
    await this.attempt(async () => this.take(await this.ask('project.open', { folder: chosen })));
  }

  async openExample(task: Task): Promise<void> {
    await this.attempt(async () => this.take(await this.ask('project.example', { task })));
  }

  async closeProject(): Promise<void> {
    await this.attempt(async () => {
      this.take(await this.ask('project.close'));
      this.app = await this.ask('app.info');
    });
  }
}

const key = Symbol('session');
export function provideSession(session: Session): void {
  setContext(key, session);
}
export function useSession(): Session {
  return getContext<Session>(key);
}

/**
 * A fake of `window.dormouse` with the same interface: a project of recordings, a board that streams, training that
 * progresses, live results. Deterministic but for the clock. For development and for tests of the interface only.
 */
import type { PortInfo } from '../../src/link/types';
import type {
  Cancelled,
  DeviceState,
  EventName,
  Events,
  ProjectState,
  RequestInput,
  RequestName,
  RequestOutput,
  Task,
  TrainChoices,
  TrainReport,
} from '../../src/project/contract';
import type { ImpulseSettings } from '../../src/impulse/types';
import type { EpochReport } from '../../src/train/engine';
import type { ShellPreferences } from '../../electron/bridge';
import type { DormouseBridge } from '../shell/bridge';
import { stepNames } from '../shell/session.svelte';
import { connectedState, nanoPort, picturesForever, simPort, streamForever } from './fake-board';
import { FakeData } from './fake-data';
import type { FakeRecording } from './fake-runs';
import { FakeError, cancellablePause, pause, playTraining } from './fake-runs';
import { appInfo, epochReport, startSettings, trainReport } from './fake-reports';
import { withSenses } from './fake-senses';
import { sensingHandlers } from './fake-sensing';
import { dataHandlers } from './fake-handlers-data';
import { modelHandlers } from './fake-handlers-model';
import { startKinds } from './fake-impulse';
import { worldOf, type World } from './worlds';

export const scenes = ['welcome', 'empty', 'data', 'trained', 'flashed'] as const;
export type Scene = (typeof scenes)[number];

/** A request that no screen needs yet may be missing; it is refused with a sentence. */
export type Handlers = {
  [N in RequestName]?: (input: RequestInput<N>) => RequestOutput<N> | Promise<RequestOutput<N>>;
};

export class FakeDormouse implements DormouseBridge {
  readonly platform = 'linux';
  private readonly listeners = new Map<string, Set<(event: never) => void>>();
  data: FakeData;
  private open: boolean;
  private name: string;
  world: World;
  device: DeviceState = { status: 'none', port: null, info: null, streaming: null, health: null, problem: '' };
  gesture: string;
  modelOnBoard: boolean;
  report: TrainReport | null = null;
  stale = false;
  private theme: ShellPreferences['theme'] = 'system';
  cancelled = false;
  run: FakeRecording | undefined;
  recognising = false;
  stopLive: () => void = () => undefined;
  settings = startSettings;
  unfinished: TrainChoices['unfinished'] = null;
  impulse: ImpulseSettings = {
    windowMs: 1000,
    strideMs: 200,
    rateHz: 0,
    axes: [],
    dsp: { kind: 'spectral', params: {} },
  };
  liveSettings = { threshold: 0.6, smoothing: 3 };

  constructor(scene: Scene, board: string, size: number, task: Task = 'motion') {
    this.world = worldOf(task);
    this.name = this.world.project;
    this.impulse = { ...this.impulse, dsp: { kind: startKinds[task], params: {} } };
    if (task === 'anomaly') this.settings = { ...this.settings, anomaly: { ...this.settings.anomaly, kind: 'kmeans' } };
    this.gesture = this.world.labels.at(-1) ?? '';
    this.open = scene !== 'welcome';
    this.data = new FakeData(scene === 'welcome' || scene === 'empty' ? 0 : size, this.world);
    this.modelOnBoard = scene === 'flashed';
    if (scene === 'trained' || scene === 'flashed')
      this.report = this.trained(Array.from({ length: 42 }, (_, i) => epochReport(i + 1, 60)));
    if (board !== 'none') {
      this.device = this.connected(simPort);
      this.stream(board === 'sound' ? 1 : this.world.sensor);
    }
    streamForever(
      () => ({ sensor: this.device.streaming?.sensor, gesture: this.gesture }),
      (event) => this.emit('device.samples', event),
    );
    picturesForever(
      () => (this.device.streaming?.sensor === 2 ? this.gesture : undefined),
      (event) => this.emit('device.picture', event),
    );
  }

  on<N extends EventName>(name: N, listener: (event: Events[N]) => void): () => void {
    const set = this.listeners.get(name) ?? new Set();
    set.add(listener);
    this.listeners.set(name, set);
    return () => set.delete(listener);
  }

  async request<N extends RequestName>(name: N, input: RequestInput<N>): Promise<RequestOutput<N>> {
    await pause(2);
    const handler = this.handlers[name];
    if (!handler) throw new FakeError(`The development page does not know ${name}.`, 'Add it to renderer/dev.');
    return handler(input);
  }

  pickFolder = (): Promise<string> => Promise.resolve('/home/you/Dormouse/new-gestures');
  pickFiles = ({ extensions }: { readonly extensions: readonly string[] }): Promise<readonly string[]> =>
    Promise.resolve([`/home/you/recordings/wave.${extensions.includes('bin') ? (extensions.at(0) ?? '') : 'csv'}`]);
  savePath = (options: { defaultName: string }): Promise<string> => Promise.resolve(`/home/you/${options.defaultName}`);
  pathOf = (file: File): string => `/home/you/${file.name}`;

  onShell = (): (() => void) => () => undefined;
  preferences = (): Promise<ShellPreferences> => Promise.resolve({ theme: this.theme, language: 'system', zoom: 1 });
  changePreferences = (change: Partial<ShellPreferences>): Promise<ShellPreferences> => {
    this.theme = change.theme ?? this.theme;
    return this.preferences();
  };
  openExternal = (): Promise<void> => Promise.resolve();

  emit<N extends EventName>(name: N, event: Events[N]): void {
    for (const listener of this.listeners.get(name) ?? []) (listener as (event: Events[N]) => void)(event);
  }

  state(): ProjectState {
    const labels = this.data.counts();
    const count = this.data.items.length;
    const score = this.report?.int8 ? `${(this.report.int8.accuracy * 100).toFixed(0)} % int8` : '';
    const summaries: Record<string, string> = {
      capture: count ? `${labels.length} labels` : '',
      data: count ? `${count} recordings` : '',
      impulse: count ? this.impulse.dsp.kind : '',
      train: this.report ? '2,906 parameters' : '',
      test: score,
      fit: this.modelOnBoard ? 'on the board' : '',
      live: this.recognising ? 'recognising now' : '',
    };
    const next = count === 0 ? 'capture' : !this.report ? 'train' : !this.modelOnBoard ? 'fit' : 'live';
    return {
      open: this.open,
      name: this.open ? this.name : '',
      folder: this.open ? `/home/you/Dormouse/${this.name}` : '',
      task: this.world.task,
      labels,
      captures: count,
      persons: this.data.distinct('person'),
      sessions: this.data.distinct('session'),
      steps: stepNames.map((step) => ({
        step,
        summary: summaries[step],
        done: summaries[step] !== '',
        next: step === next,
      })),
      undo: this.data.undoName,
      redo: this.data.redoName,
      modelStale: this.stale,
    };
  }

  changed(): ProjectState {
    this.stale = this.report !== null;
    const state = this.state();
    this.emit('project.changed', state);
    return state;
  }

  trained(history: readonly EpochReport[]): TrainReport {
    const labels = this.data.counts().map((entry) => entry.label);
    const report = trainReport(this.settings, labels, this.data.items, history);
    const testing = this.data.find({ split: 'testing' });
    const add = (score: TrainReport['int8']): TrainReport['int8'] => score && withSenses(this.world, score, testing);
    return { ...report, float: add(report.float), int8: add(report.int8) };
  }

  connected(port: PortInfo): DeviceState {
    return connectedState(port, this.modelOnBoard);
  }

  private stream(sensor: number): DeviceState {
    const rateHz = [100, 16000, 30][sensor];
    this.device = {
      ...this.device,
      streaming: { sensor, rateHz },
      health: { frames: 6000, lost: 0, measuredRateHz: rateHz * 0.9987, damagedWireFrames: 0 },
    };
    return this.device;
  }

  setDevice(state: DeviceState): DeviceState {
    this.device = state;
    this.emit('device.changed', state);
    return state;
  }

  async train(): Promise<TrainReport> {
    this.cancelled = false;
    this.unfinished = { epoch: 12, epochs: this.settings.epochs };
    const history = await playTraining(
      this.settings.epochs,
      () => this.cancelled,
      (progress) => this.emit('train.progress', progress),
    );
    this.report = this.trained(history);
    this.emit('train.progress', { phase: 'finished' });
    this.changed();
    this.stale = false;
    this.emit('project.changed', this.state());
    return this.report;
  }

  readonly cancel = (): Cancelled => {
    this.cancelled = true;
    return { cancelled: true };
  };

  readonly cancellablePause = (ms: number): Promise<void> => cancellablePause(ms, () => this.cancelled);

  private readonly handlers: Handlers = {
    'app.info': () => appInfo,
    'project.create': ({ name, task }) => this.reopen(name, 0, task),
    'project.open': ({ folder }) => this.reopen(folder.split('/').at(-1) ?? 'Project', 60),
    'project.example': (input) => this.reopen('Example', 60, input?.task),
    'project.close': () => {
      this.open = false;
      return this.changed();
    },
    'project.state': () => this.state(),
    'project.undo': () => this.edit(() => this.data.undo()),
    'project.redo': () => this.edit(() => this.data.redo()),
    'devices.list': () => [nanoPort, simPort],
    'device.connect': async ({ path }) => {
      const port = [nanoPort, simPort].find((one) => one.path === path);
      this.setDevice({ ...this.device, status: 'connecting' });
      await pause(60);
      if (!port) {
        this.setDevice({ ...this.device, status: 'none', port: null, info: null });
        throw new FakeError(`There is no port called ${path}.`, 'Check the name, or choose one of the list.');
      }
      return this.setDevice(this.connected(port));
    },
    'device.disconnect': () =>
      this.setDevice({ status: 'none', port: null, info: null, streaming: null, health: null, problem: '' }),
    'device.state': () => this.device,
    'device.stream': ({ sensor }) => this.setDevice(this.stream(sensor)),
    'device.stopStream': () => this.setDevice({ ...this.device, streaming: null, health: null }),
    'device.simulate': ({ gesture }) => {
      if (this.world.labels.includes(gesture)) this.gesture = gesture;
      return { gestures: this.world.labels, playing: this.gesture };
    },
    'device.press': ({ pressed }) => {
      this.emit('device.button', { pressed });
      return { pressed };
    },
    'device.rollback': () => this.setDevice(this.device),
    ...dataHandlers(this),
    ...modelHandlers(this),
    ...sensingHandlers(this),
  };

  edit(work: () => void): ProjectState {
    work();
    return this.changed();
  }

  private reopen(name: string, size: number, task: Task = 'motion'): ProjectState {
    this.world = worldOf(task);
    this.impulse = { ...this.impulse, dsp: { kind: startKinds[task], params: {} } };
    this.open = true;
    this.name = name;
    this.data = new FakeData(size, this.world);
    this.report = null;
    return this.changed();
  }
}

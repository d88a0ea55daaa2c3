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
  TrainChoices,
  TrainReport,
  TrainSettings,
} from '../../src/project/contract';
import type { ImpulseSettings } from '../../src/impulse/types';
import type { EpochReport } from '../../src/train/engine';
import type { ShellPreferences } from '../../electron/bridge';
import type { DormouseBridge } from '../shell/bridge';
import { stepNames } from '../shell/session.svelte';
import { connectedState, nanoPort, simPort, streamForever } from './fake-board';
import { FakeData } from './fake-data';
import { fakeMap } from './fake-explorer';
import { FakeError, FakeRecording, cancellablePause, pause, playDeploy, playLive, playTraining } from './fake-runs';
import { compressionReport } from './fake-compression';
import { impulseState, previewOf } from './fake-impulse';
import {
  appInfo,
  boards,
  epochReport,
  fitReport,
  scoreReport,
  startChoices,
  startSettings,
  trainReport,
} from './fake-reports';
import { gestures } from './signals';

export const scenes = ['welcome', 'empty', 'data', 'trained', 'flashed'] as const;
export type Scene = (typeof scenes)[number];

/** A request that no screen needs yet may be missing; it is refused with a sentence. */
type Handlers = { [N in RequestName]?: (input: RequestInput<N>) => RequestOutput<N> | Promise<RequestOutput<N>> };

export class FakeDormouse implements DormouseBridge {
  readonly platform = 'linux';
  private readonly listeners = new Map<string, Set<(event: never) => void>>();
  private readonly data: FakeData;
  private open: boolean;
  private name = 'Gestures';
  private device: DeviceState = { status: 'none', port: null, info: null, streaming: null, health: null, problem: '' };
  private gesture = 'wave';
  private modelOnBoard: boolean;
  private report: TrainReport | null = null;
  private stale = false;
  private theme: ShellPreferences['theme'] = 'system';
  private cancelled = false;
  private run: FakeRecording | undefined;
  private recognising = false;
  private stopLive: () => void = () => undefined;
  private settings = startSettings;
  private unfinished: TrainChoices['unfinished'] = null;
  private impulse: ImpulseSettings = {
    windowMs: 1000,
    strideMs: 200,
    rateHz: 0,
    axes: [],
    dsp: { kind: 'spectral', params: {} },
  };
  private liveSettings = { threshold: 0.6, smoothing: 3 };

  constructor(scene: Scene, board: string, size: number) {
    this.open = scene !== 'welcome';
    this.data = new FakeData(scene === 'welcome' || scene === 'empty' ? 0 : size);
    this.modelOnBoard = scene === 'flashed';
    if (scene === 'trained' || scene === 'flashed')
      this.report = this.trained(Array.from({ length: 42 }, (_, i) => epochReport(i + 1, 60)));
    if (board !== 'none') {
      this.device = this.connected(simPort);
      this.stream(board === 'sound' ? 1 : 0);
    }
    streamForever(
      () => ({ sensor: this.device.streaming?.sensor, gesture: this.gesture }),
      (event) => this.emit('device.samples', event),
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
    const handler = this.handlers[name] as Handlers[N];
    if (!handler) throw new FakeError(`The development page does not know ${name}.`, 'Add it to renderer/dev.');
    return handler(input);
  }

  pickFolder = (): Promise<string> => Promise.resolve('/home/you/Dormouse/new-gestures');
  pickFiles = (): Promise<readonly string[]> => Promise.resolve(['/home/you/recordings/wave.csv']);
  savePath = (options: { defaultName: string }): Promise<string> => Promise.resolve(`/home/you/${options.defaultName}`);
  pathOf = (file: File): string => `/home/you/${file.name}`;

  onShell = (): (() => void) => () => undefined;
  preferences = (): Promise<ShellPreferences> => Promise.resolve({ theme: this.theme, language: 'system', zoom: 1 });
  changePreferences = (change: Partial<ShellPreferences>): Promise<ShellPreferences> => {
    this.theme = change.theme ?? this.theme;
    return this.preferences();
  };
  openExternal = (): Promise<void> => Promise.resolve();

  private emit<N extends EventName>(name: N, event: Events[N]): void {
    for (const listener of this.listeners.get(name) ?? []) (listener as (event: Events[N]) => void)(event);
  }

  private state(): ProjectState {
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
      task: 'motion',
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

  private changed(): ProjectState {
    this.stale = this.report !== null;
    const state = this.state();
    this.emit('project.changed', state);
    return state;
  }

  private trained(history: readonly EpochReport[]): TrainReport {
    const labels = this.data.counts().map((entry) => entry.label);
    return trainReport(this.settings, labels, this.data.items, history);
  }

  private connected(port: PortInfo): DeviceState {
    return connectedState(port, this.modelOnBoard);
  }

  private stream(sensor: number): DeviceState {
    const rateHz = sensor === 1 ? 16000 : 100;
    this.device = {
      ...this.device,
      streaming: { sensor, rateHz },
      health: { frames: 6000, lost: 0, measuredRateHz: rateHz * 0.9987, damagedWireFrames: 0 },
    };
    return this.device;
  }

  private setDevice(state: DeviceState): DeviceState {
    this.device = state;
    this.emit('device.changed', state);
    return state;
  }

  private async train(): Promise<TrainReport> {
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

  private readonly cancel = (): Cancelled => {
    this.cancelled = true;
    return { cancelled: true };
  };

  private readonly cancellablePause = (ms: number): Promise<void> => cancellablePause(ms, () => this.cancelled);

  private readonly handlers: Handlers = {
    'app.info': () => appInfo,
    'project.create': ({ name }) => this.reopen(name, 0),
    'project.open': ({ folder }) => this.reopen(folder.split('/').at(-1) ?? 'Project', 60),
    'project.example': () => this.reopen('Example gestures', 60),
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
      if (gestures.includes(gesture)) this.gesture = gesture;
      return { gestures, playing: this.gesture };
    },
    'device.rollback': () => this.setDevice(this.device),
    'capture.start': (input) => {
      this.run = new FakeRecording(
        input,
        (progress) => this.emit('capture.progress', progress),
        (frames) => {
          const saved = this.data.make(input.label, {
            person: input.person ?? '',
            session: input.session ?? '',
            frames,
          });
          this.edit(() => this.data.add(saved));
          return saved;
        },
      );
      return { started: true };
    },
    'capture.stop': ({ keep }) => {
      this.run?.stop(keep);
      return { stopped: true };
    },
    'data.list': ({ query, offset, limit }) => {
      const found = this.data.find(query);
      return { total: found.length, items: found.slice(offset, offset + limit) };
    },
    'data.get': ({ id }) => {
      const capture = this.data.get(id);
      if (!capture) throw new FakeError('That recording is gone.', 'Choose another one.');
      return capture;
    },
    'data.label': ({ ids, label }) => this.edit(() => this.data.update(`label ${label}`, ids, { label })),
    'data.split': ({ ids, split }) =>
      this.edit(() => this.data.update(`set ${split}`, ids, { split, splitPinned: true })),
    'data.person': ({ ids, person, session }) =>
      this.edit(() =>
        this.data.update('person', ids, {
          ...(person !== undefined && { person }),
          ...(session !== undefined && { session }),
        }),
      ),
    'data.autoSplit': ({ by, testing }) => this.edit(() => this.data.split(by, testing)),
    'data.trim': ({ id, start, end }) => this.edit(() => this.data.update('trim', [id], { trim: { start, end } })),
    'data.delete': ({ ids }) => this.edit(() => this.data.remove(ids)),
    'import.cancel': this.cancel,
    'export.cancel': this.cancel,
    'data.import': async ({ paths }) => {
      this.cancelled = false;
      for (let done = 0; done <= 4; done++) {
        this.emit('import.progress', { done, total: 4, step: paths[0] });
        await this.cancellablePause(60);
      }
      const item = this.data.make('wave', { person: 'Ada' });
      this.edit(() => this.data.add(item));
      return {
        imported: 1,
        duplicates: 0,
        labels: { wave: 1 },
        warnings: ['wave.csv: 3 lines were not numbers and were left out; the 197 good lines were kept.'],
        ids: [item.id],
      };
    },
    'data.export': async ({ path }) => {
      this.cancelled = false;
      for (let done = 0; done <= 4; done++) {
        this.emit('export.progress', { done: done * 15, total: 60, step: 'Exporting' });
        await this.cancellablePause(60);
      }
      return { files: this.data.items.length, path };
    },
    'explorer.start': (input) => fakeMap(this.data.items, input),
    'explorer.cancel': this.cancel,
    'impulse.get': () => impulseState(this.impulse),
    'impulse.set': (change) => {
      this.impulse = { ...this.impulse, ...(change as Partial<ImpulseSettings>) };
      return impulseState(this.impulse);
    },
    'impulse.preview': ({ id, start }) => previewOf(this.impulse, id, start),
    'train.settings': () => this.settings,
    'train.configure': (change) => (this.settings = { ...this.settings, ...(change as Partial<TrainSettings>) }),
    'train.choices': () => ({ ...startChoices, unfinished: this.unfinished }),
    'train.start': () => this.train(),
    'train.cancel': this.cancel,
    'train.report': () => this.report,
    'test.compression': () => compressionReport(this.report?.int8?.labels ?? []),
    'test.cancel': this.cancel,
    'test.run': async ({ engine }) => {
      this.cancelled = false;
      for (let done = 0; done <= 60; done += 20) {
        this.emit('test.progress', { done, total: 60 });
        await this.cancellablePause(80);
      }
      const labels = this.data.counts().map((entry) => entry.label);
      return scoreReport(engine, labels, this.data.find({ split: 'testing' }));
    },
    'boards.list': () => boards,
    'fit.estimate': ({ board }) => {
      const profile = boards.find((one) => one.id === board);
      if (!profile) throw new FakeError('That board is not known.', 'Choose one of the list.');
      return fitReport(profile);
    },
    'deploy.start': async () => {
      this.cancelled = false;
      await playDeploy(
        () => this.cancelled,
        (progress) => this.emit('deploy.progress', progress),
      );
      this.modelOnBoard = true;
      const { streaming, health } = this.device;
      if (this.device.port) this.setDevice({ ...this.connected(this.device.port), streaming, health });
      this.emit('project.changed', this.state());
      return { slot: 0, bytes: 9504, seconds: 0.62, bytesPerSecond: 15_329, goldenVectors: 4, selfTestMicros: 16_480 };
    },
    'deploy.cancel': this.cancel,
    'export.model': ({ path }) => ({ bytes: 7912, path }),
    'live.start': () => {
      this.recognising = true;
      this.emit('project.changed', this.state());
      const labels = this.data.counts().map((entry) => entry.label);
      this.stopLive = playLive(
        labels,
        () => this.gesture,
        (gesture) => (this.gesture = gesture),
        () => this.liveSettings.threshold,
        (result) => this.emit('live.result', result),
      );
      return { labels, strideSeconds: 0.2, windowSeconds: 1, mayReject: false, settings: this.liveSettings };
    },
    'live.stop': () => {
      this.stopLive();
      this.recognising = false;
      this.emit('project.changed', this.state());
      return { stopped: true };
    },
    'live.settings': ({ threshold, smoothing }) =>
      (this.liveSettings = {
        threshold: threshold ?? this.liveSettings.threshold,
        smoothing: smoothing ?? this.liveSettings.smoothing,
      }),
    'live.feedback': ({ label }) => {
      const item = this.data.make(label);
      this.edit(() => this.data.add(item));
      return item;
    },
  };

  private edit(work: () => void): ProjectState {
    work();
    return this.changed();
  }

  private reopen(name: string, size: number): ProjectState {
    this.open = true;
    this.name = name;
    const fresh = new FakeData(size);
    this.data.items = fresh.items;
    this.report = null;
    return this.changed();
  }
}

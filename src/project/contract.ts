/**
 * The contract between the services in `src/` and whoever drives them: every request the app can make, with a schema
 * for what goes in and a type for what comes out, and every event that comes back. The Electron bridge validates with
 * these schemas, the host implements them, the renderer sees only their types. Pure: no Node, no DOM.
 */
import * as v from 'valibot';
import type { BoardProfile } from '../boards/types';
import { dspKinds, type DspParameter } from '../core/types';
import type { CaptureSummary } from '../dataset/types';
import type {
  DeployProgress,
  DeployReport,
  FirmwarePlan,
  FirmwareProgress,
  FirmwareReport,
  LiveSettings,
} from '../deploy/types';
import type { FitReport } from '../fit/types';
import type { ImpulseSettings, ResolvedImpulse } from '../impulse/types';
import type { LiveResult } from '../live/types';
import type { ReplayReport } from './replay-report';
export type * from './replay-report';
import type { ExplorerProgress } from './explorer/types';
import type { PortInfo, SampleBlock } from '../link/types';
import { beginSchema, firmwareSchema, liveSettingsSchema } from './board-requests';
import { dataRequests, idSchema, idsSchema, labelSchema, shortText, splitSchema, whole, within } from './contract-data';
import type { Cancelled, DataOutputs } from './contract-data';
import type { CaptureProgress, DeviceState, ProjectState, RecentProject } from './contract-states';
import type {
  AnomalyView,
  CompressionReport,
  FeaturePreview,
  ScoreReport,
  TrainChoices,
  TrainProgress,
  TrainReport,
  TrainSettings,
} from './reports';
import { trainChangeSchema } from './train-settings';

export { captureQuerySchema, labelSchema } from './contract-data';
export type * from './contract-data';
export { modelKinds } from './reports';
export type * from './explorer/types';
export type * from './reports';
export type * from './contract-states';

const nothing = v.undefined();

export const taskSchema = v.picklist(['motion', 'audio', 'image', 'anomaly']);
export type Task = v.InferOutput<typeof taskSchema>;

/**
 * int8 .tflite and the image for `deploy`; the same as source code (`cpp` is a folder, `arduino` a library's .zip); the
 * rest is float, for the tools of others (`tfjs` is a folder).
 */
export const modelFormats = ['tflite', 'image', 'cpp', 'arduino', 'tflite-float', 'keras', 'tfjs'] as const;
export type ModelFormat = (typeof modelFormats)[number];

/** Request name -> schema of its argument. The channel list of the bridge is exactly these keys. */
export const requests = {
  'app.info': nothing,
  'project.create': v.object({
    folder: v.pipe(v.string(), v.minLength(1), v.maxLength(4096)),
    name: shortText,
    task: taskSchema,
  }),
  'project.open': v.object({ folder: v.pipe(v.string(), v.minLength(1), v.maxLength(4096)) }),
  /** A project in the app's own folder, filled from the simulated board. */
  'project.example': v.optional(v.object({ task: v.optional(taskSchema) })),
  'project.close': nothing,
  'project.state': nothing,
  'project.undo': nothing,
  'project.redo': nothing,

  'devices.list': nothing,
  'device.connect': v.object({ path: v.pipe(v.string(), v.minLength(1), v.maxLength(1024)) }),
  'device.disconnect': nothing,
  'device.state': nothing,
  'device.stream': v.object({ sensor: whole(0, 255), rateHz: v.optional(within(0.1, 100_000)) }),
  'device.stopStream': nothing,
  /** Only for the simulated board: which gesture it plays, so that each label can be recorded. */
  'device.simulate': v.object({ gesture: shortText }),
  /** Only for the simulated board: a finger on its button, or off it. */
  'device.press': v.object({ pressed: v.boolean() }),
  'device.rollback': nothing,

  'capture.start': v.object({
    label: labelSchema,
    /** 0 = until capture.stop (hold to record). */
    seconds: within(0, 600),
    count: whole(1, 1000),
    countdownSeconds: within(0, 10),
    pauseSeconds: within(0, 60),
    /** Of a camera: `count` pictures so far apart; 0 or nothing = as fast as they come. */
    everyMs: v.optional(within(0, 60_000)),
    /** Each begins by itself: when so much goes on (as `level` of device.samples), or when the board's button is pressed. */
    begin: v.optional(beginSchema),
    person: v.optional(shortText),
    session: v.optional(shortText),
    split: v.optional(splitSchema),
  }),
  /** Ends a held recording and keeps it; `keep: false` throws the running one away. */
  'capture.stop': v.object({ keep: v.boolean() }),

  ...dataRequests,

  'impulse.get': nothing,
  'impulse.set': v.object({
    windowMs: v.optional(within(0, 60_000)),
    strideMs: v.optional(within(0, 60_000)),
    rateHz: v.optional(within(0, 100_000)),
    axes: v.optional(v.pipe(v.array(shortText), v.maxLength(64))),
    dsp: v.optional(
      v.object({
        kind: v.picklist(dspKinds),
        params: v.record(shortText, v.pipe(v.number(), v.finite())),
      }),
    ),
  }),
  'impulse.preview': v.object({ id: idSchema, start: whole(0, 1e9) }),

  'train.settings': nothing,
  'train.configure': trainChangeSchema,
  /** `board`: which one the time of an answer is estimated for. */
  'train.choices': v.optional(v.object({ board: v.optional(shortText) })),
  /** Answers when training has ended, whichever way; progress comes as events. */
  'train.start': v.optional(v.object({ resume: v.optional(v.boolean()) })),
  'train.cancel': nothing,
  'train.report': nothing,

  'test.run': v.object({ engine: v.picklist(['float', 'int8', 'device']) }),
  /** All forms of the model (float, int8, pruned) side by side. Cancelled as a test is. */
  'test.compression': nothing,
  'test.cancel': nothing,
  /** How usual and unusual windows score; null where the model does not know what is usual. */
  'anomaly.view': nothing,
  'boards.list': nothing,
  'fit.estimate': v.object({ board: shortText }),
  'deploy.start': nothing,
  'deploy.cancel': nothing,

  /** Which board is meant ('' or left out: the one that is plugged in), and how its sketch gets onto it here. */
  'firmware.plan': firmwareSchema,
  'firmware.install': firmwareSchema,
  'firmware.cancel': nothing,
  'export.model': v.object({
    format: v.picklist(modelFormats),
    path: v.pipe(v.string(), v.minLength(1), v.maxLength(4096)),
  }),

  'live.start': nothing,
  'live.stop': nothing,
  /** The camera's newest picture as the model sees it. */
  'live.seen': nothing,
  /** Changes what is given, and answers all of them; with nothing given it only answers. */
  'live.settings': liveSettingsSchema,
  /** False alarms and misses per hour on these captures, joined (none: all that are held out), and what would be better. */
  'live.replay': v.object({ ids: idsSchema, falseAlarmsPerHour: v.optional(within(0, 3600)) }),
  'live.replayCancel': nothing,
  /** "Wrong? Add it with this label": stores the sensor data of a result's window as a new capture. */
  'live.feedback': v.object({ window: whole(0, 4294967295), label: labelSchema }),
} as const;

export type RequestName = keyof typeof requests;
export type RequestInput<N extends RequestName> = v.InferOutput<(typeof requests)[N]>;

export interface AppInfo {
  readonly version: string;
  readonly recent: readonly RecentProject[];
  /** Where new projects are suggested. */
  readonly projectsFolder: string;
}

export interface RequestOutputs extends DataOutputs {
  'app.info': AppInfo;
  'project.create': ProjectState;
  'project.open': ProjectState;
  'project.example': ProjectState;
  'project.close': ProjectState;
  'project.state': ProjectState;
  'project.undo': ProjectState;
  'project.redo': ProjectState;
  'devices.list': readonly PortInfo[];
  'device.connect': DeviceState;
  'device.disconnect': DeviceState;
  'device.state': DeviceState;
  'device.stream': DeviceState;
  'device.stopStream': DeviceState;
  'device.simulate': { readonly gestures: readonly string[]; readonly playing: string };
  'device.press': { readonly pressed: boolean };
  'device.rollback': DeviceState;
  'capture.start': { readonly started: true };
  'capture.stop': { readonly stopped: true };
  'impulse.get': {
    readonly settings: ImpulseSettings;
    readonly resolved: ResolvedImpulse | null;
    readonly parameters: readonly DspParameter[];
    readonly problem: string;
  };
  'impulse.set': RequestOutputs['impulse.get'];
  'impulse.preview': FeaturePreview;
  'train.settings': TrainSettings;
  'train.configure': TrainSettings;
  'train.choices': TrainChoices;
  'train.start': TrainReport;
  'train.cancel': Cancelled;
  'train.report': TrainReport | null;
  'test.run': ScoreReport;
  'test.compression': CompressionReport;
  'test.cancel': Cancelled;
  'anomaly.view': AnomalyView | null;
  'boards.list': readonly BoardProfile[];
  'fit.estimate': FitReport;
  'deploy.start': DeployReport;
  'deploy.cancel': Cancelled;
  'firmware.plan': FirmwarePlan;
  'firmware.install': FirmwareReport;
  'firmware.cancel': Cancelled;
  'export.model': { readonly bytes: number; readonly path: string };
  'live.start': {
    readonly labels: readonly string[];
    readonly strideSeconds: number;
    readonly windowSeconds: number;
    /** Whether an answer without a label means "none of these" rather than "not sure". */
    readonly mayReject: boolean;
    readonly settings: LiveSettings;
  };
  'live.stop': { readonly stopped: true };
  'live.seen': FeaturePreview['picture'] | null;
  'live.settings': LiveSettings;
  'live.replay': ReplayReport;
  'live.replayCancel': { readonly cancelled: boolean };
  'live.feedback': CaptureSummary;
}
export type RequestOutput<N extends RequestName> = RequestOutputs[N];

/** Event name -> what it carries. */
export interface Events {
  'project.changed': ProjectState;
  'devices.changed': readonly PortInfo[];
  'device.changed': DeviceState;
  /** At most 60 times a second, several blocks joined. */
  'device.samples': {
    readonly axes: number;
    readonly rateHz: number;
    readonly blocks: readonly SampleBlock[];
    /** The highest in them: of sound in % of full scale, else how far the first axes are from rest, in their units. */
    readonly level: number;
  };
  'device.button': { readonly pressed: boolean };
  /** At most 30 times a second, the newest: rows from the top left, one or three bytes a pixel. `lost`: since the one before. */
  'device.picture': {
    readonly number: number;
    readonly lost: number;
    readonly width: number;
    readonly height: number;
    readonly channels: 1 | 3;
    readonly pixels: Uint8Array;
  };
  'capture.progress': CaptureProgress;
  'import.progress': { readonly done: number; readonly total: number; readonly step: string };
  'export.progress': { readonly done: number; readonly total: number; readonly step: string };
  'explorer.progress': ExplorerProgress;
  'train.progress': TrainProgress;
  'test.progress': { readonly done: number; readonly total: number };
  'deploy.progress': DeployProgress;
  'firmware.progress': FirmwareProgress;
  'live.result': LiveResult;
  'live.replayProgress': { readonly done: number; readonly total: number };
  'live.stopped': { readonly problem: string };
}
export type EventName = keyof Events;
/** A record, so that none can be left out: what is not here never reaches the app. */
const everyEvent: Record<EventName, true> = {
  'project.changed': true,
  'devices.changed': true,
  'device.changed': true,
  'device.samples': true,
  'device.picture': true,
  'device.button': true,
  'capture.progress': true,
  'import.progress': true,
  'export.progress': true,
  'explorer.progress': true,
  'train.progress': true,
  'test.progress': true,
  'deploy.progress': true,
  'firmware.progress': true,
  'live.result': true,
  'live.replayProgress': true,
  'live.stopped': true,
};
export const eventNames = Object.keys(everyEvent) as readonly EventName[];

/** What a driver of the services holds: the command line directly, the renderer through the bridge. */
export interface Services {
  request<N extends RequestName>(name: N, input: RequestInput<N>): Promise<RequestOutput<N>>;
  on<N extends EventName>(name: N, listener: (event: Events[N]) => void): () => void;
}

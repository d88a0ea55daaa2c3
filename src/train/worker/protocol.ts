/** What crosses between the engine and its worker threads. Types only. */
import type { ErrorReport } from '../../base';
import type { ModelSpec } from '../../model';
import type { EpochReport, TrainResult } from '../engine';
import type { LoopOptions } from '../loop';
import type { Plan } from '../plan';

/** How a worker is started: one leads the training loop, the others help with each batch. */
export type WorkerTask =
  | {
      readonly role: 'lead';
      readonly module: WebAssembly.Module;
      readonly memory: WebAssembly.Memory;
      readonly spec: ModelSpec;
      readonly options: LoopOptions;
      readonly plan: Plan;
      /** One word: 1 = stop after the batch that runs. */
      readonly cancel: Int32Array;
    }
  | {
      readonly role: 'help';
      readonly module: WebAssembly.Module;
      readonly memory: WebAssembly.Memory;
      readonly job: number;
      readonly thread: number;
      readonly stack: number;
    };

/** What the leading worker says. */
export type WorkerMessage =
  | { readonly kind: 'epoch'; readonly report: EpochReport }
  | { readonly kind: 'finished'; readonly result: TrainResult }
  | { readonly kind: 'failed'; readonly error: ErrorReport };

/**
 * The default engine: our own kernels (src/train/kernels), as WebAssembly with SIMD, on worker threads. The same seed
 * and rows give the same weights to the bit on every machine and for any number of threads.
 */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { assetPath } from '../base';
import { checkWeights, macsOf, type ModelSpec, type ModelWeights } from '../model';
import { checkGradientOptions, checkOptions } from './check-options';
import { checkInputs, checkRows, checkTrainingRows } from './checks';
import { stateOf } from './checkpoint';
import type { GradientOptions, LabelledRows, TrainEngine, TrainOptions, TrainResult } from './engine';
import { TrainError } from './errors';
import { TrainingLoop, type LoopOptions } from './loop';
import { kernelHeapBase, kernelModule, Machine, reserveMemory } from './machine';
import { objectiveOf } from './objective';
import { planProgram, type Plan, type RowsRequest } from './plan';
import type { WorkerMessage, WorkerTask } from './worker/protocol';

export interface CoreEngineOptions {
  /** The built worker script; default where the installation has it. null = train in the caller's process, yielding. */
  readonly workerScript?: string | null | undefined;
}

/** Most rows and multiply-accumulates of one run of predict(); the caller's event loop gets its turn between two. */
const predictBatch = 64;
const predictMacs = 3e8;

const yieldToCaller = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function findWorkerScript(): string | null {
  try {
    return assetPath('worker', 'train-worker.js');
  } catch {
    return null;
  }
}

const none = new Float32Array(0);
const noRows: LabelledRows = { count: 0, x: none, y: new Int32Array(0), targets: none };

/** What a worker can be sent: no functions, no signal. */
function loopOptionsOf(options: TrainOptions): LoopOptions {
  const sendable: TrainOptions = { ...options, signal: undefined, onProgress: undefined, onEpoch: undefined };
  return sendable;
}

function errorFromWorker(error: { code: string; message: string; action: string }): TrainError {
  return error.code === 'diverged'
    ? new TrainError('diverged', error.message, error.action)
    : new TrainError('worker-failed', `Training stopped: ${error.message}`, error.action);
}

interface Prepared {
  readonly machine: Machine;
  readonly plan: Plan;
  readonly memory: WebAssembly.Memory;
}

class CoreEngine implements TrainEngine {
  readonly id = 'core';
  private readonly workerScript: string | null;
  private readonly workers = new Set<Worker>();
  /** Kept between calls of predict() and gradients(): reserving memory costs more than a small model's run. */
  private memory: WebAssembly.Memory | undefined;
  /** Whose program and weights lie in that memory. */
  private inMemory: Machine | undefined;

  constructor(options: CoreEngineOptions) {
    this.workerScript = options.workerScript === undefined ? findWorkerScript() : options.workerScript;
  }

  describe(): Promise<string> {
    const threads = this.workerScript === null ? 'in this process' : `up to ${availableParallelism()} threads`;
    return Promise.resolve(`core: Dormouse's own kernels, WebAssembly SIMD, ${threads}`);
  }

  async train(
    spec: ModelSpec,
    training: LabelledRows,
    validation: LabelledRows | undefined,
    options: TrainOptions,
  ): Promise<TrainResult> {
    const objective = objectiveOf(spec);
    const held = validation ?? noRows;
    checkTrainingRows(training, objective);
    checkRows(held, objective, 'validation');
    checkOptions(options, objective, spec.input);
    if (options.initial) checkWeights(spec, options.initial);
    const threads = this.workerScript === null ? 1 : options.threads || availableParallelism();
    const plan = planProgram({
      spec,
      batch: options.batchSize,
      threads,
      training,
      validation: held,
      frozen: options.frozen,
      masked: Boolean(options.sparsity ?? options.masks),
      base: kernelHeapBase(),
      fakeQuantisation: options.fakeQuantisation,
    });
    if (options.resume) stateOf(options.resume, spec, plan);
    const memory = reserveMemory(plan.bytes);
    const machine = new Machine(kernelModule(), memory, plan);
    machine.install();
    machine.setRows(plan.training, training);
    machine.setRows(plan.validation, held);
    const prepared = { machine, plan, memory };
    return this.workerScript === null
      ? this.trainHere(spec, prepared, options)
      : this.trainInWorkers(this.workerScript, spec, prepared, options);
  }

  private trainHere(spec: ModelSpec, { machine }: Prepared, options: TrainOptions): Promise<TrainResult> {
    const hooks = {
      cancelled: () => options.signal?.aborted ?? false,
      epoch: (report: Parameters<NonNullable<TrainOptions['onEpoch']>>[0]) => this.report(report, options),
      pause: yieldToCaller,
    };
    return new TrainingLoop(machine, loopOptionsOf(options), hooks, spec).run();
  }

  private report(report: Parameters<NonNullable<TrainOptions['onEpoch']>>[0], options: TrainOptions): void {
    options.onEpoch?.(report);
    options.onProgress?.({ step: 'Training', done: report.epoch, total: report.epochs });
  }

  private start(script: string, task: WorkerTask): Worker {
    const worker = new Worker(script, { workerData: task });
    this.workers.add(worker);
    worker.once('exit', () => this.workers.delete(worker));
    return worker;
  }

  private async trainInWorkers(
    script: string,
    spec: ModelSpec,
    { plan, memory }: Prepared,
    options: TrainOptions,
  ): Promise<TrainResult> {
    const cancel = new Int32Array(new SharedArrayBuffer(4));
    const abort = () => Atomics.store(cancel, 0, 1);
    if (options.signal?.aborted) abort();
    options.signal?.addEventListener('abort', abort);
    const shared = { module: kernelModule(), memory };
    const team: Worker[] = [];
    try {
      for (let thread = 1; thread < plan.threads; thread++)
        team.push(this.start(script, { role: 'help', ...shared, job: plan.job, thread, stack: plan.stacks[thread] }));
      const lead = { role: 'lead', ...shared, spec, plan, options: loopOptionsOf(options), cancel } as const;
      team.push(this.start(script, lead));
      return await this.follow(team, options);
    } finally {
      options.signal?.removeEventListener('abort', abort);
      await Promise.all(team.map((worker) => worker.terminate()));
    }
  }

  /** Waits for the leader's result; any thread that ends before it fails the training. */
  private follow(team: readonly Worker[], options: TrainOptions): Promise<TrainResult> {
    return new Promise((resolve, reject) => {
      const fail = (cause?: unknown) => {
        reject(
          new TrainError(
            'worker-failed',
            'Training stopped because one of its threads ended unexpectedly.',
            'Train again; close other programs if memory is short.',
            cause,
          ),
        );
      };
      const leader = team[team.length - 1];
      for (const worker of team) {
        worker.once('error', fail);
        // A helper may end, its work done, before the leader's last message is read.
        worker.once('exit', (code) => {
          if (worker === leader || code !== 0) fail();
        });
      }
      leader.on('message', (message: WorkerMessage) => {
        if (message.kind === 'epoch') this.report(message.report, options);
        else if (message.kind === 'finished') resolve(message.result);
        else reject(errorFromWorker(message.error));
      });
    });
  }

  /** A machine in this process over the kept memory. Valid until the next await. */
  private machineHere(
    spec: ModelSpec,
    batch: number,
    training: RowsRequest,
    options: GradientOptions | 'answers',
  ): Machine {
    const answersOnly = options === 'answers';
    const { frozen, fakeQuantisation } = answersOnly ? {} : options;
    const validation = { count: 0 };
    const base = kernelHeapBase();
    const settings = { frozen, fakeQuantisation, answersOnly };
    const plan = planProgram({ spec, batch, threads: 1, training, validation, base, ...settings });
    if (!this.memory || this.memory.buffer.byteLength < plan.bytes) this.memory = reserveMemory(plan.bytes);
    const machine = new Machine(kernelModule(), this.memory, plan);
    machine.install();
    this.inMemory = machine;
    return machine;
  }

  async predict(spec: ModelSpec, weights: ModelWeights, x: Float32Array, count: number): Promise<Float32Array> {
    const objective = objectiveOf(spec);
    const { width, outputs } = objective;
    checkInputs(x, count, width, 'given');
    checkWeights(spec, weights);
    const out = new Float32Array(count * outputs);
    const batch = Math.max(1, Math.min(predictBatch, Math.floor(predictMacs / macsOf(spec))));
    let machine: Machine | undefined;
    for (let from = 0; from < count; from += batch) {
      const rows = Math.min(batch, count - from);
      // Somebody else may have used the memory while we waited.
      if (!machine || this.inMemory !== machine) {
        machine = this.machineHere(spec, batch, { count: batch }, 'answers');
        machine.setWeights(spec, weights, 0);
      }
      machine.setRows(machine.plan.training, { x: x.subarray(from * width, (from + rows) * width) });
      machine.run({ mode: 'evaluate', rows: machine.plan.training, from: 0, count: rows });
      const at = machine.plan.answers / 4;
      out.set(machine.floats.subarray(at, at + rows * outputs), from * outputs);
      await yieldToCaller();
    }
    return out;
  }

  gradients(
    spec: ModelSpec,
    weights: ModelWeights,
    rows: LabelledRows,
    options: GradientOptions = {},
  ): Promise<{ loss: number; gradients: ModelWeights }> {
    const objective = objectiveOf(spec);
    checkRows(rows, objective, 'given');
    checkGradientOptions(options, objective);
    checkWeights(spec, weights);
    const machine = this.machineHere(spec, rows.count, rows, options);
    machine.setWeights(spec, weights, 0);
    machine.setRows(machine.plan.training, rows);
    if (options.classWeights) machine.floats.set(options.classWeights, machine.plan.classWeights / 4);
    const settings = { smoothing: options.labelSmoothing ?? 0 };
    const batch = { mode: 'gradients', rows: machine.plan.training, from: 0, count: rows.count, settings } as const;
    const { loss } = machine.run(batch);
    return Promise.resolve({ loss: loss / rows.count, gradients: machine.gradients(spec.layers.length) });
  }

  async close(): Promise<void> {
    this.memory = this.inMemory = undefined;
    await Promise.all([...this.workers].map((worker) => worker.terminate()));
  }
}

/** The default engine. Cheap to make; threads live only while something trains. */
export function coreEngine(options: CoreEngineOptions = {}): TrainEngine {
  return new CoreEngine(options);
}

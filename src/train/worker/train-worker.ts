/**
 * A training thread. The program is installed in the shared memory before any worker starts; a helper runs its part of
 * each batch until the leader quits, the leader runs the loop and reports. Bundled to dist/workers/train-worker.js.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { reportOf } from '../../base';
import type { EpochReport } from '../engine';
import { TrainingLoop } from '../loop';
import { Machine, serve } from '../machine';
import type { WorkerMessage, WorkerTask } from './protocol';

async function lead(task: WorkerTask & { role: 'lead' }): Promise<void> {
  const say = (message: WorkerMessage) => parentPort?.postMessage(message);
  const machine = new Machine(task.module, task.memory, task.plan);
  try {
    const hooks = {
      cancelled: () => Atomics.load(task.cancel, 0) !== 0,
      epoch: (report: EpochReport) => say({ kind: 'epoch', report }),
      pause: () => undefined,
    };
    say({ kind: 'finished', result: await new TrainingLoop(machine, task.options, hooks, task.spec).run() });
  } catch (error) {
    say({ kind: 'failed', error: reportOf(error) });
  } finally {
    machine.quit();
  }
}

const task = workerData as WorkerTask;
if (task.role === 'help') serve(task.module, task.memory, task.job, task.thread, task.stack);
else await lead(task);

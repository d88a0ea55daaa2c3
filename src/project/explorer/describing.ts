/**
 * Describes stored captures, many of them in threads of their own: reading and computing then take what cores there are,
 * and the thread that listens to boards is left alone. Where the built worker is missing, or there are few, here.
 */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { assetPath, type LongWork } from '../../base';
import type { Core } from '../../core';
import { storedReader, type StoredCapture } from '../../dataset';
import type { ResolvedImpulse } from '../../impulse';
import { ProjectError } from '../errors';
import { describeCaptures } from './describe';

/** What a thread is given first. Plain data. */
export interface DescribeTask {
  readonly folder: string;
  readonly resolved: ResolvedImpulse;
}

/** null: something went wrong. */
export interface DescribeAnswer {
  readonly rows: readonly (Float32Array | null)[] | null;
}

/** Captures described at a time. */
const atOnce = 32;
/** Threads take a tenth of a second to start. */
const worthThreads = 300;
const mostThreads = 4;

const cancelled = (): ProjectError =>
  new ProjectError('cancelled', 'Making the map was cancelled.', 'Start it again when you like.');

function findScript(): string | null {
  try {
    return assetPath('worker', 'describe-worker.js');
  } catch {
    return null;
  }
}

/** One thread, which answers one question at a time; null where it could not. */
class DescribingThread {
  private readonly worker: Worker;
  private waiting: ((answer: DescribeAnswer) => void) | undefined;
  private over = false;

  constructor(script: string, task: DescribeTask) {
    this.worker = new Worker(script, { workerData: task });
    this.worker.on('message', (answer: DescribeAnswer) => this.settle(answer));
    const end = (): void => {
      this.over = true;
      this.settle({ rows: null });
    };
    this.worker.on('error', end);
    this.worker.on('exit', end);
  }

  private settle(answer: DescribeAnswer): void {
    const { waiting } = this;
    this.waiting = undefined;
    waiting?.(answer);
  }

  async ask(captures: readonly StoredCapture[]): Promise<DescribeAnswer['rows']> {
    if (this.over) return null;
    const answer = await new Promise<DescribeAnswer>((resolve) => {
      this.waiting = resolve;
      this.worker.postMessage(captures);
    });
    return answer.rows;
  }

  async end(): Promise<void> {
    await this.worker.terminate();
  }
}

/**
 * One description per capture, null for one without windows of this impulse. Rejects with ProjectError `cancelled`, or
 * what reading a capture rejects with.
 */
export async function describeStored(
  core: Core,
  task: DescribeTask,
  captures: readonly StoredCapture[],
  work: LongWork,
  script: string | null = captures.length >= worthThreads ? findScript() : null,
): Promise<(Float32Array | null)[]> {
  const rows = new Array<Float32Array | null>(captures.length).fill(null);
  const read = storedReader(task.folder);
  const here = async (some: readonly StoredCapture[]): Promise<readonly (Float32Array | null)[]> =>
    describeCaptures(core, task.resolved, await Promise.all(some.map(read)));
  const wanted = script === null ? 0 : Math.min(mostThreads, Math.max(1, availableParallelism()));
  const threads = Array.from({ length: wanted }, () => new DescribingThread(script!, task));
  let next = 0;
  let done = 0;
  const takeTurns = async (thread?: DescribingThread): Promise<void> => {
    while (next < captures.length) {
      if (work.signal?.aborted) throw cancelled();
      const first = next;
      const some = captures.slice(first, (next += atOnce));
      const found = (await thread?.ask(some)) ?? (await here(some));
      for (const [i, row] of found.entries()) rows[first + i] = row;
      done += some.length;
      work.onProgress?.({ step: 'Looking at the captures', done, total: captures.length });
    }
  };
  try {
    await Promise.all(threads.length > 0 ? threads.map(takeTurns) : [takeTurns()]);
  } finally {
    next = captures.length;
    await Promise.all(threads.map((thread) => thread.end()));
  }
  return rows;
}

/** Runs a layout in a thread of its own where the built worker is there, else here in turns with everything else. */
import { Worker } from 'node:worker_threads';
import { assetPath } from '../../base';
import { ProjectError } from '../errors';
import { layOut, type LayoutNews, type LayoutTask } from './layout';

type Finished = LayoutNews & { kind: 'finished' };
type Progress = LayoutNews & { kind: 'progress' };

const cancelled = (): ProjectError =>
  new ProjectError('cancelled', 'Making the map was cancelled.', 'Start it again when you like.');

function findScript(): string | null {
  try {
    return assetPath('worker', 'map-worker.js');
  } catch {
    return null;
  }
}

async function here(task: LayoutTask, onProgress: (news: Progress) => void, signal?: AbortSignal): Promise<Finished> {
  for (const news of layOut(task)) {
    await new Promise((resolve) => setImmediate(resolve));
    if (signal?.aborted) throw cancelled();
    if (news.kind === 'finished') return news;
    onProgress(news);
  }
  throw new Error('A layout ended without its points.');
}

/** Rejects with ProjectError `cancelled`, or `no-memory` where the thread ended by itself. */
export async function runLayout(
  task: LayoutTask,
  onProgress: (news: Progress) => void,
  signal?: AbortSignal,
  script: string | null = findScript(),
): Promise<Finished> {
  if (signal?.aborted) throw cancelled();
  if (script === null) return here(task, onProgress, signal);
  const worker = new Worker(script, { workerData: task });
  try {
    return await new Promise<Finished>((resolve, reject) => {
      signal?.addEventListener('abort', () => reject(cancelled()), { once: true });
      const fail = (cause?: unknown): void => {
        const message = 'The map could not be made, because its thread ended unexpectedly.';
        reject(
          new ProjectError('no-memory', message, 'Close other programs if memory is short, then try again.', cause),
        );
      };
      worker.once('error', fail);
      worker.once('exit', () => fail());
      worker.on('message', (news: LayoutNews) => (news.kind === 'finished' ? resolve(news) : onProgress(news)));
    });
  } finally {
    await worker.terminate();
  }
}

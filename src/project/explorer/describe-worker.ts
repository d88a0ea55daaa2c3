/** A thread that reads captures and describes them. Bundled to dist/workers/describe-worker.js. */
import { parentPort, workerData } from 'node:worker_threads';
import { loadCore } from '../../core';
import { storedReader, type StoredCapture } from '../../dataset';
import { describeCaptures } from './describe';
import type { DescribeAnswer, DescribeTask } from './describing';

const { folder, resolved } = workerData as DescribeTask;
const read = storedReader(folder);

async function answer(captures: readonly StoredCapture[]): Promise<DescribeAnswer> {
  try {
    const core = await loadCore();
    return { rows: describeCaptures(core, resolved, await Promise.all(captures.map(read))) };
  } catch {
    // Whoever asked does it over, and has the error as it is.
    return { rows: null };
  }
}

parentPort?.on('message', (captures: readonly StoredCapture[]) => {
  void answer(captures).then((said) => parentPort?.postMessage(said));
});

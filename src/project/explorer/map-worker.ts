/** The thread in which a map of captures is laid out. Bundled to dist/workers/map-worker.js. */
import { parentPort, workerData } from 'node:worker_threads';
import { layOut, type LayoutTask } from './layout';

// Listening keeps the thread until it is ended from outside: a thread that ends by itself may do so before its last
// words are read.
parentPort?.on('message', () => undefined);
for (const news of layOut(workerData as LayoutTask)) parentPort?.postMessage(news);

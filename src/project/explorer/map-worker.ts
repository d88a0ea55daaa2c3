/** The thread in which a map of captures is laid out. Bundled to dist/workers/map-worker.js. */
import { parentPort, workerData } from 'node:worker_threads';
import { layOut, type LayoutTask } from './layout';

for (const news of layOut(workerData as LayoutTask)) parentPort?.postMessage(news, [news.points.buffer as ArrayBuffer]);

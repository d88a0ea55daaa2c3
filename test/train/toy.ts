/** Made-up motion: four gestures that differ in speed and axis, with noise. The same rows for the same seed. */
import { createHash } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'vite';
import { installRoot, Random } from '../../src/base';
import { buildModel, type ModelSpec, type ModelWeights } from '../../src/model';
import type { LabelledRows, TrainOptions } from '../../src/train';

export const toyClasses = 4;

/** A wave of slopes only: no sin, whose last bit differs between machines. */
const triangle = (phase: number) => Math.abs((phase % 2) - 1) * 2 - 1;

export function toyMotion(count: number, frames: number, axes: number, seed: number): LabelledRows {
  const random = new Random(seed);
  const x = new Float32Array(count * frames * axes);
  const y = new Int32Array(count);
  for (let row = 0; row < count; row++) {
    y[row] = row % toyClasses;
    const start = random.uniform() * 2;
    for (let t = 0; t < frames; t++)
      for (let a = 0; a < axes; a++) {
        const loud = a === y[row] % axes ? 1 : 0.3;
        x[(row * frames + t) * axes + a] = loud * triangle(start + t * (0.05 + 0.04 * y[row])) + 0.2 * random.normal();
      }
  }
  return { count, x, y };
}

/** Convolution, batch norm, pooling, dropout, dense: every kind of layer that motion models use. */
export function toySpec(frames: number, axes: number): ModelSpec {
  const medium = buildModel({ kind: 'conv1d', size: 'medium', inputShape: [frames, axes], classes: toyClasses });
  return {
    ...medium,
    layers: [medium.layers[0], { kind: 'batchNorm', activation: 'relu6' }, ...medium.layers.slice(1)],
  };
}

export const toyOptions: TrainOptions = {
  epochs: 3,
  batchSize: 32,
  learningRate: 0.003,
  seed: 7,
  threads: 1,
  patience: 0,
  leastSteps: 1,
};

/** SHA-256 of all weights in their order, first 16 digits. */
export function digestOf(weights: ModelWeights): string {
  const hash = createHash('sha256');
  for (const layer of weights)
    for (const values of Object.values(layer) as Float32Array[])
      hash.update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  return hash.digest('hex').slice(0, 16);
}

/** Bundles the training worker as scripts/build.mjs does, so that these tests need no build before them. */
export async function bundleWorker(): Promise<string> {
  const folder = mkdtempSync(join(installRoot(), 'node_modules', '.dormouse-test-worker-'));
  await build({
    configFile: false,
    root: installRoot(),
    logLevel: 'error',
    build: {
      ssr: 'src/train/worker/train-worker.ts',
      outDir: folder,
      target: 'node20',
      rollupOptions: { output: { entryFileNames: 'train-worker.mjs', format: 'es' } },
    },
  });
  return join(folder, 'train-worker.mjs');
}

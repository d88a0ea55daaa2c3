/** Finds TensorFlow: the native package where it is installed and starts, else the plain JavaScript one. */
import { createRequire } from 'node:module';
import type * as TensorFlow from '@tensorflow/tfjs';
import { TrainError } from '../errors';

export type Tf = typeof TensorFlow;

export interface LoadedTensorFlow {
  readonly tf: Tf;
  /** A sentence's worth: which package, which version. */
  readonly about: string;
}

/** Functions of node:util that tfjs-node 4.22 calls and Node 23 removed. */
function restoreRemovedUtilities(): void {
  const util = createRequire(import.meta.url)('node:util') as Record<string, unknown>;
  util['isNullOrUndefined'] ??= (value: unknown) => value === null || value === undefined;
  util['isArray'] ??= Array.isArray;
  util['isString'] ??= (value: unknown) => typeof value === 'string';
}

let loading: Promise<LoadedTensorFlow> | undefined;

async function load(): Promise<LoadedTensorFlow> {
  // Names in variables: the bundler must leave both packages out, and the first is often absent.
  const native = '@tensorflow/tfjs-node';
  const plain = '@tensorflow/tfjs';
  try {
    restoreRemovedUtilities();
    const tf = (await import(native)) as Tf;
    await tf.ready();
    return { tf, about: `tfjs-node ${tf.version_core}, native` };
  } catch {
    // Not installed, or its library does not load here: the plain package does the same, slowly.
  }
  try {
    const tf = (await import(plain)) as Tf;
    // Otherwise it recommends the native package on every start.
    tf.enableProdMode();
    await tf.setBackend('cpu');
    await tf.ready();
    return { tf, about: `tfjs ${tf.version_core}, plain JavaScript (slow)` };
  } catch (error) {
    throw new TrainError(
      'engine-missing',
      'TensorFlow.js is not installed.',
      'Use the core engine, or install @tensorflow/tfjs.',
      error,
    );
  }
}

/** @throws TrainError `engine-missing`. */
export function loadTensorFlow(): Promise<LoadedTensorFlow> {
  loading ??= load();
  return loading;
}

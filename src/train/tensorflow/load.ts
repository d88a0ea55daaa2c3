/** Finds TensorFlow: the native package where it is installed and starts, else the plain JavaScript one. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type * as TensorFlow from '@tensorflow/tfjs';
import { TrainError } from '../errors';

export type Tf = typeof TensorFlow;

export interface LoadedTensorFlow {
  readonly tf: Tf;
  /** A sentence's worth: which package, which version. */
  readonly about: string;
}

// Names in variables: the bundler must leave both packages out, and the first is often absent.
const native = '@tensorflow/tfjs-node';
const plain = '@tensorflow/tfjs';
/** Names the folder in whose node_modules a tfjs-node stands that was built there (docs/tfjs-node.md). */
const folderVariable = 'DORMOUSE_TFJS_NODE';

/**
 * The functions of node:util that tfjs-node 4.22 calls (in its backend and its TopK kernel) and Node 23 removed. It
 * looks them up at each call, so they may come before or after it.
 */
function restoreRemovedUtilities(): void {
  const util = createRequire(import.meta.url)('node:util') as Record<string, unknown>;
  util['isNullOrUndefined'] ??= (value: unknown) => value === null || value === undefined;
  util['isArray'] ??= Array.isArray;
}

/** @param from where the package is looked for, as if a module of that folder imported it. */
async function loadNative(from?: string): Promise<LoadedTensorFlow> {
  restoreRemovedUtilities();
  const found = from ? pathToFileURL(createRequire(join(from, 'package.json')).resolve(native)).href : native;
  const module = (await import(found)) as Partial<Tf> & { default?: Tf };
  // A CommonJS package whose names the loader did not see comes as nothing but a default.
  const tf = module.ready ? (module as Tf) : (module.default as Tf);
  await tf.ready();
  return { tf, about: `tfjs-node ${tf.version_core}, native` };
}

/**
 * @param folder to load tfjs-node from; undefined: wherever it is installed, if it is.
 * @throws TrainError `engine-missing`, also where a folder is named and the package there does not start.
 */
export async function openTensorFlow(folder: string | undefined): Promise<LoadedTensorFlow> {
  try {
    return await loadNative(folder);
  } catch (error) {
    if (folder) {
      const reason = error instanceof Error ? error.message.split('\n')[0].slice(0, 200) : String(error);
      throw new TrainError(
        'engine-missing',
        `The tfjs-node in ${folder} does not start: ${reason}`,
        `Build it again (docs/tfjs-node.md), or take ${folderVariable} out of the environment.`,
        error,
      );
    }
    // Not installed, or its library does not load here: the plain package does the same, slowly.
  }
  return openPlain();
}

async function openPlain(): Promise<LoadedTensorFlow> {
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

let loading: Promise<LoadedTensorFlow> | undefined;
let loadingPlain: Promise<LoadedTensorFlow> | undefined;

/** Loads it once. @param plain only the JavaScript package, whatever is installed. @throws TrainError `engine-missing`. */
export function loadTensorFlow(plain: boolean): Promise<LoadedTensorFlow> {
  if (plain) return (loadingPlain ??= openPlain());
  loading ??= openTensorFlow(process.env[folderVariable]);
  return loading;
}

/**
 * Where a cancelled training stood, in one file of the project's `model` folder, so that it can be continued, in
 * another run of the program, too. Belongs to one set of data and settings: for any other it does not exist.
 */
import { createHash } from 'node:crypto';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { replaceFile } from '../../base';
import type { Checkpoint, EpochReport, TrainResult, TransferCheckpoint } from '../../train';
import type { TrainSettings } from '../contract';
import { pack, unpack } from '../packing';
import type { Chosen } from './choice';

export interface Unfinished {
  readonly format: 1;
  /** unfinishedKey() of what it belongs to. */
  readonly key: string;
  /** The watched training, the one with everybody, or what follows it. */
  readonly pass: 'watched' | 'everybody' | 'shrinking';
  readonly checkpoint: Checkpoint | TransferCheckpoint | null;
  /** Of this pass so far. */
  readonly history: readonly EpochReport[];
  /** Epochs that the pass has in all. */
  readonly epochs: number;
  /** The pass before this one. */
  readonly before: TrainResult | null;
}

/** Settings that change nothing of the training itself, and those that come after it. */
type Indifferent = 'threads' | 'quantisation' | 'prune';

/** Of everything that the numbers of a training depend on. */
export function unfinishedKey(fingerprint: string, settings: TrainSettings, { spec, transfer }: Chosen): string {
  const { threads, quantisation, prune, ...rest } = settings;
  void ({ threads, quantisation, prune } satisfies Record<Indifferent, unknown>);
  const hash = createHash('sha256').update(JSON.stringify([fingerprint, rest, spec]));
  for (const layer of transfer?.weights ?? [])
    for (const values of Object.values(layer) as Float32Array[]) hash.update(values);
  return hash.digest('hex');
}

const pathIn = (folder: string): string => join(folder, 'model', 'unfinished.cbor');

/** A cancelled training is worth keeping but nothing to fail for: a full disk only makes it begin anew. */
export async function keepUnfinished(folder: string, unfinished: Unfinished): Promise<void> {
  const path = pathIn(folder);
  try {
    await mkdir(dirname(path), { recursive: true });
    await replaceFile(path, pack(unfinished));
  } catch {
    await forgetUnfinished(folder);
  }
}

export async function forgetUnfinished(folder: string): Promise<void> {
  await rm(pathIn(folder), { force: true }).catch(() => undefined);
}

/** null where there is none of that key, or the file is damaged. */
export async function loadUnfinished(folder: string, key: string): Promise<Unfinished | null> {
  try {
    const stored = unpack(await readFile(pathIn(folder))) as Unfinished;
    return stored.format === 1 && stored.key === key ? stored : null;
  } catch {
    return null;
  }
}

/**
 * Recordings in little, for lists and plots: of each stretch its smallest and its largest values, so that what is drawn
 * from a few hundred frames looks like what would be drawn from millions. Computed once: kept in memory, and of long
 * recordings in the project's `.cache`, too. Belongs to a recording's content, which never changes under its id.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { realDisk, replaceFile } from '../base';
import type { Dataset } from '../dataset';
import type { Outline } from './contract-data';
import { ProjectError } from './errors';
import { pack, unpack } from './packing';

/** What a file of the cache holds; fewer are made of these. */
const finest = 4096;
/** Recordings of more values are worth a file: reading one of them takes longer than anybody waits. */
const worthFile = 500_000;
/** Values kept in memory: 32 MB. */
const mostKept = 8_000_000;

/** `values`: frames of `axes` values. At most `points` frames come back: per stretch one of the smallest, one of the largest. */
export function outlineOf(values: Float32Array, axes: number, points: number): Float32Array {
  const frames = values.length / axes;
  if (frames <= points) return values;
  const stretches = Math.floor(points / 2);
  const out = new Float32Array(stretches * 2 * axes);
  for (let s = 0; s < stretches; s++) {
    const first = Math.floor((s * frames) / stretches);
    const last = Math.floor(((s + 1) * frames) / stretches);
    for (let axis = 0; axis < axes; axis++) {
      let low = Infinity;
      let high = -Infinity;
      for (let i = first * axes + axis; i < last * axes; i += axes) {
        const value = values[i];
        if (value < low) low = value;
        if (value > high) high = value;
      }
      out[2 * s * axes + axis] = low;
      out[(2 * s + 1) * axes + axis] = high;
    }
  }
  return out;
}

const pathOf = (folder: string, hash: string): string =>
  // Hashed again: a notes file that somebody wrote may call itself anything.
  join(folder, '.cache', 'outlines', `${createHash('sha256').update(hash).digest('hex').slice(0, 32)}.cbor`);

async function loadFile(path: string, axes: number): Promise<Float32Array | undefined> {
  try {
    const values = unpack(await readFile(path));
    const isWhole = values instanceof Float32Array && values.length === finest * axes && values.every(Number.isFinite);
    return isWhole ? values : undefined;
  } catch {
    // Not there, or damaged: made anew.
    return undefined;
  }
}

async function saveFile(path: string, values: Float32Array): Promise<void> {
  try {
    await realDisk.makeFolder(join(path, '..'));
    await replaceFile(path, pack(values));
  } catch {
    // A help only: on a full disk it is computed again the next time.
  }
}

/** The outlines of one dataset. */
export class Outlines {
  private readonly kept = new Map<string, Promise<Float32Array>>();
  private size = 0;

  constructor(private readonly dataset: Dataset) {}

  /** Rejects with ProjectError `bad-argument` for a picture, or what reading the capture rejects with. */
  async get(id: string, points: number): Promise<Outline> {
    const { summary } = this.dataset.stored(id);
    const { axes, rateHz, frames, kind, hash } = summary;
    if (kind === 'image')
      throw new ProjectError('bad-argument', `The capture ${id} is a picture.`, 'Ask for its thumbnail.');
    const key = `${hash} ${points}`;
    const there = this.kept.get(key);
    const made = there ?? this.make(id, hash, axes.length, frames, points);
    if (!there) this.keep(key, made);
    return { axes, rateHz, frames, values: await made };
  }

  private async make(id: string, hash: string, axes: number, frames: number, points: number): Promise<Float32Array> {
    const isLong = frames * axes > worthFile;
    if (!isLong) return outlineOf((await this.dataset.get(id)).values, axes, points);
    const path = pathOf(this.dataset.folder, hash);
    const stored = await loadFile(path, axes);
    if (stored) return outlineOf(stored, axes, points);
    const fine = outlineOf((await this.dataset.get(id)).values, axes, finest);
    if (!this.dataset.readOnly) await saveFile(path, fine);
    return outlineOf(fine, axes, points);
  }

  /** The oldest go first. */
  private keep(key: string, made: Promise<Float32Array>): void {
    this.kept.set(key, made);
    made.then(
      (values) => {
        this.size += values.length;
        for (const [oldest, one] of this.kept) {
          if (this.size <= mostKept || oldest === key) break;
          this.kept.delete(oldest);
          void one.then((gone) => (this.size -= gone.length)).catch(() => undefined);
        }
      },
      () => this.kept.delete(key),
    );
  }
}

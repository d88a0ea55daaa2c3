/**
 * The descriptions of a project's captures, made once: kept for as long as the project is open, and in its `.cache` for
 * the next time. Each belongs to a recording's content, not its name, and all to one impulse; the file may be deleted.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { realDisk, replaceFile, type LongWork } from '../../base';
import type { Core } from '../../core';
import type { CaptureSummary } from '../../dataset';
import type { ResolvedImpulse } from '../../impulse';
import { pack, unpack } from '../packing';
import type { Project } from '../project';
import { describeStored } from './describing';

export interface Descriptions {
  /** Only captures that could be described. */
  readonly captures: readonly CaptureSummary[];
  readonly width: number;
  /** One row of `width` per capture. */
  readonly values: Float32Array;
}

/** Counts up when the same capture gets another description than before. */
const format = 1;

interface Stored {
  readonly format: number;
  readonly impulse: string;
  /** One key per row of `values`; of `without` there is none. */
  readonly keys: readonly string[];
  readonly without: readonly string[];
  readonly values: Float32Array;
}

const pathIn = (folder: string): string => join(folder, '.cache', 'map.cbor');

function keyOf({ hash, trim, segments, gaps }: CaptureSummary): string {
  const said = JSON.stringify([hash, trim, segments.length > 0 ? segments : 0, gaps.length > 0 ? gaps : 0]);
  return createHash('sha256').update(said).digest('base64').slice(0, 22);
}

function isStored(found: unknown, impulse: string): found is Stored {
  const { keys, without, values, ...head } = (found ?? {}) as Partial<Stored>;
  const texts = (list: unknown): boolean => Array.isArray(list) && list.every((one) => typeof one === 'string');
  if (head.format !== format || head.impulse !== impulse || !texts(keys) || !texts(without)) return false;
  if (!(values instanceof Float32Array) || !values.every(Number.isFinite)) return false;
  const rows = keys?.length ?? 0;
  return rows === 0 ? values.length === 0 : values.length % rows === 0;
}

/** Empty where there is nothing for this impulse, or the file is damaged. */
async function load(folder: string, impulse: string): Promise<Map<string, Float32Array | null>> {
  const known = new Map<string, Float32Array | null>();
  try {
    const stored = unpack(await readFile(pathIn(folder)));
    if (!isStored(stored, impulse)) return known;
    const width = stored.values.length / Math.max(1, stored.keys.length);
    for (const [i, key] of stored.keys.entries()) known.set(key, stored.values.subarray(i * width, (i + 1) * width));
    for (const key of stored.without) known.set(key, null);
  } catch {
    // Nothing kept, or nothing readable: it is made anew.
  }
  return known;
}

async function save(folder: string, impulse: string, known: ReadonlyMap<string, Float32Array | null>): Promise<void> {
  const rows = [...known].flatMap(([key, row]) => (row ? [{ key, row }] : []));
  const width = rows[0]?.row.length ?? 0;
  const values = new Float32Array(rows.length * width);
  for (const [i, { row }] of rows.entries()) values.set(row, i * width);
  const without = [...known].flatMap(([key, row]) => (row ? [] : [key]));
  const stored: Stored = { format, impulse, keys: rows.map(({ key }) => key), without, values };
  const path = pathIn(folder);
  try {
    await realDisk.makeFolder(dirname(path));
    await replaceFile(path, pack(stored));
  } catch {
    // A help only: on a full disk the next map takes longer.
  }
}

export class DescriptionStore {
  private known: Map<string, Float32Array | null> = new Map<string, Float32Array | null>();
  private impulse = '';
  private saving: Promise<void> = Promise.resolve();

  /** Rejects with ProjectError `cancelled`, or what reading a capture rejects with. */
  async describeAll(
    project: Project,
    core: Core,
    resolved: ResolvedImpulse,
    captures: readonly CaptureSummary[],
    work: LongWork,
  ): Promise<Descriptions> {
    const impulse = JSON.stringify([resolved.block, resolved.shape, resolved.axes, resolved.units]);
    if (impulse !== this.impulse) this.known = await load(project.folder, impulse);
    this.impulse = impulse;
    const keys = captures.map(keyOf);
    const fresh = captures.flatMap((capture, i) => (this.known.has(keys[i]) ? [] : [{ capture, key: keys[i] }]));
    const found = await describeStored(
      core,
      { folder: project.folder, resolved },
      fresh.map(({ capture }) => project.dataset.stored(capture.id)),
      work,
    );
    for (const [i, row] of found.entries()) this.known.set(fresh[i].key, row);
    if (fresh.length > 0 && !project.dataset.readOnly) {
      const used = new Set(keys);
      const kept = new Map([...this.known].filter(([key]) => used.has(key)));
      // Behind the map: nobody waits for it.
      this.saving = this.saving.then(() => save(project.folder, impulse, kept));
    }
    const pairs = captures.flatMap((capture, i) => {
      const found = this.known.get(keys[i]);
      return found ? [{ capture, found }] : [];
    });
    const width = pairs[0]?.found.length ?? 0;
    const values = new Float32Array(pairs.length * width);
    for (const [i, { found }] of pairs.entries()) values.set(found, i * width);
    return { captures: pairs.map(({ capture }) => capture), width, values };
  }

  /** When nothing is being written any more. */
  async settled(): Promise<void> {
    await this.saving;
  }
}

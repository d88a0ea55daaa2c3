/**
 * What is in `captures/`, found quickly: a cache remembers each capture's line together with the size and time of its
 * notes file, so that opening a project reads only what changed since. The cache may be deleted, damaged or out of
 * date at any time; then the files are read again.
 *
 * Checked on every open: each notes file's size and time, and the list of names unless the folder itself is unchanged.
 * Data files are written once; a replaced one is noticed when its notes change or when it is read.
 */
import { readFileSync, statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { isTemporaryName, replaceFile, type Disk } from '../base';
import { loadCache, packCache, type CachedCatalogue } from './catalogue-cache';
import { diskError, isMissing } from './errors';
import { completeNotes, contentHash, dataExtensions, idPattern, labelFromName, parseNotes } from './notes';
import type { DataExtension, DataHeader } from './notes';
import { decodeRecording, dropBadFrames, type Recording } from './store';
import type { CaptureNotes, CaptureSummary } from './types';

/** Size and time of the file that an entry was read from. */
export interface Stamp {
  readonly size: number;
  readonly time: number;
}

export interface Entry {
  readonly id: string;
  readonly notes: CaptureNotes;
  readonly data: DataHeader;
  readonly stamp: Stamp;
  /** One plain sentence where something about this capture is wrong, '' otherwise. */
  readonly problem: string;
}

/** Everything a list shows of one capture. */
export function summaryOf(entry: Entry): CaptureSummary {
  const { kind, axes, rateHz, frames, width, hash } = entry.data;
  const pixels = width === undefined ? {} : { width };
  return { ...entry.notes, id: entry.id, kind, axes, rateHz, frames, ...pixels, hash };
}

export function stampOf(path: string): Stamp | undefined {
  const found = statSync(path, { throwIfNoEntry: false });
  return found?.isFile() ? { size: found.size, time: found.mtimeMs } : undefined;
}

/** The recording's frames that are numbers, its notes adjusted to them. */
export function repairRecording<N extends CaptureNotes>(
  recording: Recording,
  notes: N,
): { recording: Recording; notes: N } {
  const repaired = dropBadFrames(recording.values, recording.axes.length, notes.gaps);
  if (!repaired) return { recording, notes };
  return { recording: { ...recording, values: repaired.values }, notes: { ...notes, gaps: repaired.gaps } };
}

interface Listing {
  readonly data: Map<string, DataExtension>;
  readonly notes: Set<string>;
  readonly temporary: string[];
  readonly problems: string[];
}

/** `known` spares the names of captures that were there before all checks. */
function sortNames(names: readonly string[], known: ReadonlyMap<string, Entry>): Listing {
  const listing: Listing = { data: new Map(), notes: new Set(), temporary: [], problems: [] };
  const strange: string[] = [];
  for (const name of names) {
    if (name.startsWith('.')) {
      if (isTemporaryName(name)) listing.temporary.push(name);
      continue;
    }
    const dot = name.lastIndexOf('.');
    const id = name.slice(0, dot);
    const extension = name.slice(dot + 1);
    if (dot <= 0 || !(known.has(id) || idPattern.test(id))) strange.push(name);
    else if (extension === 'json') listing.notes.add(id);
    else if (!dataExtensions.includes(extension as DataExtension)) strange.push(name);
    else if (listing.data.has(id))
      listing.problems.push(`There are two recordings called ${id}; only one of them is shown.`);
    else listing.data.set(id, extension as DataExtension);
  }
  const lonely = [...listing.notes].filter((id) => !listing.data.has(id));
  listing.problems.push(...describeMany(strange, 'in the captures folder is not a recording and was left alone'));
  listing.problems.push(
    ...describeMany(
      lonely.map((id) => `${id}.json`),
      'has no recording beside it and is not shown',
    ),
  );
  return listing;
}

function describeMany(names: readonly string[], what: string): string[] {
  if (names.length === 0) return [];
  return names.length === 1
    ? [`${names[0]} ${what}.`]
    : [`${names[0]} ${what}, and so do ${names.length - 1} more files.`];
}

export class Catalogue {
  readonly entries = new Map<string, Entry>();
  /** What is wrong with files that are no captures. */
  private listingProblems: readonly string[] = [];
  /** Time of the captures folder when its names were read; 0 once we have written into it ourselves. */
  private folderTime = 0;
  private changed = false;
  private readonly captures: string;
  private readonly cacheFolder: string;

  constructor(
    readonly folder: string,
    private readonly disk: Disk,
    private readonly writable: boolean,
  ) {
    this.captures = join(folder, 'captures');
    this.cacheFolder = join(folder, '.cache');
  }

  get problems(): readonly string[] {
    const ofCaptures: string[] = [];
    for (const entry of this.entries.values()) if (entry.problem) ofCaptures.push(entry.problem);
    return [...this.listingProblems, ...ofCaptures];
  }

  set(entry: Entry): void {
    this.entries.set(entry.id, entry);
    this.touch();
  }

  remove(id: string): void {
    this.entries.delete(id);
    this.touch();
  }

  private touch(): void {
    this.changed = true;
    this.folderTime = 0;
  }

  /** Reads the folder, from the cache as far as it is still right. */
  async scan(): Promise<void> {
    const cached = loadCache(join(this.cacheFolder, 'index.json'));
    const time = statSync(this.captures, { throwIfNoEntry: false })?.mtimeMs ?? 0;
    const known = new Map(cached?.entries.map((entry) => [entry.id, entry]));
    this.entries.clear();
    if (cached && cached.folderTime === time && time > 0) {
      this.listingProblems = cached.problems;
      await this.readAll(
        [...known.keys()].map((id) => [id, (known.get(id) as Entry).data.file]),
        known,
      );
    } else {
      const listing = sortNames(await this.names(), known);
      this.listingProblems = listing.problems;
      if (this.writable)
        for (const name of listing.temporary) await this.disk.remove(join(this.captures, name)).catch(() => undefined);
      await this.readAll([...listing.data], known);
      this.changed = true;
    }
    if (this.entries.size !== known.size) this.changed = true;
    // Two changes within one tick of the file system's clock look like one: trust only a folder that has rested.
    this.folderTime = Date.now() - time > 100 ? time : 0;
  }

  private async names(): Promise<string[]> {
    try {
      return (await readdir(this.captures)).sort();
    } catch (error) {
      if (isMissing(error)) return [];
      throw diskError(error, 'listing the captures');
    }
  }

  private async readAll(ids: readonly (readonly [string, DataExtension])[], known: Map<string, Entry>): Promise<void> {
    const problems: string[] = [];
    for (const [i, [id, file]] of ids.entries()) {
      // Lets the program breathe where a whole large project must be read.
      if (i % 5000 === 4999) await new Promise((resolve) => setImmediate(resolve));
      const before = known.get(id);
      // Plain concatenation: a hundred thousand calls of join would be felt.
      const path = this.captures + sep + id;
      const stamp = stampOf(`${path}.json`) ?? stampOf(`${path}.${file}`);
      if (before && stamp && before.stamp.size === stamp.size && before.stamp.time === stamp.time) {
        this.entries.set(id, before);
        continue;
      }
      this.changed = true;
      const entry = this.readEntry(id, file);
      if (typeof entry === 'string') problems.push(entry);
      else this.entries.set(id, entry);
    }
    this.listingProblems = [...this.listingProblems, ...problems];
  }

  /** One capture from its files, or a sentence that says why it cannot be shown. */
  readEntry(id: string, file: DataExtension): Entry | string {
    const dataPath = join(this.captures, `${id}.${file}`);
    const notesPath = join(this.captures, `${id}.json`);
    try {
      const notesStamp = stampOf(notesPath);
      const parsed = notesStamp ? parseNotes(readFileSync(notesPath, 'utf8')) : undefined;
      const dataStamp = stampOf(dataPath);
      if (!dataStamp) return `The recording ${id} cannot be opened and is not shown.`;
      const stamp = notesStamp ?? dataStamp;
      if (parsed?.data && parsed.data.bytes === dataStamp.size && parsed.data.file === file) {
        return { id, notes: parsed.notes, data: parsed.data, stamp, problem: '' };
      }
      const read = decodeRecording(readFileSync(dataPath), file);
      const fallback = {
        label: labelFromName(id),
        device: read.device,
        sensor: read.sensor,
        createdAt: read.createdAt,
      };
      const { recording, notes } = repairRecording(read, parsed?.notes ?? completeNotes(fallback));
      const { kind, axes, rateHz, values, width } = recording;
      if (values.length === 0) return `The recording ${id} holds no usable numbers and is not shown.`;
      const hash = contentHash(axes, rateHz, values, width);
      const shape = { axes, rateHz, frames: values.length / axes.length, ...(width === undefined ? {} : { width }) };
      const data = { kind, ...shape, hash, file, bytes: dataStamp.size };
      return { id, notes, data, stamp, problem: parsed ? '' : problemOf(id, notes.label, notesStamp !== undefined) };
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      return `The recording ${id} cannot be read and is not shown: ${reason}`;
    }
  }

  /** Writes the cache where anything changed. Never fails: the cache is only a help. */
  async save(): Promise<void> {
    if (!this.changed || !this.writable) return;
    const content: CachedCatalogue = {
      folderTime: this.folderTime,
      problems: this.listingProblems,
      entries: [...this.entries.values()],
    };
    try {
      await this.disk.makeFolder(this.cacheFolder);
      await replaceFile(join(this.cacheFolder, 'index.json'), packCache(content), this.disk);
      this.changed = false;
    } catch {
      // A full disk must not stop anybody from closing a project.
    }
  }
}

function problemOf(id: string, label: string, damaged: boolean): string {
  const what = damaged ? `What was noted about ${id} is damaged` : `Nothing is noted about ${id}`;
  return `${what}; the recording is good and is shown as "${label}".`;
}

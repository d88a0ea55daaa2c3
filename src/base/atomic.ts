/**
 * Durable, atomic replacement of files: after `replaceFile` a reader finds the old content or the new one, never a
 * part of either, whatever kills the program or the power. The recipe: write a temporary file in the same folder,
 * fsync it, rename it over the target, fsync the folder.
 *
 * The five calls that change a disk stand behind `Disk`, so that tests can make any of them fail. Knows nothing of
 * what is in the files.
 */
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

export interface DiskHandle {
  write(bytes: Uint8Array): Promise<void>;
  /** Resolves when the bytes are on the medium. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** Everything that Dormouse does to change a disk. */
export interface Disk {
  /** Opens a new file for writing; rejects where it exists. */
  create(path: string): Promise<DiskHandle>;
  /** Atomic within a file system; replaces what was there. */
  rename(from: string, to: string): Promise<void>;
  /** Removes a file; one that is not there is no error. */
  remove(path: string): Promise<void>;
  /** Makes a folder and the folders above it. */
  makeFolder(path: string): Promise<void>;
  /** Makes renames and removals inside the folder durable; does nothing where the system cannot. */
  syncFolder(path: string): Promise<void>;
}

export const realDisk: Disk = {
  async create(path) {
    const handle = await open(path, 'wx');
    return {
      write: (bytes) => handle.writeFile(bytes),
      sync: () => handle.sync(),
      close: () => handle.close(),
    };
  },
  rename: (from, to) => rename(from, to),
  remove: (path) => rm(path, { force: true }),
  makeFolder: async (path) => {
    await mkdir(path, { recursive: true });
  },
  async syncFolder(path) {
    // Windows cannot open a folder for syncing; there a rename is durable with the next journal flush.
    if (process.platform === 'win32') return;
    const handle = await open(path, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  },
};

export interface FileContent {
  readonly path: string;
  readonly content: Uint8Array | string;
}

const suffix = '.tmp';
let counter = 0;

/** Where a replacement is written before it is renamed. The dot keeps it out of every listing of ours. */
function temporaryFor(path: string): string {
  counter += 1;
  return join(dirname(path), `.${basename(path)}.${process.pid.toString(36)}-${counter.toString(36)}${suffix}`);
}

/** True for what an interrupted `replaceFile` leaves behind; such a file may be deleted. */
export function isTemporaryName(name: string): boolean {
  return name.startsWith('.') && name.endsWith(suffix);
}

async function writeTemporary(file: FileContent, disk: Disk): Promise<string> {
  const temporary = temporaryFor(file.path);
  const bytes = typeof file.content === 'string' ? new TextEncoder().encode(file.content) : file.content;
  try {
    const handle = await disk.create(temporary);
    try {
      await handle.write(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    await disk.remove(temporary).catch(() => undefined);
    throw error;
  }
  return temporary;
}

/** Replaces or creates one file. Rejects with the system's error, and then the old content is still there. */
export async function replaceFile(path: string, content: Uint8Array | string, disk: Disk = realDisk): Promise<void> {
  await replaceFiles([{ path, content }], disk);
}

/**
 * Replaces several files, each atomically: all are written and synced first, then renamed in the order given, then
 * their folders are synced once. Not one transaction: a cut between two renames leaves the first ones new and the
 * others old. Where a rename fails, the rest is not renamed and no temporary file stays.
 */
export async function replaceFiles(files: readonly FileContent[], disk: Disk = realDisk): Promise<void> {
  const written = await Promise.allSettled(files.map((file) => writeTemporary(file, disk)));
  const temporaries = written.map((result) => (result.status === 'fulfilled' ? result.value : undefined));
  const removeFrom = async (first: number): Promise<void> => {
    for (const path of temporaries.slice(first)) if (path) await disk.remove(path).catch(() => undefined);
  };
  const failed = written.find((result) => result.status === 'rejected');
  if (failed) {
    await removeFrom(0);
    throw failed.reason;
  }
  for (const [i, file] of files.entries()) {
    try {
      await disk.rename(temporaries[i] as string, file.path);
    } catch (error) {
      await removeFrom(i);
      throw error;
    }
  }
  for (const folder of new Set(files.map((file) => dirname(file.path)))) await disk.syncFolder(folder);
}

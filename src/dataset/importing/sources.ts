/**
 * Where imported files come from: a single file, a folder with all below it, or a zip, all seen as a list of relative
 * paths with bytes behind them. Nothing is ever unpacked onto the disk, and names that point out of the archive are
 * refused. Knows nothing of what is in the files.
 */
import { open, readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { DatasetError, diskError, isMissing } from '../errors';
import type { Remarks } from './remarks';
import { isJunk, tooLong } from './limits';
import { openZip } from './zip-reader';

export interface SourceFile {
  /** Relative to what was imported, with forward slashes; for a single file its name. */
  readonly path: string;
  readonly size: number;
  /** The whole file. Rejects with DatasetError 'bad-file' where it is longer than `limit` bytes or damaged. */
  read(limit: number): Promise<Uint8Array>;
  /** The file in pieces, for formats that are read as a stream. */
  chunks(): AsyncIterable<Uint8Array>;
}

export interface SourceTree {
  /** Name of what was imported, without the path to it. */
  readonly name: string;
  readonly isFolder: boolean;
  readonly files: readonly SourceFile[];
  close(): Promise<void>;
}

const MAX_DEPTH = 32;
const MAX_FILES = 1_000_000;
const CHUNK = 1 << 20;

function fileOnDisk(path: string, relative: string, size: number): SourceFile {
  return {
    path: relative,
    size,
    async read(limit) {
      if (size > limit) throw tooLong(relative, size, limit);
      const pieces: Uint8Array[] = [];
      let length = 0;
      for await (const piece of this.chunks()) {
        pieces.push(piece);
        length += piece.length;
        // A file that grows while it is read, or a device, must not fill the memory.
        if (length > limit) throw tooLong(relative, length, limit);
      }
      return pieces.length === 1 ? pieces[0] : Buffer.concat(pieces);
    },
    async *chunks() {
      const handle = await open(path, 'r');
      try {
        for (;;) {
          const piece = new Uint8Array(Math.min(CHUNK, Math.max(size, 1)));
          const { bytesRead } = await handle.read(piece, 0, piece.length);
          if (bytesRead === 0) return;
          yield piece.subarray(0, bytesRead);
        }
      } finally {
        await handle.close();
      }
    },
  };
}

async function walk(
  folder: string,
  prefix: string,
  depth: number,
  into: SourceFile[],
  remarks: Remarks,
): Promise<void> {
  if (depth > MAX_DEPTH) {
    remarks.add('deep', `${prefix} is nested more than ${MAX_DEPTH} folders deep and was left out.`);
    return;
  }
  const entries = await readdir(folder, { withFileTypes: true });
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    const path = prefix + entry.name;
    if (isJunk(path)) continue;
    if (entry.isSymbolicLink()) remarks.add('link', `${path} is a link to another place and was not followed.`);
    else if (entry.isDirectory()) await walk(join(folder, entry.name), `${path}/`, depth + 1, into, remarks);
    else if (entry.isFile()) {
      if (into.length >= MAX_FILES)
        throw new DatasetError('bad-file', `There are more than ${MAX_FILES} files in there.`, 'Import it in parts.');
      into.push(fileOnDisk(join(folder, entry.name), path, (await stat(join(folder, entry.name))).size));
    }
  }
}

function isZip(name: string): boolean {
  return /\.zip$/i.test(name);
}

/** Opens what a person chose. Rejects with DatasetError 'bad-file' where it is not there or cannot be read. */
export async function openSource(path: string, remarks: Remarks): Promise<SourceTree> {
  try {
    const found = await stat(path);
    const name = basename(path);
    if (found.isDirectory()) {
      const files: SourceFile[] = [];
      await walk(path, '', 0, files, remarks);
      return await withZips({ name, isFolder: true, files, close: () => Promise.resolve() }, path, remarks);
    }
    if (!found.isFile())
      throw new DatasetError('bad-file', `${name} is neither a file nor a folder.`, 'Choose a file or a folder.');
    if (isZip(name)) return await openZip(path, name.replace(/\.zip$/i, ''), remarks);
    return { name, isFolder: false, files: [fileOnDisk(path, name, found.size)], close: () => Promise.resolve() };
  } catch (error) {
    if (isMissing(error)) throw new DatasetError('bad-file', `There is no file ${path}.`, 'Check the path.', error);
    throw diskError(error, `reading ${basename(path)}`);
  }
}

/**
 * Paths that a person chose, grouped: files that lie side by side belong together, so that a label track or a list of
 * boxes chosen along with its recordings is found. Everything else stands alone.
 */
export async function groupSources(paths: readonly string[]): Promise<readonly (readonly string[])[]> {
  const groups = new Map<string, string[]>();
  for (const path of paths) {
    const isFile = await stat(path).then(
      (found) => found.isFile(),
      () => false,
    );
    const key = isFile && !isZip(path) ? `beside ${dirname(path)}` : `alone ${path}`;
    const group = groups.get(key);
    if (group) group.push(path);
    else groups.set(key, [path]);
  }
  return [...groups.values()];
}

/** One tree for the files of a group; see `openSource`. */
export async function openGroup(paths: readonly string[], remarks: Remarks): Promise<SourceTree> {
  const trees = await Promise.all(paths.map((path) => openSource(path, remarks)));
  if (trees.length === 1) return trees[0];
  const files = [...new Map(trees.flatMap((tree) => tree.files).map((file) => [file.path, file])).values()];
  return { name: trees[0].name, isFolder: false, files, close: () => Promise.resolve() };
}

/** Zips inside a folder count as folders of their own name. */
async function withZips(tree: SourceTree, folder: string, remarks: Remarks): Promise<SourceTree> {
  const files: SourceFile[] = [];
  const opened: SourceTree[] = [];
  for (const file of tree.files) {
    if (!isZip(file.path)) {
      files.push(file);
      continue;
    }
    try {
      const inner = await openZip(join(folder, file.path), basename(file.path), remarks);
      opened.push(inner);
      const prefix = `${file.path.replace(/\.zip$/i, '')}/`;
      files.push(
        ...inner.files.map((one) => ({
          ...one,
          path: prefix + one.path,
          read: one.read.bind(one),
          chunks: one.chunks.bind(one),
        })),
      );
    } catch (error) {
      if (!(error instanceof DatasetError)) throw error;
      remarks.add('zip', error.message);
    }
  }
  return { ...tree, files, close: async () => void (await Promise.all(opened.map((inner) => inner.close()))) };
}

/**
 * Files that say what other files are. Each kind of list has a reader in `lists/`; here their answers become one map
 * from path to what is said about it, lists nearer the top counting more. Knows nothing of any list's inside.
 */
import { decodeDocument } from '../acquisition';
import { completeNotes, dataExtensions, isNotesFile } from '../notes';
import { Annotations } from './lists/annotations';
import { isBoxTable } from './lists/box-table';
import { isIndexName, parseIndex } from './lists/index-csv';
import { readLabelsFile } from './lists/info-labels';
import { folderOf, nameOf } from './lists/locate';
import type { Said } from './lists/said';
import type { Remarks } from './remarks';
import type { SourceFile } from './sources';

export { splitCalled, type Said } from './lists/said';

export interface Manifests {
  /** By path relative to what was imported. */
  readonly said: ReadonlyMap<string, Said>;
  /** The lists themselves, which are no recordings. */
  readonly lists: ReadonlySet<string>;
  /** Folders (with a closing slash; '' = the top) in which only listed files are recordings. */
  readonly governed: readonly string[];
  /** Pictures that the lists of boxes among the files do not speak of. */
  readonly unlisted: ReadonlySet<string>;
  /** Files that the lists call attachments of others. */
  readonly attached: ReadonlySet<string>;
}

const MAX_LIST = 256 << 20;

interface ListContent {
  /** By path relative to the list's folder. */
  readonly said: ReadonlyMap<string, Said>;
  /** Only files that it names are recordings. */
  readonly complete: boolean;
}

/** undefined where the file turns out to be no list. */
async function readList(file: SourceFile): Promise<ListContent | undefined> {
  if (/\.labels$/i.test(file.path)) return readLabelsFile(await file.read(MAX_LIST));
  const text = new TextDecoder().decode(await file.read(MAX_LIST));
  // A table of boxes names files too, a line for each box: it is read as annotations.
  const said = isBoxTable(text) ? undefined : parseIndex(text);
  return said ? { said, complete: true } : undefined;
}

function isList(path: string): boolean {
  return /\.labels$/i.test(path) || isIndexName(nameOf(path));
}

type ByName = ReadonlyMap<string, readonly string[]>;

function filesByName(files: readonly SourceFile[]): ByName {
  const paths = new Map<string, string[]>();
  for (const { path } of files) {
    const same = paths.get(nameOf(path));
    if (same) same.push(path);
    else paths.set(nameOf(path), [path]);
  }
  return paths;
}

/** The file that a list means: beside it, or, where it is not, the only one of that name somewhere below. */
function placeOf(folder: string, path: string, byName: ByName): string {
  const beside = folder + path;
  const same = byName.get(nameOf(path)) ?? [];
  if (same.includes(beside)) return beside;
  const below = same.filter((one) => one.startsWith(folder) && one.endsWith(`/${path}`));
  return below.length === 1 ? below[0] : beside;
}

/** Reads every list among the files; of two that speak of one file, the one nearer the top is believed. */
export async function readManifests(files: readonly SourceFile[], remarks: Remarks): Promise<Manifests> {
  const said = new Map<string, Said>();
  const lists = new Set<string>();
  const governed: string[] = [];
  const attached = new Set<string>();
  const byName = filesByName(files);
  const depth = (file: SourceFile): number => file.path.split('/').length;
  for (const file of files.filter((one) => isList(one.path)).sort((a, b) => depth(a) - depth(b))) {
    const folder = folderOf(file.path);
    try {
      const content = await readList(file);
      if (!content) continue;
      lists.add(file.path);
      if (content.complete && content.said.size > 0) governed.push(folder);
      for (const [name, what] of content.said) {
        const path = placeOf(folder, name.replaceAll('\\', '/'), byName);
        said.set(path, { ...what, ...said.get(path) });
        for (const one of what.attachments ?? []) attached.add(placeOf(folder, one, byName));
      }
    } catch (error) {
      lists.add(file.path);
      remarks.add(
        'list',
        `The list ${file.path} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  }
  await readSiblings(files, said, lists);
  const annotations = new Annotations(files, remarks);
  await annotations.read(lists);
  for (const path of annotations.lists) lists.add(path);
  for (const [path, what] of annotations.said) said.set(path, { ...what, ...said.get(path) });
  const unlisted = new Set([...annotations.unlisted].filter((path) => !said.has(path)));
  return { said, lists, governed, unlisted, attached };
}

/** Notes that Dormouse keeps beside its recordings: another project's captures folder is being imported. */
async function readSiblings(files: readonly SourceFile[], said: Map<string, Said>, lists: Set<string>): Promise<void> {
  const recordings = new Set(
    files.filter((file) => /\.(cbor|wav|png|jpg)$/i.test(file.path)).map((file) => file.path.replace(/\.\w+$/, '')),
  );
  for (const file of files) {
    const stem = file.path.replace(/\.json$/i, '');
    if (stem === file.path || !recordings.has(stem) || file.size > 1 << 22) continue;
    try {
      const value = decodeDocument(await file.read(1 << 22));
      if (!isNotesFile(value)) continue;
      lists.add(file.path);
      for (const extension of dataExtensions) said.set(`${stem}.${extension}`, { notes: completeNotes(value) });
    } catch {
      continue;
    }
  }
}

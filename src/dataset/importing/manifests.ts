/**
 * Files that say what other files are: `info.labels` of the public export format (also in its line-by-line form),
 * and tables called index.csv with a column of file names. All become one map from path to what is said about it.
 */
import { completeNotes, isNotesFile } from '../notes';
import type { Box, CaptureNotes, Segment, Split } from '../types';
import { decodeDocument } from '../acquisition';
import type { Remarks } from './remarks';
import type { SourceFile } from './sources';

export interface Said {
  readonly label?: string;
  readonly split?: Split;
  readonly person?: string;
  readonly session?: string;
  readonly segments?: readonly Segment[];
  /** Things in a picture, in its own pixels; [] = the list says that it shows none. */
  readonly boxes?: readonly Box[];
  /** Complete notes, where the list was written by Dormouse. */
  readonly notes?: CaptureNotes;
}

export interface Manifests {
  /** By path relative to what was imported. */
  readonly said: ReadonlyMap<string, Said>;
  /** The lists themselves, which are no recordings. */
  readonly lists: ReadonlySet<string>;
  /** Folders (with a closing slash; '' = the top) in which only listed files are recordings. */
  readonly governed: readonly string[];
}

const MAX_LIST = 256 << 20;

type Fields = Record<string, unknown>;

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** 'train' and 'training' train; every kind of held-out set tests; anything else leaves the choice open. */
export function splitCalled(word: unknown): Split | undefined {
  if (typeof word !== 'string') return undefined;
  if (/^(train|training)$/i.test(word.trim())) return 'training';
  return /^(test|testing|val|valid|validation|eval|evaluation|dev|holdout)$/i.test(word.trim()) ? 'testing' : undefined;
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/') + 1);
}

/** `{"__ndjson":true,` and then one `{__key, __item}` a line: how large exports are written. */
function parseLines(text: string): unknown {
  const files: unknown[] = [];
  for (const line of text.split('\n').slice(1)) {
    const trimmed = line.trim().replace(/,$/, '');
    if (!trimmed.startsWith('{')) continue;
    try {
      const row = JSON.parse(trimmed) as Fields;
      const item = row['__item'] ?? row;
      if (isFields(item) && typeof item['path'] === 'string') files.push(item);
    } catch {
      continue;
    }
  }
  return { files };
}

function parseInfo(bytes: Uint8Array): unknown {
  const text = new TextDecoder().decode(bytes).replace(/^\ufeff/, '');
  return /^\s*\{\s*"__ndjson"\s*:\s*true/.test(text) ? parseLines(text) : decodeDocument(bytes);
}

function segmentsOf(labels: unknown): Segment[] {
  if (!Array.isArray(labels)) return [];
  return labels.flatMap((part): Segment[] => {
    if (!isFields(part) || typeof part['label'] !== 'string') return [];
    const [start, end] = [Number(part['startIndex']), Number(part['endIndex'])];
    // The end is inclusive in that format.
    return Number.isInteger(start) && Number.isInteger(end) && start >= 0 && end >= start
      ? [{ start, end: end + 1, label: part['label'] }]
      : [];
  });
}

/** One line of info.labels. */
function saidIn(file: Fields): Said {
  const label = isFields(file['label']) ? file['label'] : {};
  const metadata = isFields(file['metadata']) ? file['metadata'] : {};
  const split = splitCalled(file['category']);
  const text = (value: unknown): string => (typeof value === 'string' ? value : '');
  const segments = label['type'] === 'multi-label' ? segmentsOf(label['labels']) : [];
  const name = label['type'] === 'label' ? text(label['label']) : longestLabel(segments);
  return {
    ...(name ? { label: name } : {}),
    ...(split ? { split } : {}),
    ...(metadata['person'] ? { person: text(metadata['person']) } : {}),
    ...(metadata['session'] ? { session: text(metadata['session']) } : {}),
    ...(segments.length > 0 ? { segments } : {}),
    ...(isFields(file['dormouse']) ? { notes: completeNotes(file['dormouse']) } : {}),
  };
}

function longestLabel(segments: readonly Segment[]): string {
  return [...segments].sort((a, b) => b.end - b.start - (a.end - a.start))[0]?.label ?? '';
}

/** The cells of a line of comma-separated text, quotes undone. */
function cellsOf(line: string): string[] {
  const cells: string[] = [];
  const pattern = /(?:^|[,;\t])\s*(?:"((?:[^"]|"")*)"|([^,;\t]*))/g;
  for (const match of line.replace(/\r$/, '').matchAll(pattern))
    cells.push((match[1]?.replaceAll('""', '"') ?? match[2]).trim());
  return cells;
}

const columnNames = {
  file: /^(file|filename|file_?name|path|file_?path|wav|clip)$/i,
  label: /^(label|class|gesture|activity|condition|word|command|keyword)$/i,
  person: /^(person|speaker|speaker_?id|subject|subject_?id|user|user_?id|participant|who|student)$/i,
  session: /^(session|session_?id|day|recording_?session)$/i,
  split: /^(split|category|set|subset|partition|fold_?set|split_.*|.*_split)$/i,
};

/** undefined where the text is no list of files. */
function parseIndex(text: string): Map<string, Said> | undefined {
  const lines = text.replace(/^\ufeff/, '').split('\n');
  const header = cellsOf(lines[0] ?? '');
  const column = (what: keyof typeof columnNames): number => header.findIndex((name) => columnNames[what].test(name));
  const at = {
    file: column('file'),
    label: column('label'),
    person: column('person'),
    session: column('session'),
    split: column('split'),
  };
  if (at.file < 0 || header.length < 2) return undefined;
  const said = new Map<string, Said>();
  for (const line of lines.slice(1)) {
    const cells = cellsOf(line);
    const path = cells[at.file]?.replaceAll('\\', '/').replace(/^\.\//, '');
    if (!path) continue;
    const split = splitCalled(cells[at.split]);
    said.set(path, {
      ...(cells[at.label] ? { label: cells[at.label] } : {}),
      ...(cells[at.person] ? { person: cells[at.person] } : {}),
      ...(cells[at.session] ? { session: cells[at.session] } : {}),
      ...(split ? { split } : {}),
    });
  }
  return said;
}

async function readList(file: SourceFile): Promise<Map<string, Said> | undefined> {
  const bytes = await file.read(MAX_LIST);
  if (/\.csv$/i.test(file.path)) return parseIndex(new TextDecoder().decode(bytes));
  const parsed = parseInfo(bytes);
  const files = isFields(parsed) && Array.isArray(parsed['files']) ? parsed['files'] : [];
  return new Map(files.filter(isFields).map((one) => [String(one['path']).replaceAll('\\', '/'), saidIn(one)]));
}

function isList(path: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return /^info\.labels$/i.test(name) || /^(index|labels|metadata|manifest|files)\.csv$/i.test(name);
}

/** Reads every list among the files; lists nearer the top count more. */
export async function readManifests(files: readonly SourceFile[], remarks: Remarks): Promise<Manifests> {
  const said = new Map<string, Said>();
  const lists = new Set<string>();
  const governed: string[] = [];
  const depth = (file: SourceFile): number => file.path.split('/').length;
  for (const file of files.filter((one) => isList(one.path)).sort((a, b) => depth(a) - depth(b))) {
    const folder = folderOf(file.path);
    try {
      const entries = await readList(file);
      if (!entries) continue;
      lists.add(file.path);
      if (entries.size > 0) governed.push(folder);
      for (const [path, what] of entries) if (!said.has(folder + path)) said.set(folder + path, what);
    } catch (error) {
      lists.add(file.path);
      remarks.add(
        'list',
        `The list ${file.path} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  }
  await readSiblings(files, said, lists);
  return { said, lists, governed };
}

/** Notes that Dormouse keeps beside its recordings: another project's captures folder is being imported. */
async function readSiblings(files: readonly SourceFile[], said: Map<string, Said>, lists: Set<string>): Promise<void> {
  const recordings = new Set(
    files.filter((file) => /\.(cbor|wav)$/i.test(file.path)).map((file) => file.path.replace(/\.\w+$/, '')),
  );
  for (const file of files) {
    const stem = file.path.replace(/\.json$/i, '');
    if (stem === file.path || !recordings.has(stem) || file.size > 1 << 22) continue;
    try {
      const value = decodeDocument(await file.read(1 << 22));
      if (!isNotesFile(value)) continue;
      lists.add(file.path);
      for (const extension of ['cbor', 'wav']) said.set(`${stem}.${extension}`, { notes: completeNotes(value) });
    } catch {
      continue;
    }
  }
}

/**
 * The cache file's form: one JSON object of columns, repeated texts written once, because 100,000 separate objects
 * would take several times as long to read. Whoever finds it unreadable ignores it.
 */
import { readFileSync } from 'node:fs';
import type { Entry } from './catalogue';
import type { CaptureNotes } from './types';
import type { DataExtension, DataHeader } from './notes';

export interface CachedCatalogue {
  readonly folderTime: number;
  readonly problems: readonly string[];
  readonly entries: readonly Entry[];
}

const VERSION = 2;

/** A column whose values repeat: each distinct one once, as JSON, and an index per row. */
interface Repeated {
  readonly values: unknown[];
  readonly at: number[];
}

interface Columns {
  readonly version: number;
  readonly folderTime: number;
  readonly problems: readonly string[];
  readonly id: string[];
  readonly hash: string[];
  readonly createdAt: string[];
  readonly source: string[];
  readonly frames: number[];
  readonly bytes: number[];
  readonly stampSize: number[];
  readonly stampTime: number[];
  readonly repeated: Record<string, Repeated>;
}

const repeatedFields: readonly [string, (entry: Entry) => unknown][] = [
  ['label', (entry) => entry.notes.label],
  ['split', (entry) => entry.notes.split],
  ['splitPinned', (entry) => entry.notes.splitPinned],
  ['person', (entry) => entry.notes.person],
  ['session', (entry) => entry.notes.session],
  ['device', (entry) => entry.notes.device],
  ['sensor', (entry) => entry.notes.sensor],
  ['gaps', (entry) => entry.notes.gaps],
  ['segments', (entry) => entry.notes.segments],
  ['boxes', (entry) => entry.notes.boxes],
  ['trim', (entry) => entry.notes.trim ?? null],
  ['note', (entry) => entry.notes.note],
  ['kind', (entry) => entry.data.kind],
  ['width', (entry) => entry.data.width ?? null],
  ['axes', (entry) => entry.data.axes],
  ['rateHz', (entry) => entry.data.rateHz],
  ['file', (entry) => entry.data.file],
  ['problem', (entry) => entry.problem],
];

function repeat(entries: readonly Entry[], valueOf: (entry: Entry) => unknown): Repeated {
  const known = new Map<unknown, number>();
  const values: unknown[] = [];
  const at = entries.map((entry) => {
    const value = valueOf(entry);
    const key = typeof value === 'object' ? JSON.stringify(value) : value;
    let index = known.get(key);
    if (index === undefined) {
      index = values.push(value) - 1;
      known.set(key, index);
    }
    return index;
  });
  return { values, at };
}

export function packCache(content: CachedCatalogue): string {
  const { entries } = content;
  const columns: Columns = {
    version: VERSION,
    folderTime: content.folderTime,
    problems: content.problems,
    id: entries.map((entry) => entry.id),
    hash: entries.map((entry) => entry.data.hash),
    createdAt: entries.map((entry) => entry.notes.createdAt),
    source: entries.map((entry) => entry.notes.source),
    frames: entries.map((entry) => entry.data.frames),
    bytes: entries.map((entry) => entry.data.bytes),
    stampSize: entries.map((entry) => entry.stamp.size),
    stampTime: entries.map((entry) => entry.stamp.time),
    repeated: Object.fromEntries(repeatedFields.map(([name, valueOf]) => [name, repeat(entries, valueOf)])),
  };
  return JSON.stringify(columns);
}

function unpack(columns: Columns): CachedCatalogue {
  const column = <T>(name: string): ((row: number) => T) => {
    const { values, at } = columns.repeated[name];
    return (row) => values[at[row]] as T;
  };
  const [label, split, pinned] = [
    column<string>('label'),
    column<CaptureNotes['split']>('split'),
    column<boolean>('splitPinned'),
  ];
  const [person, session, device, sensor] = ['person', 'session', 'device', 'sensor'].map((name) =>
    column<string>(name),
  );
  const [gaps, segments, boxes, trim] = [
    column<CaptureNotes['gaps']>('gaps'),
    column<CaptureNotes['segments']>('segments'),
    column<CaptureNotes['boxes']>('boxes'),
    column<CaptureNotes['trim'] | null>('trim'),
  ];
  const [note, kind, width, axes] = [
    column<string>('note'),
    column<DataHeader['kind']>('kind'),
    column<number | null>('width'),
    column<DataHeader['axes']>('axes'),
  ];
  const [rateHz, file, problem] = [column<number>('rateHz'), column<DataExtension>('file'), column<string>('problem')];
  const entries = columns.id.map((id, row): Entry => {
    const cut = trim(row);
    const notes: CaptureNotes = {
      label: label(row),
      split: split(row),
      splitPinned: pinned(row),
      person: person(row),
      session: session(row),
      device: device(row),
      sensor: sensor(row),
      createdAt: columns.createdAt[row],
      source: columns.source[row],
      gaps: gaps(row),
      segments: segments(row),
      boxes: boxes(row),
      ...(cut ? { trim: cut } : {}),
      note: note(row),
    };
    const [frames, hash, bytes] = [columns.frames[row], columns.hash[row], columns.bytes[row]];
    const pixels = width(row);
    const data: DataHeader = {
      kind: kind(row),
      ...(pixels === null ? {} : { width: pixels }),
      axes: axes(row),
      rateHz: rateHz(row),
      frames,
      hash,
      file: file(row),
      bytes,
    };
    return {
      id,
      notes,
      data,
      stamp: { size: columns.stampSize[row], time: columns.stampTime[row] },
      problem: problem(row),
    };
  });
  return { folderTime: columns.folderTime, problems: columns.problems, entries };
}

/** Every column has a value for every row. */
function isWhole(columns: Columns): boolean {
  const rows = columns.id.length;
  const plain = [
    columns.hash,
    columns.createdAt,
    columns.source,
    columns.frames,
    columns.bytes,
    columns.stampSize,
    columns.stampTime,
  ];
  if (columns.version !== VERSION || plain.some((column) => column.length !== rows)) return false;
  return repeatedFields.every(([name]) => {
    const { values, at } = columns.repeated[name];
    return at.length === rows && at.every((index) => index >= 0 && index < values.length);
  });
}

/** undefined where there is no cache or it is not whole. */
export function loadCache(path: string): CachedCatalogue | undefined {
  try {
    const columns = JSON.parse(readFileSync(path, 'utf8')) as Columns;
    return isWhole(columns) ? unpack(columns) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The small JSON beside each data file: what is said about a capture, and a copy of the data file's header so that a
 * list can be shown without opening the data. Reading is forgiving: whatever is missing or damaged becomes its
 * default and is reported, because the recording itself is still good.
 */
import { createHash, randomBytes } from 'node:crypto';
import type { Axis, Box, CaptureNotes, CaptureSummary, Gap, Segment, Split } from './types';

/** What the data file holds, copied into the notes. */
export interface DataHeader {
  readonly kind: CaptureSummary['kind'];
  readonly axes: readonly Axis[];
  readonly rateHz: number;
  readonly frames: number;
  /** Pixels in each row; pictures only. */
  readonly width?: number | undefined;
  readonly hash: string;
  /** The data file's extension. */
  readonly file: DataExtension;
  /** Size of the data file when the header was copied; another size means that somebody replaced it. */
  readonly bytes: number;
}

export type DataExtension = 'cbor' | 'wav' | 'png' | 'jpg';
export const dataExtensions: readonly DataExtension[] = ['cbor', 'wav', 'png', 'jpg'];

const FORMAT = 'dormouse-capture';
export const unlabelled = 'unlabelled';

const defaults: CaptureNotes = {
  label: unlabelled,
  split: 'training',
  splitPinned: false,
  person: '',
  session: '',
  device: '',
  sensor: '',
  createdAt: '',
  source: '',
  gaps: [],
  segments: [],
  boxes: [],
  note: '',
};

export const noteFields = [...Object.keys(defaults), 'trim'] as readonly (keyof CaptureNotes)[];

type Fields = Record<string, unknown>;

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Control characters out, ends trimmed, at most `limit` characters: safe to show and to write into a list. */
export function cleanText(value: unknown, limit = 200): string {
  if (typeof value !== 'string') return '';
  // eslint-disable-next-line no-control-regex
  const plain = value.replace(/[\u0000-\u001f\u007f]+/g, ' ');
  return plain.trim().slice(0, limit);
}

/** A label as the interface allows it: 1 to 64 characters; 'unlabelled' where nothing is left. */
export function cleanLabel(value: unknown): string {
  return cleanText(value, 64).trim() || unlabelled;
}

function isIndex(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0;
}

function readGaps(value: unknown): Gap[] {
  if (!Array.isArray(value)) return [];
  return value
    .filter((gap): gap is Gap => isFields(gap) && isIndex(gap['at']) && isIndex(gap['lost']) && gap['lost'] > 0)
    .map((gap) => ({ at: gap.at, lost: gap.lost }))
    .sort((a, b) => a.at - b.at);
}

function readSegments(value: unknown): Segment[] {
  if (!Array.isArray(value)) return [];
  return value
    .filter(
      (part): part is Segment =>
        isFields(part) && isIndex(part['start']) && isIndex(part['end']) && part['start'] < part['end'],
    )
    .map((part) => ({ start: part.start, end: part.end, label: cleanLabel(part.label) }))
    .sort((a, b) => a.start - b.start);
}

const mostBoxes = 10_000;

/** Boxes with a size; a label that is missing becomes 'unlabelled'. */
function readBoxes(value: unknown): Box[] {
  if (!Array.isArray(value)) return [];
  return value
    .slice(0, mostBoxes)
    .filter((box): box is Box => {
      if (!isFields(box)) return false;
      const sides = [box['x'], box['y'], box['width'], box['height']].map((side) =>
        typeof side === 'number' ? side : NaN,
      );
      return sides.every((side) => Math.abs(side) < 1e6) && sides[2] > 0 && sides[3] > 0;
    })
    .map(({ label, x, y, width, height }) => ({ label: cleanLabel(label), x, y, width, height }));
}

function readTrim(value: unknown): { start: number; end: number } | undefined {
  if (!isFields(value) || !isIndex(value['start']) || !isIndex(value['end']) || value['start'] >= value['end'])
    return undefined;
  return { start: value['start'], end: value['end'] };
}

function readDate(value: unknown): string {
  if (typeof value !== 'string' || value.length > 40) return '';
  const time = Date.parse(value);
  return Number.isFinite(time) ? new Date(time).toISOString() : '';
}

/** Anything in, complete and valid notes out; what was not understood becomes its default. */
export function completeNotes(value: unknown, fallback: Partial<CaptureNotes> = {}): CaptureNotes {
  const fields: Fields = { ...defaults, ...fallback, ...(isFields(value) ? value : {}) };
  const trim = readTrim(fields['trim']);
  return {
    label: cleanLabel(fields['label']),
    split: fields['split'] === 'testing' ? 'testing' : 'training',
    splitPinned: fields['splitPinned'] === true,
    person: cleanText(fields['person']),
    session: cleanText(fields['session']),
    device: cleanText(fields['device']),
    sensor: cleanText(fields['sensor']),
    createdAt: readDate(fields['createdAt']),
    source: cleanText(fields['source'], 1000),
    gaps: readGaps(fields['gaps']),
    segments: readSegments(fields['segments']),
    boxes: readBoxes(fields['boxes']),
    ...(trim ? { trim } : {}),
    note: cleanText(fields['note'], 4000),
  };
}

function readHeader(value: unknown): DataHeader | undefined {
  if (!isFields(value)) return undefined;
  const { kind, axes, rateHz, frames, width, hash, file, bytes } = value;
  const kinds: readonly unknown[] = ['motion', 'audio', 'image', 'other'];
  if (!kinds.includes(kind) || !dataExtensions.includes(file as DataExtension)) return undefined;
  if (typeof rateHz !== 'number' || !(rateHz > 0) || !isIndex(frames) || !isIndex(bytes)) return undefined;
  if (typeof hash !== 'string' || !/^[0-9a-f]{16}$/.test(hash) || !Array.isArray(axes) || axes.length === 0)
    return undefined;
  const named = axes.every(
    (axis) => isFields(axis) && typeof axis['name'] === 'string' && typeof axis['units'] === 'string',
  );
  if (!named) return undefined;
  const isPicture = kind === 'image';
  if (isPicture && !(isIndex(width) && width > 0 && frames % width === 0)) return undefined;
  return {
    kind: kind as DataHeader['kind'],
    axes: axes as Axis[],
    rateHz,
    frames,
    ...(isPicture ? { width: width as number } : {}),
    hash,
    file: file as DataExtension,
    bytes,
  };
}

export interface NotesFile {
  readonly notes: CaptureNotes;
  /** undefined where the file does not carry one that can be trusted. */
  readonly data: DataHeader | undefined;
}

/** True for a parsed JSON file that is notes of ours (and not, say, an acquisition file called .json). */
export function isNotesFile(value: unknown): boolean {
  return isFields(value) && value['format'] === FORMAT;
}

/** undefined where the text is not notes at all; single damaged fields become defaults. */
export function parseNotes(text: string): NotesFile | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isNotesFile(value)) return undefined;
  return { notes: completeNotes(value), data: readHeader((value as Fields)['data']) };
}

/** Human-readable, one field a line, so that version control shows what changed. */
export function formatNotes(file: NotesFile): string {
  return `${JSON.stringify({ format: FORMAT, version: 1, ...file.notes, data: file.data }, undefined, 1)}\n`;
}

/** 16 hex digits over the axes, the rate (9 digits), a picture's width, and the values' little-endian bytes. */
export function contentHash(axes: readonly Axis[], rateHz: number, values: Float32Array, width?: number): string {
  const named = axes.map((axis) => [axis.name, axis.units]);
  const header = JSON.stringify([named, Number(rateHz.toPrecision(9)), ...(width === undefined ? [] : [width])]);
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return createHash('sha256').update(header).update(bytes).digest('hex').slice(0, 16);
}

/** Safe as a file name on every system and unique over machines: the UTC second and 50 random bits. */
export function newId(now = new Date()): string {
  const stamp = now.toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15);
  const letters = 'abcdefghijkmnpqrstuvwxyz23456789';
  return `${stamp}-${Array.from(randomBytes(10), (byte) => letters[byte % 32]).join('')}`;
}

export const idPattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,119}$/;

/** The label of a capture whose notes are lost: the file name up to its first dot, unless that is one of our ids. */
export function labelFromName(name: string): string {
  const stem = name.split('.')[0];
  return /^\d{8}-\d{6}-[a-z2-9]{10}/.test(stem) ? unlabelled : cleanLabel(stem);
}

export function isSplit(value: unknown): value is Split {
  return value === 'training' || value === 'testing';
}

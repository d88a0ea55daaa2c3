/**
 * Recordings from a folder, for a simulated board to play: CSV with a head line, and WAV. Labels come from an index.csv
 * beside them, else from the folder, else from the file name up to its first dot. Only as much of these formats as
 * playing needs; the dataset's importer is the one that takes everything.
 */
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { LinkError } from '../errors';
import { parseLine } from '../text/lines';

export interface Recording {
  readonly label: string;
  readonly kind: 'motion' | 'audio';
  readonly rateHz: number;
  /** 'accX' to 'gyrZ' in m/s2 and deg/s where the names could be read so; 'audio' in int16 counts. */
  readonly axes: readonly string[];
  /** frames * axes. */
  readonly values: Float32Array;
}

/** More than this is a mistake in what was chosen, not a set of recordings to play. */
const maxFiles = 5000;
const maxBytes = 64 * 1024 * 1024;

/** All recordings under `folder`, sorted by path. Rejects with LinkError 'bad-recording' where there are none. */
export async function readRecordings(folder: string): Promise<Recording[]> {
  const files = await findFiles(folder);
  const labels = await readIndex(folder);
  const recordings: Recording[] = [];
  let bytes = 0;
  for (const file of files) {
    bytes += (await stat(file)).size;
    if (bytes > maxBytes) break;
    const path = relative(folder, file).replaceAll('\\', '/');
    const label = labels.get(path) ?? labelOf(path);
    const content = await readFile(file);
    const recording = file.toLowerCase().endsWith('.wav')
      ? readWav(content, label)
      : readCsv(content.toString('utf8'), label);
    if (recording && recording.values.length > 0) recordings.push(recording);
  }
  if (recordings.length === 0)
    throw new LinkError(
      'bad-recording',
      `There is no recording to play in ${folder}.`,
      'Choose a folder with CSV files that have a head line, or with WAV files.',
    );
  return recordings;
}

async function findFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch((error: unknown) => {
    throw new LinkError('bad-recording', `The folder ${folder} cannot be read.`, 'Choose another folder.', error);
  });
  return entries
    .filter((entry) => entry.isFile() && /\.(csv|wav)$/i.test(entry.name) && entry.name !== 'index.csv')
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .slice(0, maxFiles);
}

/** index.csv with a column `file` and a column `label` (or `condition`): path -> label. */
async function readIndex(folder: string): Promise<Map<string, string>> {
  const text = await readFile(join(folder, 'index.csv'), 'utf8').catch(() => '');
  const [head = '', ...rows] = text.split(/\r?\n/);
  const columns = head.split(',').map((name) => name.trim().toLowerCase());
  const file = columns.indexOf('file');
  const label = Math.max(columns.indexOf('label'), columns.indexOf('condition'));
  if (file < 0 || label < 0) return new Map();
  return new Map(
    rows
      .map((row) => row.split(','))
      .filter((cells) => cells.length > label)
      .map((cells) => [cells[file], cells[label]]),
  );
}

function labelOf(path: string): string {
  const folder = dirname(path);
  if (folder !== '.') return basename(folder).replace(/\.class$/, '');
  return basename(path).split('.')[0];
}

/** A table with a head line; a first column of time in milliseconds gives the rate, else 100 Hz. */
export function readCsv(text: string, label: string): Recording | undefined {
  const lines = text.split(/\r?\n/).map(parseLine);
  const first = lines.findIndex((line) => line.kind !== 'empty');
  const head = lines[first];
  if (head?.kind !== 'head') return undefined;
  const timed = /^(t|time|timestamp)\b/i.test(head.names[0].replace(/_/g, ' '));
  const names = timed ? head.names.slice(1) : head.names;
  const rows = lines.flatMap((line) =>
    line.kind === 'numbers' && line.values.length === head.names.length ? [line.values] : [],
  );
  if (rows.length < 2 || names.length === 0) return undefined;
  const axes = names.map(readAxis);
  const values = new Float32Array(rows.length * names.length);
  rows.forEach((row, i) => {
    axes.forEach((axis, j) => (values[i * axes.length + j] = row[timed ? j + 1 : j] * axis.factor));
  });
  const span = timed ? rows[rows.length - 1][0] - rows[0][0] : 0;
  const secondsPerUnit = /(_s|\bs)$/i.test(head.names[0]) ? 1 : 0.001;
  const rateHz = span > 0 ? (rows.length - 1) / (span * secondsPerUnit) : 100;
  return { label, kind: 'motion', rateHz, axes: axes.map((axis) => axis.name), values };
}

/** 'ax_mg' -> accX and the factor from milli-g to m/s2. */
function readAxis(name: string): { name: string; factor: number } {
  const match =
    /^(acc\w*?|a|gyr\w*?|g|rot\w*?)?[ _.-]?([xyz])(?:[ _(]*(mg|g|m\/?s\^?2|m_s2|dps|deg\/?s|rad\/?s)\)?)?$/i.exec(
      name.trim(),
    );
  if (!match) return { name, factor: 1 };
  const turning = /^(g|r)/i.test(match[1] ?? 'a');
  const units = (match[3] ?? '').toLowerCase();
  const factor = units === 'mg' ? 0.00980665 : units === 'g' ? 9.80665 : units.startsWith('rad') ? 180 / Math.PI : 1;
  return { name: (turning ? 'gyr' : 'acc') + match[2].toUpperCase(), factor };
}

/** PCM of 16 bits, the first channel; anything else is left out. Lengths in the file are never trusted. */
export function readWav(bytes: Uint8Array, label: string): Recording | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const tag = (at: number): string => String.fromCharCode(...bytes.subarray(at, at + 4));
  if (bytes.length < 44 || tag(0) !== 'RIFF' || tag(8) !== 'WAVE') return undefined;
  let channels = 0;
  let rateHz = 0;
  for (let at = 12; at + 8 <= bytes.length;) {
    const length = view.getUint32(at + 4, true);
    const body = at + 8;
    const end = Math.min(body + length, bytes.length);
    if (tag(at) === 'fmt ' && end - body >= 16) {
      if (view.getUint16(body, true) !== 1 || view.getUint16(body + 14, true) !== 16) return undefined;
      channels = view.getUint16(body + 2, true);
      rateHz = view.getUint32(body + 4, true);
    } else if (tag(at) === 'data' && channels > 0 && rateHz > 0) {
      const frames = Math.floor((end - body) / (2 * channels));
      const values = Float32Array.from({ length: frames }, (_, i) => view.getInt16(body + i * 2 * channels, true));
      return { label, kind: 'audio', rateHz, axes: ['audio'], values };
    }
    at = body + length + (length & 1);
  }
  return undefined;
}

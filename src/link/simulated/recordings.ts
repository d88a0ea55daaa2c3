/**
 * Recordings from a folder, for a simulated board to play: CSV with a head line, WAV, JPEG and PNG. Labels come from an index.csv
 * beside them, else from the folder, else from the file name up to its first dot. Only as much of these formats as
 * playing needs; the dataset's importer is the one that takes everything.
 */
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { LinkError } from '../errors';
import { parseLine } from '../text/lines';
import { broughtDown, readPlayedWav } from './wav';

export interface Recording {
  readonly label: string;
  readonly kind: 'motion' | 'audio' | 'image';
  readonly rateHz: number;
  /** 'accX' to 'gyrZ' in m/s2 and deg/s where the names could be read so; 'audio' in int16 counts. */
  readonly axes: readonly string[];
  /** frames * axes; of a picture nothing. */
  readonly values: Float32Array;
  /** A JPEG's or PNG's bytes: unpacked when they are shown, since unpacked they would be many times as long. */
  readonly file?: Uint8Array;
}

/** What a board's microphone hears at most: faster recordings are brought down to it when they are read. */
const soundRateHz = 16_000;

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
    const recording = readOne(file.toLowerCase(), content, label);
    if (recording && (recording.file || recording.values.length > 0)) recordings.push(recording);
  }
  if (recordings.length === 0)
    throw new LinkError(
      'bad-recording',
      `There is no recording to play in ${folder}.`,
      'Choose a folder with CSV files that have a head line, with WAV files, or with JPEG or PNG pictures.',
    );
  return recordings;
}

function readOne(path: string, content: Buffer, label: string): Recording | undefined {
  if (path.endsWith('.csv')) return readCsv(content.toString('utf8'), label);
  if (path.endsWith('.wav')) return readWav(content, label);
  return { label, kind: 'image', rateHz: 1, axes: [], values: new Float32Array(0), file: content };
}

async function findFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch((error: unknown) => {
    throw new LinkError('bad-recording', `The folder ${folder} cannot be read.`, 'Choose another folder.', error);
  });
  return entries
    .filter(
      (entry) =>
        entry.isFile() &&
        /\.(csv|wav|png|jpe?g)$/i.test(entry.name) &&
        !['index.csv', 'boxes.csv'].includes(entry.name),
    )
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

/** One channel of at most 16 kHz; undefined for what is no WAV. */
export function readWav(bytes: Uint8Array, label: string): Recording | undefined {
  const sound = readPlayedWav(bytes);
  if (!sound) return undefined;
  const { rateHz, values } = broughtDown(sound, soundRateHz);
  return { label, kind: 'audio', rateHz, axes: ['audio'], values };
}

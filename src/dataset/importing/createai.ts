/**
 * micro:bit CreateAI's own JSON: `[{name, recordings: [{data: {x, y, z}}]}]`, with `ID` in older and `id` and
 * `createdAt` in newer files. Samples are acceleration in g, every 20 ms. Source: microbit-foundation/ml-trainer.
 */
import { DatasetError } from '../errors';
import type { FileContent, Found } from './found';

const RATE_HZ = 50;
const MAX_RECORDINGS = 200_000;
const axes = ['accX', 'accY', 'accZ'].map((name) => ({ name, units: 'g' }));

type Fields = Record<string, unknown>;

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** True for the file itself, and for a whole project file that holds it under `actions` or `dataset`. */
export function isCreateAi(file: unknown): boolean {
  return actionsIn(file) !== undefined;
}

function actionsIn(file: unknown): readonly Fields[] | undefined {
  const list: unknown = isFields(file) ? (file['actions'] ?? file['dataset']) : file;
  if (!Array.isArray(list) || list.length === 0) return undefined;
  return list.every((action) => isFields(action) && Array.isArray(action['recordings']))
    ? (list as Fields[])
    : undefined;
}

/** True for CreateAI's test files, which hold computed features in place of samples. */
export function isCreateAiFeatures(file: unknown): boolean {
  if (!isFields(file) || !Array.isArray(file['x']) || !('y' in file)) return false;
  return (
    file['x'].length > 0 &&
    file['x'].every((row) => Array.isArray(row) && row.every((cell) => typeof cell === 'number'))
  );
}

function samplesOf(recording: unknown): Float32Array | undefined {
  const data = isFields(recording) && isFields(recording['data']) ? recording['data'] : {};
  const columns = ['x', 'y', 'z'].map((name) => data[name]);
  const lengths = columns.map((column) => (Array.isArray(column) ? column.length : 0));
  const frames = Math.min(...lengths);
  if (frames < 2 || frames * 3 > 10_000_000) return undefined;
  const values = new Float32Array(frames * 3);
  for (const [axis, column] of columns.entries()) {
    for (let i = 0; i < frames; i++) {
      const cell: unknown = (column as unknown[])[i];
      values[i * 3 + axis] = typeof cell === 'number' ? cell : NaN;
    }
  }
  return values;
}

function dateOf(value: unknown): string {
  const time = Number(value);
  // Ids of older files are the time at which the recording was made.
  return time > 1e12 && time < 1e13 ? new Date(time).toISOString() : '';
}

/** Throws DatasetError 'bad-file'. */
export function readCreateAi(file: unknown, name: string): FileContent {
  const actions = actionsIn(file);
  if (!actions)
    throw new DatasetError('bad-file', `${name} is not a CreateAI file.`, 'Export the samples from CreateAI again.');
  const found: Found[] = [];
  let damaged = 0;
  for (const action of actions) {
    const label = typeof action['name'] === 'string' ? action['name'] : '';
    for (const recording of action['recordings'] as unknown[]) {
      const values = found.length < MAX_RECORDINGS ? samplesOf(recording) : undefined;
      const fields = isFields(recording) ? recording : {};
      const given = fields['id'] ?? fields['ID'];
      const id = typeof given === 'string' || typeof given === 'number' ? given : found.length + 1;
      if (!values) damaged++;
      else {
        const createdAt = dateOf(fields['createdAt'] ?? fields['ID'] ?? fields['id']);
        const about = { axes, rateHz: RATE_HZ, kind: 'motion', device: 'micro:bit', sensor: 'accelerometer' } as const;
        found.push({ values, ...about, label, createdAt, part: `${label}/${id}` });
      }
    }
  }
  const warnings = damaged > 0 ? [`${name}: ${damaged} recordings are damaged or empty and were left out.`] : [];
  if (found.length === 0)
    throw new DatasetError('bad-file', `${name} has no recordings in it.`, 'Record in CreateAI and export again.');
  return { found, warnings };
}

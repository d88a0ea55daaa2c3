/**
 * What boards took for this project's models, as they said themselves: model/measured.json. Knows nothing of how it is
 * measured. A damaged file counts as none: the next test on a board writes it anew.
 */
import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as v from 'valibot';
import { replaceFile } from '../base';

const micros = v.pipe(v.number(), v.finite(), v.minValue(0));
const times = { dspMicros: micros, modelMicros: micros };

const measurementSchema = v.object({
  /** As HELLO says. */
  board: v.string(),
  uid: v.string(),
  firmware: v.string(),
  /** SHA-256 of the .tflite in lower-case hex. */
  modelSha256: v.string(),
  /** Means of one inference: features of one whole window, and the model. */
  ...times,
  /** The operators of the .tflite in the order of execution; empty where the board could not say. */
  layers: v.array(v.object({ operator: v.string(), micros })),
  /** What had been estimated for a board of that kind. */
  estimated: v.optional(v.object(times)),
});
const fileSchema = v.object({ version: v.literal(1), measurements: v.array(measurementSchema) });

export type BoardMeasurement = Readonly<v.InferOutput<typeof measurementSchema>>;

/** Models are trained again and again; older measurements teach nothing more. */
const most = 32;

const pathOf = (folder: string): string => join(folder, 'model', 'measured.json');

/** Newest first. */
export async function loadMeasured(folder: string): Promise<readonly BoardMeasurement[]> {
  try {
    return v.parse(fileSchema, JSON.parse(await readFile(pathOf(folder), 'utf8'))).measurements;
  } catch {
    return [];
  }
}

/** In place of an older one of the same model on the same board. */
export async function keepMeasured(folder: string, one: BoardMeasurement): Promise<void> {
  const others = (await loadMeasured(folder)).filter(
    ({ board, uid, modelSha256 }) => board !== one.board || uid !== one.uid || modelSha256 !== one.modelSha256,
  );
  const path = pathOf(folder);
  await mkdir(dirname(path), { recursive: true });
  const measurements = [one, ...others].slice(0, most);
  await replaceFile(path, `${JSON.stringify({ version: 1, measurements }, null, 2)}\n`);
}

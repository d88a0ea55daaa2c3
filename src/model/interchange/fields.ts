/**
 * Reads fields of JSON that somebody else wrote: every value is looked at before it is believed, and what is wrong is
 * one sentence. Knows nothing of what the fields mean.
 */
import { ModelError } from '../errors';

export type Fields = Readonly<Record<string, unknown>>;

/** A short form of somebody else's text for a sentence of ours. */
export const quoted = (value: unknown): string => {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing');
  return `"${text.length > 60 ? `${text.slice(0, 60)}...` : text}"`;
};

export function damagedModel(what: string, cause?: unknown): ModelError {
  return new ModelError(
    'not-a-model',
    what,
    'Save the model again in the tool that made it, and take that file.',
    cause,
  );
}

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The value's own fields; anything inherited is not there. */
export function field(fields: Fields, ...names: string[]): unknown {
  for (const name of names) if (Object.hasOwn(fields, name) && fields[name] !== null) return fields[name];
  return undefined;
}

export function fieldsOf(value: unknown, what: string): Fields {
  if (!isFields(value)) throw damagedModel(`The model file has no ${what} where one must stand.`);
  return value;
}

export function listOf(value: unknown, what: string): readonly unknown[] {
  if (!Array.isArray(value)) throw damagedModel(`The model file has no list of ${what} where one must stand.`);
  return value as readonly unknown[];
}

export function textOf(value: unknown, what: string): string {
  if (typeof value !== 'string' || value.length > 500) throw damagedModel(`The model file has no readable ${what}.`);
  return value;
}

/** Sizes of JSON that describes a network: the largest of Keras's own applications need 1 MB. */
const mostJsonBytes = 1 << 24;

/** @param what reads "model.json". */
export function parseJson(bytes: Uint8Array | string, what: string): Fields {
  if (bytes.length > mostJsonBytes)
    throw new ModelError(
      'too-large',
      `${what} is ${Math.round(bytes.length / 1e6)} MB long; up to ${mostJsonBytes / (1 << 20)} MB are read.`,
      'Choose a smaller model.',
    );
  let value: unknown;
  try {
    value = JSON.parse(typeof bytes === 'string' ? bytes : new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw damagedModel(`${what} is not the JSON text that it should be.`, error);
  }
  return fieldsOf(value, `description in ${what}`);
}

/** Product of numbers from JSON, or from a shape in it. */
export function wholeNumbers(value: unknown, low: number): readonly number[] | undefined {
  const fine =
    Array.isArray(value) && value.length <= 8 && value.every((entry) => Number.isInteger(entry) && entry >= low);
  return fine ? (value as number[]) : undefined;
}

/**
 * The public data acquisition format, as JSON and as CBOR: `{protected, signature, payload: {device_type,
 * interval_ms, sensors, values}}`. Written signed where a key is given, else unsigned (alg "none"); a signed file's
 * HMAC-SHA256 is checked where the key is known. Source: docs.edgeimpulse.com, "Data acquisition format".
 *
 * Input may be hostile: every length, number and name is checked before it is used. Knows nothing of labels or folders.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { decode, encode } from 'cborg';
import type { Axis } from './types';
import { DatasetError } from './errors';

export interface Acquisition {
  readonly axes: readonly Axis[];
  readonly rateHz: number;
  /** frames * axes, interleaved. NaN where the file has null or no number. */
  readonly values: Float32Array;
  readonly device: string;
  readonly sensor: string;
  /** ISO 8601, '' where the file does not say. */
  readonly createdAt: string;
  /** 'unsigned': alg none. 'unchecked': signed, no key given. 'empty': says it is signed but carries nothing. */
  readonly signature: 'unsigned' | 'unchecked' | 'empty' | 'valid' | 'invalid';
}

const MAX_AXES = 256;
const MAX_VALUES = 100_000_000;

function bad(what: string): DatasetError {
  return new DatasetError('bad-file', what, 'Export it again from the tool that made it.');
}

type Fields = Record<string, unknown>;

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);
}

function textOf(value: unknown, limit = 200): string {
  // eslint-disable-next-line no-control-regex
  return typeof value === 'string' ? value.replace(/[\u0000-\u001f\u007f]/g, ' ').slice(0, limit) : '';
}

/** True for a decoded file that is (or means to be) in this format. */
export function isAcquisition(file: unknown): file is Fields {
  return isFields(file) && isFields(file['payload']) && ('values' in file['payload'] || 'sensors' in file['payload']);
}

function readAxes(sensors: unknown): Axis[] {
  if (!Array.isArray(sensors) || sensors.length < 1 || sensors.length > MAX_AXES) {
    throw bad('This acquisition file does not say which sensors it holds.');
  }
  return sensors.map((sensor, i) => {
    const fields = isFields(sensor) ? sensor : {};
    return { name: textOf(fields['name'], 64) || `axis${i + 1}`, units: textOf(fields['units'], 32) || 'N/A' };
  });
}

function readValues(rows: unknown, axes: number): Float32Array {
  if (!Array.isArray(rows) || rows.length === 0) throw bad('This acquisition file has no values in it.');
  if (rows.length * axes > MAX_VALUES) throw bad('This acquisition file is longer than Dormouse can hold.');
  const values = new Float32Array(rows.length * axes);
  for (let i = 0; i < rows.length; i++) {
    const row: unknown = rows[i];
    // Where there is one sensor, the format allows plain numbers instead of lists of one.
    const cells: readonly unknown[] = Array.isArray(row) ? row : [row];
    if (cells.length !== axes) throw bad(`Line ${i + 1} of the values has ${cells.length} numbers, not ${axes}.`);
    for (let axis = 0; axis < axes; axis++) {
      const cell = cells[axis];
      const number = typeof cell === 'number' ? Math.fround(cell) : NaN;
      values[i * axes + axis] = Number.isFinite(number) ? number : NaN;
    }
  }
  return values;
}

function readIssued(issued: unknown): string {
  if (typeof issued !== 'number' || !(issued > 0) || issued > 253_402_300_799) return '';
  return new Date(issued * 1000).toISOString();
}

/** The bytes of a file with its signature's digits replaced by zeros, which is what was signed. */
function signedBytes(bytes: Uint8Array, signature: string): Uint8Array | undefined {
  const at = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).indexOf(signature, 0, 'latin1');
  if (at < 0) return undefined;
  const copy = Uint8Array.from(bytes);
  copy.fill(0x30, at, at + signature.length);
  return copy;
}

function checkSignature(file: Fields, bytes: Uint8Array, key: string | undefined): Acquisition['signature'] {
  const protectedPart = isFields(file['protected']) ? file['protected'] : {};
  if (protectedPart['alg'] === 'none' || protectedPart['alg'] === undefined) return 'unsigned';
  const signature = file['signature'];
  if (typeof signature !== 'string' || /^0*$/.test(signature)) return 'empty';
  if (key === undefined) return 'unchecked';
  const signed = /^[0-9a-f]{64}$/.test(signature) ? signedBytes(bytes, signature) : undefined;
  if (!signed) return 'invalid';
  const digest = createHmac('sha256', key).update(signed).digest();
  return timingSafeEqual(digest, Buffer.from(signature, 'hex')) ? 'valid' : 'invalid';
}

/** Decodes JSON or CBOR, told apart by the first byte. Throws DatasetError 'bad-file'. */
export function decodeDocument(bytes: Uint8Array): unknown {
  let at = 0;
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) at = 3;
  while (at < bytes.length && [0x20, 0x09, 0x0a, 0x0d].includes(bytes[at])) at++;
  const isJson = bytes[at] === 0x7b || bytes[at] === 0x5b;
  try {
    if (isJson) return JSON.parse(new TextDecoder().decode(bytes.subarray(at)));
    return decode(bytes, { allowIndefinite: true, allowNaN: true, allowInfinity: true });
  } catch (error) {
    const action = 'Export it again from the tool that made it.';
    throw new DatasetError('bad-file', `This is not a complete ${isJson ? 'JSON' : 'CBOR'} file.`, action, error);
  }
}

/** Reads one decoded file; `bytes` are the file itself, for its signature. Throws DatasetError 'bad-file'. */
export function readAcquisition(file: unknown, bytes: Uint8Array, key?: string): Acquisition {
  if (!isAcquisition(file)) throw bad('This is not a data acquisition file.');
  const payload = file['payload'] as Fields;
  const axes = readAxes(payload['sensors']);
  const interval = payload['interval_ms'];
  if (typeof interval !== 'number' || !(interval >= 0.001 && interval <= 86_400_000)) {
    throw bad('This acquisition file does not say how fast it was recorded.');
  }
  const protectedPart = isFields(file['protected']) ? file['protected'] : {};
  return {
    axes,
    // The inverse of an inverse: 12 digits make 59 Hz of 16.949152542372882 ms.
    rateHz: Number((1000 / interval).toPrecision(12)),
    values: readValues(payload['values'], axes.length),
    device: textOf(payload['device_name']),
    sensor: textOf(payload['device_type']),
    createdAt: readIssued(protectedPart['iat']),
    signature: checkSignature(file, bytes, key),
  };
}

export interface AcquisitionContent {
  readonly axes: readonly Axis[];
  readonly rateHz: number;
  readonly values: Float32Array;
  readonly device: string;
  readonly sensor: string;
  readonly createdAt: string;
}

const zeros = '0'.repeat(64);

/** Puts the HMAC-SHA256 of the whole file into the place that its 64 zeros hold. */
function sign(bytes: Uint8Array, key: string): Uint8Array {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  file.write(createHmac('sha256', key).update(file).digest('hex'), file.indexOf(zeros));
  return bytes;
}

/**
 * Encodes a file, signed with `key` (HS256) or, without one, unsigned. `values` comes last, so that a reader finds the
 * header in the first bytes; the signature comes before everything that could look like it.
 */
export function writeAcquisition(content: AcquisitionContent, as: 'cbor' | 'json', key?: string): Uint8Array {
  const width = content.axes.length;
  const rows: number[][] = [];
  for (let at = 0; at < content.values.length; at += width)
    rows.push(Array.from(content.values.subarray(at, at + width)));
  const seconds = Math.floor(Date.parse(content.createdAt) / 1000);
  const file = {
    protected: {
      ver: 'v1',
      alg: key === undefined ? 'none' : 'HS256',
      ...(Number.isFinite(seconds) && seconds > 0 ? { iat: seconds } : {}),
    },
    signature: key === undefined ? '' : zeros,
    payload: {
      ...(content.device ? { device_name: content.device } : {}),
      device_type: content.sensor || 'DORMOUSE',
      interval_ms: 1000 / content.rateHz,
      sensors: content.axes.map((axis) => ({ name: axis.name, units: axis.units })),
      values: rows,
    },
  };
  // Keys keep the order written here (RFC 8949 allows any), so that the header comes first.
  const bytes =
    as === 'cbor' ? encode(file, { mapSorter: () => 0 }) : new TextEncoder().encode(`${JSON.stringify(file)}\n`);
  return key === undefined ? bytes : sign(bytes, key);
}

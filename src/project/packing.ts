/**
 * Plain data with arrays of numbers, as CBOR and back: CBOR knows byte strings, not floats, so each typed array becomes
 * a map of its kind and its bytes (little-endian). Knows nothing of what the data mean.
 */
import { decode, encode } from 'cborg';

const kinds = { Float32Array, Float64Array, Int8Array, Uint8Array, Int16Array, Int32Array, Uint32Array } as const;
type Kind = keyof typeof kinds;
type Numbers = InstanceType<(typeof kinds)[Kind]>;

const kindKey = '$kind';
const bytesKey = '$bytes';

function packed(value: unknown): unknown {
  if (ArrayBuffer.isView(value)) {
    const kind = value.constructor.name;
    if (!(kind in kinds)) throw new TypeError(`${kind} cannot be stored`);
    return { [kindKey]: kind, [bytesKey]: new Uint8Array(value.buffer, value.byteOffset, value.byteLength) };
  }
  if (Array.isArray(value)) return value.map(packed);
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(
      Object.entries(value).flatMap(([key, one]) => (one === undefined ? [] : [[key, packed(one)]])),
    );
  return value;
}

function unpacked(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unpacked);
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  const map = value as Record<string, unknown>;
  const bytes = map[bytesKey];
  if (!(bytes instanceof Uint8Array))
    return Object.fromEntries(Object.entries(map).map(([key, one]) => [key, unpacked(one)]));
  const Numbers = kinds[map[kindKey] as Kind] as new (buffer: ArrayBuffer) => Numbers;
  // Copied, since a byte string inside a file need not be aligned.
  return new Numbers(new Uint8Array(bytes).buffer);
}

/** Objects, arrays, text, numbers, booleans, null and typed arrays. */
export function pack(value: unknown): Uint8Array {
  return encode(packed(value));
}

/** @throws Error where the bytes are not of `pack`. */
export function unpack(bytes: Uint8Array): unknown {
  return unpacked(decode(bytes));
}

/**
 * Writes FlatBuffers tables by slot number over the official runtime's Builder: what generated code would do, for
 * the handful of tables in facts.ts. Knows nothing of models.
 */
import { Builder, type Offset } from 'flatbuffers';

/** One field: [slot, kind, value]. Values equal to the schema's default are left out, as the format wants. */
export type Field =
  | readonly [slot: number, kind: 'int8' | 'int32' | 'bool' | 'float32' | 'offset', value: number]
  | readonly [slot: number, kind: 'int32', value: number, absent: number];

export function writeTable(builder: Builder, fieldCount: number, fields: readonly Field[]): Offset {
  builder.startObject(fieldCount);
  // Widest last in the list ends first in the file; the order given is kept so that equal models are equal bytes.
  for (const [slot, kind, value, absent = 0] of fields) {
    if (kind === 'int8') builder.addFieldInt8(slot, value, absent);
    else if (kind === 'bool') builder.addFieldInt8(slot, value, absent);
    else if (kind === 'int32') builder.addFieldInt32(slot, value, absent);
    else if (kind === 'float32') builder.addFieldFloat32(slot, value, absent);
    else builder.addFieldOffset(slot, value, 0);
  }
  return builder.endObject();
}

export function int32Vector(builder: Builder, values: readonly number[]): Offset {
  builder.startVector(4, values.length, 4);
  for (let i = values.length - 1; i >= 0; i--) builder.addInt32(values[i]);
  return builder.endVector();
}

export function float32Vector(builder: Builder, values: ArrayLike<number>): Offset {
  builder.startVector(4, values.length, 4);
  for (let i = values.length - 1; i >= 0; i--) builder.addFloat32(values[i]);
  return builder.endVector();
}

export function int64Vector(builder: Builder, values: readonly number[]): Offset {
  builder.startVector(8, values.length, 8);
  for (let i = values.length - 1; i >= 0; i--) builder.addInt64(BigInt(values[i]));
  return builder.endVector();
}

export function offsetVector(builder: Builder, offsets: readonly Offset[]): Offset {
  builder.startVector(4, offsets.length, 4);
  for (let i = offsets.length - 1; i >= 0; i--) builder.addOffset(offsets[i]);
  return builder.endVector();
}

/** Bytes whose first element lies on a multiple of 16 in the finished file, as the schema demands of buffers. */
export function alignedBytes(builder: Builder, bytes: Uint8Array): Offset {
  builder.startVector(1, bytes.length, 16);
  for (let i = bytes.length - 1; i >= 0; i--) builder.addInt8((bytes[i] << 24) >> 24);
  return builder.endVector();
}

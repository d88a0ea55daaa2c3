/**
 * Reads FlatBuffers tables from bytes that nobody vouches for. Every offset is checked against the file before it is
 * followed, so a damaged or hostile file ends in a plain sentence, never in a hang or a huge allocation. (The runtime
 * library has no verifier.) Knows nothing of models.
 */
import { badFile } from '../errors';

/**
 * How many elements may still be read. A file may point at the same vector a thousand times; without a budget a
 * small file could ask for quadratic work.
 */
interface Budget {
  left: number;
}

export class Table {
  private readonly vtable: number;
  private readonly vtableBytes: number;

  private constructor(
    private readonly view: DataView,
    private readonly start: number,
    private readonly budget: Budget,
  ) {
    this.vtable = start - at(view, start, 4, () => view.getInt32(start, true));
    this.vtableBytes = at(view, this.vtable, 2, () => view.getUint16(this.vtable, true));
    if (this.vtableBytes < 4) throw badFile('a table has no layout');
    need(view, this.vtable, this.vtableBytes);
  }

  /** The root table of a whole file. */
  static root(view: DataView): Table {
    return Table.behind(view, 0, { left: 1024 + 4 * view.byteLength });
  }

  private static behind(view: DataView, position: number, budget: Budget): Table {
    const offset = at(view, position, 4, () => view.getUint32(position, true));
    if (offset === 0) throw badFile('a table points at itself');
    return new Table(view, position + offset, budget);
  }

  /** Position of a field's value, or 0 where the field is absent. */
  private field(slot: number): number {
    const entry = 4 + 2 * slot;
    if (entry + 2 > this.vtableBytes) return 0;
    const offset = this.view.getUint16(this.vtable + entry, true);
    return offset === 0 ? 0 : this.start + offset;
  }

  int8(slot: number, absent = 0): number {
    const position = this.field(slot);
    return position === 0 ? absent : at(this.view, position, 1, () => this.view.getInt8(position));
  }

  int32(slot: number, absent = 0): number {
    const position = this.field(slot);
    return position === 0 ? absent : at(this.view, position, 4, () => this.view.getInt32(position, true));
  }

  uint32(slot: number, absent = 0): number {
    return this.int32(slot, absent) >>> 0;
  }

  /** A 64-bit unsigned field as a number; values beyond 2^53 only need to be recognised as too large. */
  uint64(slot: number): number {
    const position = this.field(slot);
    return position === 0 ? 0 : Number(at(this.view, position, 8, () => this.view.getBigUint64(position, true)));
  }

  /** Start and element count of a vector whose elements take `elementBytes`, checked to lie inside the file. */
  private vector(slot: number, elementBytes: number): { start: number; count: number } | undefined {
    const position = this.field(slot);
    if (position === 0) return undefined;
    const offset = at(this.view, position, 4, () => this.view.getUint32(position, true));
    const vector = position + offset;
    const count = at(this.view, vector, 4, () => this.view.getUint32(vector, true));
    need(this.view, vector + 4, count * elementBytes);
    this.budget.left -= 1 + count;
    if (this.budget.left < 0) throw badFile('it repeats itself more often than a real model could');
    return { start: vector + 4, count };
  }

  bytes(slot: number): Uint8Array | undefined {
    const vector = this.vector(slot, 1);
    return vector && new Uint8Array(this.view.buffer, this.view.byteOffset + vector.start, vector.count);
  }

  text(slot: number): string {
    const bytes = this.bytes(slot);
    return bytes ? new TextDecoder().decode(bytes) : '';
  }

  int32s(slot: number): number[] {
    return this.numbers(slot, 4, (position) => this.view.getInt32(position, true));
  }

  float32s(slot: number): number[] {
    return this.numbers(slot, 4, (position) => this.view.getFloat32(position, true));
  }

  int64s(slot: number): number[] {
    return this.numbers(slot, 8, (position) => Number(this.view.getBigInt64(position, true)));
  }

  private numbers(slot: number, elementBytes: number, read: (position: number) => number): number[] {
    const vector = this.vector(slot, elementBytes);
    if (!vector) return [];
    return Array.from({ length: vector.count }, (_, i) => read(vector.start + i * elementBytes));
  }

  table(slot: number): Table | undefined {
    const position = this.field(slot);
    return position === 0 ? undefined : Table.behind(this.view, position, this.budget);
  }

  tables(slot: number): Table[] {
    const vector = this.vector(slot, 4);
    if (!vector) return [];
    return Array.from({ length: vector.count }, (_, i) => Table.behind(this.view, vector.start + 4 * i, this.budget));
  }
}

function need(view: DataView, position: number, bytes: number): void {
  if (position < 0 || position + bytes > view.byteLength)
    throw badFile('an offset in it points past its end (the file is cut short or damaged)');
}

function at(view: DataView, position: number, bytes: number, read: () => number): number;
function at(view: DataView, position: number, bytes: number, read: () => bigint): bigint;
function at(view: DataView, position: number, bytes: number, read: () => number | bigint): number | bigint {
  need(view, position, bytes);
  return read();
}

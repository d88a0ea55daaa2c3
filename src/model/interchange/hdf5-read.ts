/**
 * Reads the part of HDF5 that Keras writes: groups, attributes that are texts, and arrays of floats stored in one
 * piece; in the library's oldest layout (its default up to version 1.14) and in the newer one with small groups.
 * Whatever else stands in a file is refused in one sentence. Every address and length is checked, every walk is
 * counted, and nothing is allocated beyond the size of the file, so a damaged or hostile file ends in an error.
 * Source: "HDF5 File Format Specification Version 3.0", The HDF Group.
 *
 * Knows nothing of Keras.
 */
import { ModelError } from '../errors';
import { product } from '../resolve';

export interface Hdf5Array {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

interface Message {
  readonly type: number;
  readonly at: number;
  readonly length: number;
}

const messageType = { dataspace: 1, linkInfo: 2, datatype: 3, link: 6, layout: 8, filters: 11, attribute: 12 } as const;
const continuation = 16;
const symbolTable = 17;
const signature = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];
/** An address that says "nowhere", as reading 64 bits into a double gives it. */
const nowhere = 2 ** 64;
/** Steps (messages, names, tree nodes) that reading one file may take. */
const mostSteps = 1 << 20;
/** Bytes of names and texts in all: many references may stand for one long text. */
const mostTextBytes = 1 << 26;
const mostDimensions = 8;

export const looksLikeHdf5 = (bytes: Uint8Array): boolean => signature.every((value, index) => bytes[index] === value);

function refused(what: string, cause?: unknown): ModelError {
  return new ModelError('not-a-model', what, 'Save the model again in Keras, and take that file.', cause);
}
const damaged = (cause?: unknown) => refused('The HDF5 file is damaged or cut off.', cause);

interface Datatype {
  readonly kind: 'float' | 'text' | 'textElsewhere' | 'other';
  readonly size: number;
}

export class Hdf5File {
  private readonly view: DataView;
  private readonly base: number;
  private steps = 0;
  private textBytes = 0;
  private readonly root: number;
  private readonly children = new Map<number, ReadonlyMap<string, number>>();

  constructor(private readonly bytes: Uint8Array) {
    if (!looksLikeHdf5(bytes)) throw refused('This is not an HDF5 file.');
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const version = this.guarded(() => this.view.getUint8(8));
    const sizesAt = version < 2 ? 13 : 9;
    if (version > 3) throw refused(`The HDF5 file is of a version (${version}) that Dormouse does not read.`);
    [this.base, this.root] = this.guarded(() => {
      if (this.view.getUint8(sizesAt) !== 8 || this.view.getUint8(sizesAt + 1) !== 8) throw damaged();
      // The root's entry stands behind four addresses; version 1 has four more bytes before those.
      const at = version === 1 ? 28 : 24;
      return version < 2 ? [this.word(at), this.word(at + 40)] : [this.word(12), this.word(36)];
    });
  }

  /** Names in a group, in no particular order; none where there is no such group. */
  names(path: string): string[] {
    const node = this.find(path);
    return node === undefined ? [] : [...this.guarded(() => this.linksOf(node)).keys()];
  }

  has(path: string): boolean {
    return this.find(path) !== undefined;
  }

  /** A text, or list of texts, that is attached to the group or array at `path`. */
  texts(path: string, name: string): string[] | undefined {
    const node = this.find(path);
    if (node === undefined) return undefined;
    return this.guarded(() => {
      for (const message of this.messagesOf(node)) {
        if (message.type !== messageType.attribute) continue;
        const found = this.attribute(message, name);
        if (found) return found;
      }
      return undefined;
    });
  }

  /** The array at `path` as float32; undefined where there is none. */
  array(path: string): Hdf5Array | undefined {
    const node = this.find(path);
    return node === undefined ? undefined : this.guarded(() => this.floats(node, path));
  }

  private guarded<T>(read: () => T): T {
    try {
      return read();
    } catch (error) {
      if (error instanceof ModelError) throw error;
      throw damaged(error);
    }
  }

  private step(): void {
    if (++this.steps > mostSteps) throw damaged();
  }

  private word(at: number): number {
    return this.view.getUint32(at, true) + this.view.getUint32(at + 4, true) * 2 ** 32;
  }

  /** A place in the file, from an address stored in it; throws where `length` bytes do not fit there. */
  private place(address: number, length: number): number {
    const at = this.base + address;
    if (!Number.isSafeInteger(at) || at < 0 || length < 0 || at + length > this.bytes.length) throw damaged();
    return at;
  }

  private tag(at: number): string {
    return String.fromCharCode(...this.bytes.subarray(at, at + 4));
  }

  private find(path: string): number | undefined {
    let node: number | undefined = this.root;
    for (const part of path.split('/').filter(Boolean)) {
      const from: number = node;
      node = this.guarded(() => this.linksOf(from)).get(part);
      if (node === undefined) return undefined;
    }
    return node;
  }

  private messagesOf(address: number): Message[] {
    const at = this.place(address, 16);
    return this.tag(at) === 'OHDR' ? this.newMessages(at) : this.oldMessages(at);
  }

  private oldMessages(at: number): Message[] {
    if (this.view.getUint8(at) !== 1) throw damaged();
    const found: Message[] = [];
    const blocks = [[at + 16, this.view.getUint32(at + 8, true)]];
    for (const [from, length] of blocks) {
      this.place(from - this.base, length);
      for (let next = from; next + 8 <= from + length;) {
        this.step();
        const message = {
          type: this.view.getUint16(next, true),
          at: next + 8,
          length: this.view.getUint16(next + 2, true),
        };
        if (message.at + message.length > from + length) throw damaged();
        if (message.type === continuation) blocks.push([this.base + this.word(message.at), this.word(message.at + 8)]);
        else found.push(message);
        next = message.at + message.length;
      }
    }
    return found;
  }

  private newMessages(at: number): Message[] {
    const flags = this.view.getUint8(at + 5);
    const sizeAt = at + 6 + (flags & 0x20 ? 16 : 0) + (flags & 0x10 ? 4 : 0);
    const sizeBytes = 1 << (flags & 3);
    const found: Message[] = [];
    const blocks = [[sizeAt + sizeBytes, this.number(sizeAt, sizeBytes)]];
    const head = flags & 4 ? 6 : 4;
    for (const [from, length] of blocks) {
      this.place(from - this.base, length);
      for (let next = from; next + head <= from + length;) {
        this.step();
        const message = {
          type: this.view.getUint8(next),
          at: next + head,
          length: this.view.getUint16(next + 1, true),
        };
        if (message.at + message.length > from + length) throw damaged();
        // A continued block begins with its own four letters and ends with a checksum.
        if (message.type === continuation)
          blocks.push([this.base + this.word(message.at) + 4, this.word(message.at + 8) - 8]);
        else found.push(message);
        next = message.at + message.length;
      }
    }
    return found;
  }

  private number(at: number, size: number): number {
    let value = 0;
    for (let index = size - 1; index >= 0; index--) value = value * 256 + this.view.getUint8(at + index);
    return value;
  }

  private linksOf(address: number): ReadonlyMap<string, number> {
    const known = this.children.get(address);
    if (known) return known;
    const links = new Map<string, number>();
    for (const message of this.messagesOf(address)) {
      if (message.type === symbolTable) this.oldLinks(message, links);
      else if (message.type === messageType.link) this.newLink(message, links);
      else if (message.type === messageType.linkInfo) this.refuseLargeGroups(message);
    }
    this.children.set(address, links);
    return links;
  }

  private refuseLargeGroups({ at }: Message): void {
    const heap = this.word(at + 2 + (this.view.getUint8(at + 1) & 1 ? 8 : 0));
    if (heap < nowhere - 2 ** 12)
      throw refused('The HDF5 file keeps its names in a newer way that Dormouse does not read.');
  }

  private newLink({ at, length }: Message, links: Map<string, number>): void {
    const flags = this.view.getUint8(at + 1);
    let next = at + 2;
    const kind = flags & 8 ? this.view.getUint8(next++) : 0;
    next += (flags & 4 ? 8 : 0) + (flags & 16 ? 1 : 0);
    const nameBytes = this.number(next, 1 << (flags & 3));
    next += 1 << (flags & 3);
    if (next + nameBytes + 8 > at + length) throw damaged();
    // Other kinds are soft and external links, which Keras does not make.
    if (kind === 0) links.set(this.text(next, nameBytes), this.word(next + nameBytes));
  }

  private oldLinks({ at }: Message, links: Map<string, number>): void {
    const heap = this.place(this.word(at + 8), 32);
    if (this.tag(heap) !== 'HEAP') throw damaged();
    const heapBytes = this.word(heap + 8);
    const names = this.place(this.word(heap + 24), heapBytes);
    const nodes = [this.word(at)];
    for (let next = nodes.pop(); next !== undefined; next = nodes.pop()) {
      this.step();
      const node = this.place(next, 24);
      const isTree = this.tag(node) === 'TREE';
      if (!isTree && this.tag(node) !== 'SNOD') throw damaged();
      const count = this.view.getUint16(node + 6, true);
      this.place(next, isTree ? 24 + count * 16 : 8 + count * 40);
      for (let index = 0; index < count; index++) {
        this.step();
        if (isTree) {
          nodes.push(this.word(node + 32 + index * 16));
          continue;
        }
        const entry = node + 8 + index * 40;
        const nameAt = this.word(entry);
        if (nameAt >= heapBytes) throw damaged();
        const soft = this.view.getUint32(entry + 16, true) === 2;
        if (!soft) links.set(this.text(names + nameAt, heapBytes - nameAt), this.word(entry + 8));
      }
    }
  }

  /** At most `length` bytes of UTF-8, up to a zero. */
  private text(at: number, length: number): string {
    const bytes = this.bytes.subarray(at, at + length);
    const zero = bytes.indexOf(0);
    const used = zero < 0 ? bytes : bytes.subarray(0, zero);
    this.textBytes += used.length;
    if (this.textBytes > mostTextBytes) throw damaged();
    return new TextDecoder().decode(used);
  }

  private datatype(at: number): Datatype {
    const kind = this.view.getUint8(at) & 15;
    const bits = this.view.getUint8(at + 1);
    const size = this.view.getUint32(at + 4, true);
    if (kind === 3) return { kind: 'text', size };
    if (kind === 9 && (bits & 15) === 1) return { kind: 'textElsewhere', size };
    // Little-endian IEEE numbers, told from other floats (bfloat16) by the width of their exponents.
    const exponent = { 2: 5, 4: 8, 8: 11 }[size];
    const plain = kind === 1 && (bits & 0x41) === 0 && this.view.getUint8(at + 13) === exponent;
    return { kind: plain ? 'float' : 'other', size };
  }

  private dimensions(at: number): number[] {
    const version = this.view.getUint8(at);
    const rank = this.view.getUint8(at + 1);
    if (version < 1 || version > 2 || rank > mostDimensions) throw damaged();
    if (version === 2 && this.view.getUint8(at + 3) === 2) return [0];
    return Array.from({ length: rank }, (_, index) => this.word(at + (version === 1 ? 8 : 4) + index * 8));
  }

  private attribute({ at, length }: Message, wanted: string): string[] | undefined {
    const version = this.view.getUint8(at);
    const shared = version > 1 && (this.view.getUint8(at + 1) & 3) !== 0;
    if (version < 1 || version > 3) throw damaged();
    const padded = (size: number) => (version === 1 ? Math.ceil(size / 8) * 8 : size);
    const [nameBytes, typeBytes, spaceBytes] = [2, 4, 6].map((offset) => this.view.getUint16(at + offset, true));
    const nameAt = at + (version === 3 ? 9 : 8);
    if (this.text(nameAt, nameBytes) !== wanted) return undefined;
    const typeAt = nameAt + padded(nameBytes);
    const spaceAt = typeAt + padded(typeBytes);
    const dataAt = spaceAt + padded(spaceBytes);
    const type = this.datatype(typeAt);
    if (shared || (type.kind !== 'text' && type.kind !== 'textElsewhere')) return undefined;
    const count = product(this.dimensions(spaceAt));
    if (!Number.isSafeInteger(count) || dataAt + count * type.size > at + length) throw damaged();
    return Array.from({ length: count }, (_, index) => {
      this.step();
      const value = dataAt + index * type.size;
      return type.kind === 'text' ? this.text(value, type.size) : this.textElsewhere(value);
    });
  }

  /** A text of any length stands in a heap of its own; here stand its length, the heap and its number there. */
  private textElsewhere(at: number): string {
    const length = this.view.getUint32(at, true);
    const wanted = this.view.getUint32(at + 12, true);
    if (length === 0) return '';
    const heap = this.place(this.word(at + 4), 16);
    if (this.tag(heap) !== 'GCOL') throw damaged();
    const end = heap + this.word(heap + 8);
    this.place(heap - this.base, end - heap);
    for (let entry = heap + 16; entry + 16 <= end;) {
      this.step();
      const size = this.word(entry + 8);
      if (entry + 16 + size > end) throw damaged();
      if (this.view.getUint16(entry, true) === wanted) return this.text(entry + 16, Math.min(size, length));
      entry += 16 + Math.ceil(size / 8) * 8;
    }
    throw damaged();
  }

  private floats(node: number, path: string): Hdf5Array {
    const messages = this.messagesOf(node);
    const part = (type: number) => messages.find((message) => message.type === type);
    const space = part(messageType.dataspace);
    const layout = part(messageType.layout);
    const typeMessage = part(messageType.datatype);
    if (!space || !layout || !typeMessage) throw refused(`"${path.slice(0, 100)}" in the HDF5 file is not an array.`);
    const type = this.datatype(typeMessage.at);
    if (type.kind !== 'float')
      throw refused(`The numbers of "${path.slice(0, 100)}" in the HDF5 file are not 16-, 32- or 64-bit floats.`);
    const shape = this.dimensions(space.at);
    const count = product(shape);
    const version = this.view.getUint8(layout.at);
    const kind = this.view.getUint8(layout.at + 1);
    if (version < 3 || version > 4 || kind > 1 || part(messageType.filters))
      throw refused(`The numbers of "${path.slice(0, 100)}" in the HDF5 file are compressed or in pieces.`);
    if (!Number.isSafeInteger(count)) throw damaged();
    if (count === 0) return { shape, values: new Float32Array(0) };
    const from = kind === 0 ? layout.at + 4 : this.place(this.word(layout.at + 2), count * type.size);
    this.place(from - this.base, count * type.size);
    return { shape, values: this.numbers(from, count, type.size) };
  }

  private numbers(from: number, count: number, size: number): Float32Array {
    const values = new Float32Array(count);
    for (let index = 0; index < count; index++) {
      const at = from + index * size;
      if (size === 4) values[index] = this.view.getFloat32(at, true);
      else values[index] = size === 8 ? this.view.getFloat64(at, true) : halfFloat(this.view.getUint16(at, true));
    }
    return values;
  }
}

/** An IEEE 754 binary16 as a number. */
export function halfFloat(bits: number): number {
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  const sign = bits & 0x8000 ? -1 : 1;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/**
 * Writes an HDF5 file of groups and float32 arrays, in the oldest layout of the format, which every version of the
 * library reads. The same content gives the same bytes.
 * Source: "HDF5 File Format Specification Version 3.0", The HDF Group (superblock version 0, symbol tables).
 *
 * Knows nothing of Keras.
 */
import type { Hdf5Array } from './hdf5-read';

/** Names to arrays, or to further groups. */
export interface Hdf5Group {
  readonly [name: string]: Hdf5Group | Hdf5Array;
}

const isArray = (entry: Hdf5Group | Hdf5Array): entry is Hdf5Array => entry['values'] instanceof Float32Array;

const superblockBytes = 96;
/** Names a leaf holds at most: twice the K that stands in the superblock, the library's own default. */
const leafK = 4;
const undefinedAddress = 0xffff_ffff_ffff_ffffn;

class Writer {
  private readonly blocks: { at: number; bytes: Uint8Array }[] = [];
  private end = superblockBytes;
  /** Half of the children that a tree node has room for: one node must hold all leaves of the largest group. */
  private readonly treeK: number;

  constructor(private readonly root: Hdf5Group) {
    this.treeK = Math.max(4, Math.ceil(mostLeaves(root) / 2));
  }

  private reserve(bytes: number): { at: number; view: DataView; bytes: Uint8Array } {
    const at = this.end;
    const block = new Uint8Array(Math.ceil(bytes / 8) * 8);
    this.blocks.push({ at, bytes: block });
    this.end += block.length;
    return { at, view: new DataView(block.buffer), bytes: block };
  }

  private header(messages: readonly { type: number; data: Uint8Array }[]): number {
    const length = messages.reduce((sum, { data }) => sum + 8 + data.length, 0);
    const { at, view, bytes } = this.reserve(16 + length);
    view.setUint8(0, 1);
    view.setUint16(2, messages.length, true);
    view.setUint32(4, 1, true);
    view.setUint32(8, length, true);
    let next = 16;
    for (const { type, data } of messages) {
      view.setUint16(next, type, true);
      view.setUint16(next + 2, data.length, true);
      bytes.set(data, next + 8);
      next += 8 + data.length;
    }
    return at;
  }

  private array({ shape, values }: Hdf5Array): number {
    const data = this.reserve(values.length * 4);
    values.forEach((value, index) => data.view.setFloat32(index * 4, value, true));
    const space = new Uint8Array(8 + shape.length * 8);
    space.set([1, shape.length]);
    shape.forEach((size, index) => new DataView(space.buffer).setBigUint64(8 + index * 8, BigInt(size), true));
    const layout = new Uint8Array(24);
    layout.set([3, 1]);
    const layoutView = new DataView(layout.buffer);
    layoutView.setBigUint64(2, values.length ? BigInt(data.at) : undefinedAddress, true);
    layoutView.setBigUint64(10, BigInt(values.length * 4), true);
    // Fill values are allocated late, written where set, and not set.
    const fill = Uint8Array.of(2, 2, 2, 0, 0, 0, 0, 0);
    return this.header([
      { type: 1, data: space },
      { type: 3, data: float32Type },
      { type: 5, data: fill },
      { type: 8, data: layout },
    ]);
  }

  /** @returns addresses of the group's header, tree and heap. */
  private group(group: Hdf5Group): { header: number; tree: number; heap: number } {
    // The format wants names in the order of their bytes.
    const entries = Object.entries(group)
      .map(([name, entry]) => ({ name: Buffer.from(name, 'utf8'), entry }))
      .sort((a, b) => Buffer.compare(a.name, b.name));
    const nameAt: number[] = [];
    // Offset 0 is the empty name, which the first key of a tree refers to.
    let heapBytes = 8;
    for (const { name } of entries) {
      nameAt.push(heapBytes);
      heapBytes += Math.ceil((name.length + 1) / 8) * 8;
    }
    const names = this.reserve(heapBytes);
    entries.forEach(({ name }, index) => names.bytes.set(name, nameAt[index]));
    const heap = this.reserve(32);
    heap.bytes.set(Buffer.from('HEAP'));
    heap.view.setBigUint64(8, BigInt(heapBytes), true);
    // 1 says that the heap has no free space.
    heap.view.setBigUint64(16, 1n, true);
    heap.view.setBigUint64(24, BigInt(names.at), true);
    const addresses = entries.map(({ entry }) => (isArray(entry) ? this.array(entry) : this.group(entry).header));
    const leaves: { at: number; lastName: number }[] = [];
    for (let first = 0; first < entries.length; first += leafK * 2) {
      const count = Math.min(leafK * 2, entries.length - first);
      leaves.push({ at: this.leaf(nameAt, addresses, first, count), lastName: nameAt[first + count - 1] });
    }
    const tree = this.tree(leaves);
    const message = new Uint8Array(16);
    new DataView(message.buffer).setBigUint64(0, BigInt(tree), true);
    new DataView(message.buffer).setBigUint64(8, BigInt(heap.at), true);
    return { header: this.header([{ type: 17, data: message }]), tree, heap: heap.at };
  }

  private leaf(nameAt: readonly number[], addresses: readonly number[], first: number, count: number): number {
    const { at, view, bytes } = this.reserve(8 + leafK * 2 * 40);
    bytes.set(Buffer.from('SNOD'));
    view.setUint8(4, 1);
    view.setUint16(6, count, true);
    for (let index = 0; index < count; index++) {
      view.setBigUint64(8 + index * 40, BigInt(nameAt[first + index]), true);
      view.setBigUint64(16 + index * 40, BigInt(addresses[first + index]), true);
    }
    return at;
  }

  private tree(leaves: readonly { at: number; lastName: number }[]): number {
    const { at, view, bytes } = this.reserve(24 + (this.treeK * 4 + 1) * 8);
    bytes.set(Buffer.from('TREE'));
    view.setUint16(6, leaves.length, true);
    view.setBigUint64(8, undefinedAddress, true);
    view.setBigUint64(16, undefinedAddress, true);
    leaves.forEach((leaf, index) => {
      view.setBigUint64(32 + index * 16, BigInt(leaf.at), true);
      view.setBigUint64(40 + index * 16, BigInt(leaf.lastName), true);
    });
    return at;
  }

  write(): Uint8Array {
    const { header, tree, heap } = this.group(this.root);
    const file = new Uint8Array(this.end);
    for (const { at, bytes } of this.blocks) file.set(bytes, at);
    const view = new DataView(file.buffer);
    file.set([0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a]);
    file.set([8, 8], 13);
    view.setUint16(16, leafK, true);
    view.setUint16(18, this.treeK, true);
    view.setBigUint64(32, undefinedAddress, true);
    view.setBigUint64(40, BigInt(this.end), true);
    view.setBigUint64(48, undefinedAddress, true);
    view.setBigUint64(64, BigInt(header), true);
    // Tree and heap of the root are repeated here, as the library does.
    view.setUint32(72, 1, true);
    view.setBigUint64(80, BigInt(tree), true);
    view.setBigUint64(88, BigInt(heap), true);
    return file;
  }
}

/** IEEE 754 binary32, little-endian. */
const float32Type = Uint8Array.of(0x11, 0x20, 31, 0, 4, 0, 0, 0, 0, 0, 32, 0, 23, 8, 0, 23, 127, 0, 0, 0, 0, 0, 0, 0);

function mostLeaves(group: Hdf5Group): number {
  const entries = Object.values(group);
  const inside = entries.map((entry) => (isArray(entry) ? 0 : mostLeaves(entry)));
  return Math.max(Math.ceil(entries.length / (leafK * 2)), ...inside);
}

/** The file, complete. */
export function writeHdf5(root: Hdf5Group): Uint8Array {
  return new Writer(root).write();
}

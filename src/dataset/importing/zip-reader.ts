/**
 * Reads zip archives from their central directory, one entry at a time and never onto the disk. Hostile archives are
 * refused: names that point elsewhere, entries that unpack to more than they may, sizes and checksums that lie.
 * Source: PKWARE, APPNOTE.TXT 6.3.10; stored and deflated entries only, no encryption, no zip64.
 */
import { open, type FileHandle } from 'node:fs/promises';
import { basename } from 'node:path';
import { crc32, inflateRawSync } from 'node:zlib';
import { DatasetError } from '../errors';
import type { Remarks } from './remarks';
import { isJunk, tooLong } from './limits';
import type { SourceFile, SourceTree } from './sources';

const END = 0x06054b50;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;
const MAX_DIRECTORY = 256 << 20;
const MAX_TOTAL = 16e9;
const CHUNK = 1 << 20;

interface ZipEntry {
  readonly path: string;
  readonly method: number;
  readonly crc: number;
  readonly packed: number;
  readonly size: number;
  readonly offset: number;
}

function bad(what: string): DatasetError {
  return new DatasetError('bad-file', what, 'Make the zip again, or unpack it and import the folder.');
}

async function readAt(handle: FileHandle, at: number, length: number, name: string): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  let done = 0;
  while (done < length) {
    const { bytesRead } = await handle.read(bytes, done, length - done, at + done);
    if (bytesRead === 0) throw bad(`${name} is cut short.`);
    done += bytesRead;
  }
  return bytes;
}

/** Where the central directory is: found from the end, past a comment of up to 64 KB. */
async function findDirectory(
  handle: FileHandle,
  size: number,
  name: string,
): Promise<{ at: number; length: number; count: number }> {
  const tailLength = Math.min(size, 22 + 65535);
  const tail = await readAt(handle, size - tailLength, tailLength, name);
  for (let at = tailLength - 22; at >= 0; at--) {
    if (tail.readUInt32LE(at) !== END) continue;
    const directory = {
      count: tail.readUInt16LE(at + 10),
      length: tail.readUInt32LE(at + 12),
      at: tail.readUInt32LE(at + 16),
    };
    if (directory.count === 0xffff || directory.at === 0xffffffff)
      throw bad(`${name} is a zip of the large kind (zip64), which is not supported.`);
    if (directory.at + directory.length > size || directory.length > MAX_DIRECTORY) break;
    return directory;
  }
  throw bad(`${name} is not a complete zip file.`);
}

/** undefined where the name points out of the archive or is no name at all. */
function safePath(name: string): string | undefined {
  const path = name.replaceAll('\\', '/');
  // eslint-disable-next-line no-control-regex
  if (path.length > 1000 || path.startsWith('/') || /^[a-z]:|[\u0000-\u001f]/i.test(path)) return undefined;
  return path.split('/').some((part) => part === '..' || part === '.' || part === '') ? undefined : path;
}

function parseDirectory(bytes: Buffer, count: number, name: string, remarks: Remarks): ZipEntry[] {
  const entries: ZipEntry[] = [];
  let at = 0;
  for (let i = 0; i < count; i++) {
    if (at + 46 > bytes.length || bytes.readUInt32LE(at) !== CENTRAL) throw bad(`${name} is a damaged zip file.`);
    const flags = bytes.readUInt16LE(at + 8);
    const nameLength = bytes.readUInt16LE(at + 28);
    const next = at + 46 + nameLength + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
    if (next > bytes.length) throw bad(`${name} is a damaged zip file.`);
    const raw = bytes.subarray(at + 46, at + 46 + nameLength).toString(flags & 0x800 ? 'utf8' : 'latin1');
    const entry = {
      method: bytes.readUInt16LE(at + 10),
      crc: bytes.readUInt32LE(at + 16),
      packed: bytes.readUInt32LE(at + 20),
      size: bytes.readUInt32LE(at + 24),
      offset: bytes.readUInt32LE(at + 42),
    };
    at = next;
    if (/[\\/]$/.test(raw)) continue;
    const path = safePath(raw);
    if (path === undefined)
      remarks.add('zip-slip', `${name} holds a file whose name points outside of it; that file was refused.`);
    else if (isJunk(path)) continue;
    else if (flags & 1) remarks.add('zip-locked', `${path} in ${name} is encrypted and was left out.`);
    else if (entry.method !== 0 && entry.method !== 8)
      remarks.add('zip-method', `${path} in ${name} is packed in a rare way and was left out.`);
    else entries.push({ path, ...entry });
  }
  return entries;
}

async function unpack(handle: FileHandle, entry: ZipEntry, limit: number, name: string): Promise<Uint8Array> {
  if (entry.size > limit) throw tooLong(entry.path, entry.size, limit);
  if (entry.packed > limit) throw tooLong(entry.path, entry.packed, limit);
  const header = await readAt(handle, entry.offset, 30, name);
  if (header.readUInt32LE(0) !== LOCAL) throw bad(`${entry.path} in ${name} is damaged.`);
  const start = entry.offset + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
  const packed = await readAt(handle, start, entry.packed, name);
  let bytes: Uint8Array;
  try {
    // Stops at the size that the directory promised: a bomb cannot unpack to more than it says.
    bytes = entry.method === 0 ? packed : inflateRawSync(packed, { maxOutputLength: Math.max(entry.size, 1) });
  } catch (error) {
    throw new DatasetError('bad-file', `${entry.path} in ${name} is damaged.`, 'Make the zip again.', error);
  }
  if (bytes.length !== entry.size || crc32(bytes) !== entry.crc) throw bad(`${entry.path} in ${name} is damaged.`);
  return bytes;
}

function fileInZip(handle: FileHandle, entry: ZipEntry, name: string): SourceFile {
  return {
    path: entry.path,
    size: entry.size,
    read: (limit) => unpack(handle, entry, limit, name),
    async *chunks() {
      const bytes = await unpack(handle, entry, 512 << 20, name);
      for (let at = 0; at < bytes.length; at += CHUNK) yield bytes.subarray(at, at + CHUNK);
    },
  };
}

/** `treeName` is what the archive counts as, where labels come from folder names. */
export async function openZip(path: string, treeName: string, remarks: Remarks): Promise<SourceTree> {
  const name = basename(path);
  const handle = await open(path, 'r');
  try {
    const { size } = await handle.stat();
    if (size < 22) throw bad(`${name} is not a complete zip file.`);
    const directory = await findDirectory(handle, size, name);
    const bytes = await readAt(handle, directory.at, directory.length, name);
    const entries = parseDirectory(bytes, directory.count, name, remarks);
    const total = entries.reduce((sum, entry) => sum + entry.size, 0);
    if (total > MAX_TOTAL) throw bad(`${name} would unpack to ${Math.round(total / 1e9)} GB.`);
    const unique = [...new Map(entries.map((entry) => [entry.path, entry])).values()];
    unique.sort((a, b) => (a.path < b.path ? -1 : 1));
    return {
      name: treeName,
      isFolder: true,
      files: unique.map((entry) => fileInZip(handle, entry, name)),
      close: () => handle.close(),
    };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

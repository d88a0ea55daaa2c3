/**
 * A zip reader for files of hundreds of megabytes of which we want a few: reads the central directory and then only
 * the wanted entries, one at a time. Stored and deflated entries, no zip64, no encryption.
 * (.ZIP File Format Specification 6.3.10, sections 4.3.7, 4.3.12, 4.3.16)
 */
import { closeSync, fstatSync, mkdirSync, openSync, readSync, writeFileSync } from 'node:fs';
import { dirname, resolve, sep } from 'node:path';
import { crc32, inflateRawSync } from 'node:zlib';

const endSignature = 0x06054b50;
const entrySignature = 0x02014b50;

function read(file, position, length) {
  const bytes = Buffer.alloc(length);
  if (readSync(file, bytes, 0, length, position) !== length) throw new Error('the zip file ends too early');
  return bytes;
}

/** The end record lies within the last 64 KiB + 22 bytes, after a comment of unknown length. */
function centralDirectory(file) {
  const size = fstatSync(file).size;
  const tail = read(file, Math.max(0, size - 65_557), Math.min(size, 65_557));
  for (let at = tail.length - 22; at >= 0; at--) {
    if (tail.readUInt32LE(at) !== endSignature) continue;
    return {
      count: tail.readUInt16LE(at + 10),
      bytes: read(file, tail.readUInt32LE(at + 16), tail.readUInt32LE(at + 12)),
    };
  }
  throw new Error('this is not a zip file');
}

function* entries(file) {
  const { count, bytes } = centralDirectory(file);
  for (let i = 0, at = 0; i < count; i++) {
    if (bytes.readUInt32LE(at) !== entrySignature) throw new Error('the zip file has a damaged directory');
    const nameLength = bytes.readUInt16LE(at + 28);
    yield {
      name: bytes.toString('utf8', at + 46, at + 46 + nameLength),
      method: bytes.readUInt16LE(at + 10),
      crc: bytes.readUInt32LE(at + 16),
      packed: bytes.readUInt32LE(at + 20),
      size: bytes.readUInt32LE(at + 24),
      mode: (bytes.readUInt32LE(at + 38) >>> 16) & 0o777,
      offset: bytes.readUInt32LE(at + 42),
    };
    at += 46 + nameLength + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
}

function contents(file, entry) {
  const header = read(file, entry.offset, 30);
  const start = entry.offset + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
  const packed = read(file, start, entry.packed);
  if (entry.method !== 0 && entry.method !== 8) throw new Error(`${entry.name} is packed in a way not known here`);
  const bytes = entry.method === 0 ? packed : inflateRawSync(packed, { maxOutputLength: Math.max(entry.size, 1) });
  // zlib.crc32 came with Node 20.15.
  if (crc32(bytes) !== entry.crc) throw new Error(`${entry.name} is damaged`);
  return bytes;
}

/**
 * Writes the entries for which `nameFor(name)` answers with a path (relative to `folder`); others are left out.
 * Throws on a path that leads out of the folder.
 */
export function unzip(zip, folder, nameFor) {
  const file = openSync(zip, 'r');
  try {
    for (const entry of entries(file)) {
      const wanted = entry.name.endsWith('/') ? undefined : nameFor(entry.name);
      if (wanted === undefined) continue;
      const target = resolve(folder, wanted);
      if (!target.startsWith(resolve(folder) + sep)) throw new Error(`${entry.name} leads out of its folder`);
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, contents(file, entry), { mode: entry.mode || 0o644 });
    }
  } finally {
    closeSync(file);
  }
}

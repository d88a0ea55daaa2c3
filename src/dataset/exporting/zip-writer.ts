/** Writes a zip archive piece by piece, so that a large dataset never stands in memory. Source: PKWARE, APPNOTE.TXT. */
import { crc32, deflateRawSync } from 'node:zlib';
import type { DiskHandle } from '../../base';
import { DatasetError } from '../errors';

interface Written {
  readonly name: Buffer;
  readonly header: Buffer;
  readonly offset: number;
}

/** 1 January 1980 00:00, the earliest time of the format: the same data makes the same bytes. */
const DATE = 0x0021;

export class ZipWriter {
  private readonly entries: Written[] = [];
  private offset = 0;

  constructor(private readonly handle: DiskHandle) {}

  async add(path: string, content: Uint8Array): Promise<void> {
    const name = Buffer.from(path, 'utf8');
    const packed = deflateRawSync(content, { level: 6 });
    const header = Buffer.alloc(26);
    header.writeUInt16LE(20, 0);
    header.writeUInt16LE(0x0800, 2);
    header.writeUInt16LE(8, 4);
    header.writeUInt16LE(DATE, 8);
    header.writeUInt32LE(crc32(content), 10);
    header.writeUInt32LE(packed.length, 14);
    header.writeUInt32LE(content.length, 18);
    header.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([Buffer.from('PK\u0003\u0004', 'latin1'), header, name]);
    this.entries.push({ name, header, offset: this.offset });
    if (this.entries.length > 65534 || this.offset + local.length + packed.length > 0xfffffffe) {
      const action = 'Export as a folder instead.';
      throw new DatasetError('bad-request', 'The dataset is too large for one zip file.', action);
    }
    await this.handle.write(local);
    await this.handle.write(packed);
    this.offset += local.length + packed.length;
  }

  async finish(): Promise<void> {
    const start = this.offset;
    let length = 0;
    for (const { name, header, offset } of this.entries) {
      const fixed = Buffer.alloc(46);
      fixed.write('PK\u0001\u0002', 0, 'latin1');
      fixed.writeUInt16LE(20, 4);
      header.copy(fixed, 6);
      fixed.writeUInt32LE(offset, 42);
      const record = Buffer.concat([fixed, name]);
      await this.handle.write(record);
      length += record.length;
    }
    const end = Buffer.alloc(22);
    end.write('PK\u0005\u0006', 0, 'latin1');
    end.writeUInt16LE(this.entries.length, 8);
    end.writeUInt16LE(this.entries.length, 10);
    end.writeUInt32LE(length, 12);
    end.writeUInt32LE(start, 16);
    await this.handle.write(end);
  }
}

/** Atomic replacement: after any failure a file is old or new, and nothing else is left behind. */
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isTemporaryName, replaceFile, replaceFiles } from '../../src/base';
import { faultyDisk } from '../support/faulty-disk';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dormouse-atomic-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('replaceFile', () => {
  it('creates and replaces, text and bytes', async () => {
    const path = join(folder, 'a');
    await replaceFile(path, 'one');
    expect(readFileSync(path, 'utf8')).toBe('one');
    await replaceFile(path, Uint8Array.of(1, 2));
    expect([...readFileSync(path)]).toEqual([1, 2]);
    expect(readdirSync(folder)).toEqual(['a']);
  });

  it('leaves old or new and no temporary file when the n-th call fails, for every n', async () => {
    let n = 1;
    for (let clean = false; !clean; n++) {
      const path = join(folder, 'a');
      writeFileSync(path, 'old content');
      const disk = faultyDisk();
      disk.arm({ failAt: n, forever: false, code: 'EIO' });
      const result = await replaceFile(path, 'new content', disk).then(
        () => 'done',
        () => 'failed',
      );
      clean = !disk.failed();
      expect(result).toBe(clean ? 'done' : 'failed');
      expect(['old content', 'new content']).toContain(readFileSync(path, 'utf8'));
      if (clean) expect(readFileSync(path, 'utf8')).toBe('new content');
      expect(readdirSync(folder)).toEqual(['a']);
    }
    // create, write, sync, rename, sync of the folder.
    expect(n - 2).toBe(5);
  });

  it('lets nobody see a half-written file while many replace it at once', async () => {
    const path = join(folder, 'a');
    const contents = Array.from({ length: 20 }, (_, i) => String(i).repeat(50_000));
    await replaceFile(path, contents[0]);
    let reading = true;
    const reader = (async () => {
      while (reading) {
        expect(contents).toContain(readFileSync(path, 'utf8'));
        await new Promise((resolve) => setImmediate(resolve));
      }
    })();
    await Promise.all(contents.map((content) => replaceFile(path, content)));
    reading = false;
    await reader;
    expect(readdirSync(folder)).toEqual(['a']);
  });
});

describe('replaceFiles', () => {
  it('replaces each file whole, or leaves it, for every failing call', async () => {
    const names = ['a', 'b', 'c'];
    for (let n = 1, clean = false; !clean; n++) {
      for (const name of names) writeFileSync(join(folder, name), `old ${name}`);
      const disk = faultyDisk();
      disk.arm({ failAt: n, forever: true, code: 'ENOSPC' });
      await replaceFiles(
        names.map((name) => ({ path: join(folder, name), content: `new ${name}` })),
        disk,
      ).catch(() => undefined);
      clean = !disk.failed();
      for (const name of names)
        expect([`old ${name}`, `new ${name}`]).toContain(readFileSync(join(folder, name), 'utf8'));
      const strays = readdirSync(folder).filter((name) => !names.includes(name));
      // A disk on which not even removing works keeps temporary files; they are known by their names.
      expect(strays.every(isTemporaryName)).toBe(true);
      for (const stray of strays) rmSync(join(folder, stray));
    }
  });
});

/** The shell's settings: kept between starts, whole after any failure, and a damaged file never stops anyone. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defaultSettings, noticeAbout, SettingsStore } from '../../electron/settings';
import { realDisk, type Disk } from '../../src/base';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dormouse-settings-'));
});
afterEach(() => rmSync(folder, { recursive: true }));
const file = (): string => join(folder, 'settings.json');

/** A disk whose n-th change fails, as a full one does; counts how many there were. */
function failing(at: number): { disk: Disk; calls: () => number } {
  let calls = 0;
  const step = async <T>(action: () => Promise<T>): Promise<T> => {
    calls += 1;
    if (calls === at) throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
    return action();
  };
  const disk: Disk = {
    create: (path) =>
      step(async () => {
        const handle = await realDisk.create(path);
        return {
          write: (bytes) => step(() => handle.write(bytes)),
          sync: () => step(() => handle.sync()),
          close: () => handle.close(),
        };
      }),
    rename: (from, to) => step(() => realDisk.rename(from, to)),
    remove: (path) => realDisk.remove(path),
    makeFolder: (path) => step(() => realDisk.makeFolder(path)),
    syncFolder: (path) => step(() => realDisk.syncFolder(path)),
  };
  return { disk, calls: () => calls };
}

describe('settings', () => {
  it('start with the usual ones and say nothing', async () => {
    const store = await SettingsStore.open(folder);
    expect(store.get()).toEqual(defaultSettings);
    expect(noticeAbout(store.condition)).toBeUndefined();
  });

  it('are the same after a restart', async () => {
    const store = await SettingsStore.open(folder);
    await store.change({ theme: 'dark' });
    await store.change({ window: { x: 10, y: 20, width: 1300, height: 900, maximised: true } });
    const again = await SettingsStore.open(folder);
    expect(again.get()).toEqual(store.get());
    expect(again.condition).toBe('good');
  });

  it('end as the last of many changes made at once', async () => {
    const store = await SettingsStore.open(folder);
    await Promise.all([0.5, 1, 1.5, 2].map((zoom) => store.change({ zoom })));
    expect((await SettingsStore.open(folder)).get().zoom).toBe(2);
  });

  const damages: [string, string | Buffer][] = [
    ['nothing', ''],
    ['half of it', '{ "format": 1, "the'],
    ['zeros', Buffer.alloc(300)],
    ['another format', '{ "format": 2, "theme": "dark" }'],
    ['wrong values', '{ "format": 1, "theme": "pink" }'],
    ['a list', '[]'],
    ['an endless window', '{ "format": 1, "window": { "width": 1e99, "height": 5, "maximised": false } }'],
  ];
  for (const [name, content] of damages) {
    it(`come from the backup where the file holds ${name}`, async () => {
      const store = await SettingsStore.open(folder);
      await store.change({ theme: 'dark' });
      await store.change({ zoom: 1.5 });
      writeFileSync(file(), content);
      const again = await SettingsStore.open(folder);
      expect(again.condition).toBe('restored');
      expect(again.get()).toMatchObject({ theme: 'dark', zoom: 1 });
      expect(noticeAbout(again.condition)?.message).toMatch(/damaged/);
      expect(readFileSync(join(folder, 'settings.damaged.json'))).toEqual(Buffer.from(content));
      await again.change({ zoom: 2 });
      expect((await SettingsStore.open(folder)).get()).toMatchObject({ theme: 'dark', zoom: 2 });
    });
  }

  it('are the usual ones where file and backup are both damaged, and say so', async () => {
    writeFileSync(file(), 'x');
    writeFileSync(join(folder, 'settings.backup.json'), 'y');
    const store = await SettingsStore.open(folder);
    expect(store.get()).toEqual(defaultSettings);
    expect(store.condition).toBe('lost');
    expect(noticeAbout(store.condition)?.action).toMatch(/projects were not touched/);
  });

  it('are old or new, never damaged, whichever write fails', async () => {
    const good = await SettingsStore.open(folder);
    await good.change({ theme: 'dark' });
    for (let at = 1; ; at++) {
      const { disk, calls } = failing(at);
      const store = await SettingsStore.open(folder, disk);
      const zoom = store.get().zoom === 1 ? 1.25 : 1;
      const error: unknown = await store.change({ zoom }).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      expect(store.get().zoom).toBe(zoom);
      const after = await SettingsStore.open(folder);
      expect(after.condition).toBe('good');
      expect(after.get().theme).toBe('dark');
      if (error === undefined) {
        expect(after.get().zoom).toBe(zoom);
        expect(calls()).toBeLessThan(at);
        expect(at).toBeGreaterThan(5);
        return;
      }
    }
  });
});

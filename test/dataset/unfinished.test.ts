/** A kill between the two files of a new capture, made by hand. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Dataset } from '../../src/dataset';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dormouse-unfinished-'));
  mkdirSync(join(folder, 'captures'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const lonely = (id: string, age: number): string => {
  const path = join(folder, 'captures', `${id}.json`);
  writeFileSync(path, '{"label":"wave"}');
  const at = Date.now() / 1000 - age;
  utimesSync(path, at, at);
  return path;
};

function leaveLockOfTheDead(): void {
  const { pid } = spawnSync(process.execPath, ['-e', '']);
  writeFileSync(join(folder, '.lock'), JSON.stringify({ pid, host: hostname(), started: '', token: 'gone' }));
}

it('clears lonely notes of the program that died, and only those', async () => {
  const old = lonely('20260101-000000-old-000001', 3600);
  leaveLockOfTheDead();
  const fresh = lonely('20260101-000000-new-000001', 0);
  const dataset = await Dataset.open(folder);
  await dataset.close();
  expect(existsSync(fresh)).toBe(false);
  expect(existsSync(old)).toBe(true);
});

it('leaves lonely notes alone where nobody died: a project may be copied in file by file', async () => {
  const fresh = lonely('20260101-000000-new-000001', 0);
  const dataset = await Dataset.open(folder);
  expect(dataset.problems().join(' ')).toContain('no recording beside it');
  await dataset.close();
  expect(existsSync(fresh)).toBe(true);
});

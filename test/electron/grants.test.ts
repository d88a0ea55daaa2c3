/** Which paths count as given out, on a real disk with real links. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PathGrants, pathsIn } from '../../electron/grants';
import { requests, type RequestName } from '../../src/project/contract';

let top: string;
beforeEach(() => {
  top = realpathSync(mkdtempSync(join(tmpdir(), 'dormouse-grants-')));
  mkdirSync(join(top, 'project'));
  mkdirSync(join(top, 'secret'));
});
afterEach(() => rmSync(top, { recursive: true }));

describe('granted paths', () => {
  it('cover what lies below them, existing or not, and nothing beside or above', () => {
    const grants = new PathGrants();
    grants.grant(join(top, 'project'), 'write');
    for (const path of ['project', 'project/new', 'project/new/deep', 'project/./x', 'project/a/../b']) {
      expect(grants.allows(join(top, path), 'write'), path).toBe(true);
    }
    for (const path of ['', 'secret', 'project2', 'project/../secret', 'projec']) {
      expect(grants.allows(`${top}/${path}`, 'read'), path).toBe(false);
    }
    expect(grants.allows('project', 'read')).toBe(false);
    expect(grants.allows(`${top}/project/\0`, 'read')).toBe(false);
  });

  it('end where a link leads out of them', () => {
    symlinkSync(join(top, 'secret'), join(top, 'project', 'link'));
    const grants = new PathGrants();
    grants.grant(join(top, 'project'), 'write');
    expect(grants.allows(join(top, 'project', 'link'), 'read')).toBe(false);
    expect(grants.allows(join(top, 'project', 'link', 'new file'), 'write')).toBe(false);
  });

  it('hold for a folder that was itself chosen through a link', () => {
    symlinkSync(join(top, 'project'), join(top, 'shortcut'));
    const grants = new PathGrants();
    grants.grant(join(top, 'shortcut'), 'write');
    expect(grants.allows(join(top, 'shortcut', 'x'), 'write')).toBe(true);
    expect(grants.allows(join(top, 'project', 'x'), 'write')).toBe(true);
  });

  it('for reading are not for writing, and stay for writing once they were', () => {
    const grants = new PathGrants();
    const path = join(top, 'project');
    grants.grant(path, 'read');
    expect(grants.allows(path, 'write')).toBe(false);
    grants.grant(path, 'write');
    grants.grant(path, 'read');
    expect(grants.allows(path, 'write')).toBe(true);
  });

  it('are asked for wherever a request of the contract carries a path, however deep', () => {
    interface Nested {
      readonly entries?: Readonly<Record<string, Nested>>;
      readonly wrapped?: Nested;
    }
    const keysOf = ({ entries = {}, wrapped }: Nested): string[] => [
      ...Object.entries(entries).flatMap(([key, inner]) => [key, ...keysOf(inner)]),
      ...(wrapped ? keysOf(wrapped) : []),
    ];
    const withPaths = (Object.entries(requests) as unknown as [RequestName, Nested][])
      .filter(([, schema]) => keysOf(schema).some((key) => /^(folder|paths?|file|from)$/.test(key)))
      .map(([name]) => name)
      // A serial port's name, not a file's.
      .filter((name) => name !== 'device.connect');
    expect(withPaths.sort()).toEqual(Object.keys(pathsIn).sort());
  });

  it('are needed for the model that a training starts from, and for nothing where it starts fresh', () => {
    const grants = new PathGrants();
    const from = join(top, 'project');
    const check = (transfer: unknown) => () => grants.check('train.configure', { epochs: 3, transfer });
    expect(check({ from })).toThrow(expect.objectContaining({ code: 'path-not-granted' }));
    expect(check({})).toThrow(expect.objectContaining({ code: 'path-not-granted' }));
    expect(check(null)).not.toThrow();
    expect(check(undefined)).not.toThrow();
    grants.grant(from, 'read');
    expect(check({ from })).not.toThrow();
  });
});

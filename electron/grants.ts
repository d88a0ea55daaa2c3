/**
 * Which paths the interface may name. It has no eyes of its own on the disk: a path is good only if a dialog of the
 * shell, a real drop or the services' list of projects gave it out in this session, or if it lies below one that was.
 * So a page that was taken over still cannot read or write where the person did not point.
 */
import { realpathSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, normalize, sep } from 'node:path';
import type { AppInfo, ProjectState, RequestName } from '../src/project/contract';
import { ShellError } from './errors';

export type Access = 'read' | 'write';

interface PathsOf {
  /** Where in the request: a name, or names one inside the other. */
  readonly key: string;
  readonly access: Access;
  /** The request may leave it out, or say null. */
  readonly optional?: true;
}

/** Where each request carries paths, and what happens there. Every other request carries none. */
export const pathsIn: Partial<Record<RequestName, PathsOf>> = {
  'project.create': { key: 'folder', access: 'write' },
  'project.open': { key: 'folder', access: 'read' },
  'data.import': { key: 'paths', access: 'read' },
  'data.export': { key: 'path', access: 'write' },
  'export.model': { key: 'path', access: 'write' },
  'firmware.plan': { key: 'file', access: 'read', optional: true },
  'firmware.install': { key: 'file', access: 'read', optional: true },
  'train.configure': { key: 'transfer.from', access: 'read', optional: true },
};

/** Symbolic links resolved as far as the path exists. */
function real(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(real(parent), basename(path));
  }
}

const within = (path: string, folder: string): boolean =>
  path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);

export class PathGrants {
  private readonly granted = new Map<string, Access>();

  grant(path: string, access: Access): void {
    if (!isAbsolute(path)) return;
    for (const form of [normalize(path), real(path)]) {
      if (this.granted.get(form) !== 'write') this.granted.set(form, access);
    }
  }

  /** A path with `..` or a link that leads out of what was granted is not allowed. */
  allows(path: string, access: Access): boolean {
    if (!isAbsolute(path) || path.includes('\0')) return false;
    const target = real(normalize(path));
    for (const [folder, has] of this.granted) {
      if ((access === 'read' || has === 'write') && within(target, folder)) return true;
    }
    return false;
  }

  /** Throws 'path-not-granted' where a request names a path that was not given out. */
  check(name: RequestName, input: unknown): void {
    const where = pathsIn[name];
    if (!where) return;
    const value = where.key
      .split('.')
      .reduce<unknown>((part, key) => (part as Record<string, unknown> | null | undefined)?.[key], input);
    const [outer] = where.key.split('.');
    if (where.optional && !(input as Record<string, unknown>)[outer]) return;
    for (const path of Array.isArray(value) ? (value as unknown[]) : [value]) {
      if (typeof path === 'string' && this.allows(path, where.access)) continue;
      throw new ShellError(
        'path-not-granted',
        `Dormouse was not given ${String(path)} to ${where.access === 'read' ? 'read' : 'write to'}.`,
        'Choose the file or folder in the dialog, or drop it on the window.',
      );
    }
  }

  /** What the services themselves name, in an answer to the interface, may be named back. */
  learn(name: RequestName, output: unknown): void {
    if (name === 'app.info') {
      const info = output as AppInfo;
      this.grant(info.projectsFolder, 'write');
      for (const project of info.recent) this.grant(project.folder, 'write');
    } else if (name.startsWith('project.')) {
      const state = output as ProjectState;
      if (state.open && state.folder) this.grant(state.folder, 'write');
    }
  }
}

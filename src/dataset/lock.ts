/**
 * One writer per project: a lock file that names the process which holds it. A lock whose process is gone (kill -9, a
 * crash, a restart of the computer) is taken over at once; one held from another computer is taken over when it has
 * not been renewed for half a minute.
 *
 * Not through `Disk`: a lock is neither durable nor replaced, it is created exclusively.
 */
import { randomUUID } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { DatasetError, diskError } from './errors';

interface Holder {
  readonly pid: number;
  readonly host: string;
  /** When the process (and the computer) started, where the system tells: a reused pid is then no mistake. */
  readonly started: string;
  readonly token: string;
}

const HEARTBEAT_MS = 5_000;
const STALE_MS = 30_000;

/** Which process that is, beyond its number; '' where the system does not tell. */
function startOf(pid: number): string {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    // The command name stands in parentheses and may hold anything; the fields after it are plain.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').pop() as string;
    return `${boot} ${fields.split(' ')[19]}`;
  } catch {
    return '';
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

function parseHolder(text: string): Holder | undefined {
  try {
    const value = JSON.parse(text) as Partial<Holder>;
    const whole = Number.isInteger(value.pid) && typeof value.host === 'string' && typeof value.token === 'string';
    return whole
      ? {
          pid: value.pid as number,
          host: value.host,
          started: value.started ?? '',
          token: value.token,
        }
      : undefined;
  } catch {
    return undefined;
  }
}

/** Whether the process that wrote the lock is gone for good. */
function isAbandoned(holder: Holder | undefined, ageMs: number): boolean {
  // Half-written: its writer is between two system calls, or died there.
  if (!holder) return ageMs > 2_000;
  if (holder.host !== hostname()) return ageMs > STALE_MS;
  if (!isAlive(holder.pid)) return true;
  return holder.started !== '' && startOf(holder.pid) !== '' && holder.started !== startOf(holder.pid);
}

function describe(holder: Holder | undefined): string {
  if (holder?.pid === process.pid && holder.host === hostname()) return 'This program already has the project open.';
  const where = holder && holder.host !== hostname() ? ` on the computer ${holder.host}` : '';
  return `Another program${where} has this project open${holder ? ` (process ${holder.pid})` : ''}.`;
}

export class ProjectLock {
  private readonly timer: NodeJS.Timeout;

  private constructor(
    private readonly path: string,
    private readonly token: string,
    /** When the lock that was taken over from a program that died had last been renewed. */
    readonly abandonedSince: number | undefined,
  ) {
    this.timer = setInterval(() => this.beat(), HEARTBEAT_MS);
    this.timer.unref();
  }

  /** Takes the lock or throws DatasetError 'locked', 'read-only' or 'disk-full'. */
  static acquire(folder: string): ProjectLock {
    const path = join(folder, '.lock');
    const token = randomUUID();
    const mine: Holder = { pid: process.pid, host: hostname(), started: startOf(process.pid), token };
    let abandonedSince: number | undefined;
    for (let attempt = 0; attempt < 20; attempt++) {
      if (create(path, JSON.stringify(mine))) return new ProjectLock(path, token, abandonedSince);
      const found = inspect(path);
      if (!found) continue;
      if (!isAbandoned(found.holder, found.ageMs)) {
        const action = 'Close it there, or open the project here to look at only.';
        throw new DatasetError('locked', describe(found.holder), action);
      }
      abandonedSince = Date.now() - found.ageMs;
      setAside(path, found.text);
    }
    throw new DatasetError(
      'locked',
      'Another program is opening this project at this moment.',
      'Try again in a moment.',
    );
  }

  private beat(): void {
    try {
      const now = new Date();
      utimesSync(this.path, now, now);
    } catch {
      // The next one may work; on this computer the process number is what counts anyway.
    }
  }

  release(): void {
    clearInterval(this.timer);
    try {
      if (parseHolder(readFileSync(this.path, 'utf8'))?.token === this.token) rmSync(this.path, { force: true });
    } catch {
      // Gone already, or a disk that can no longer be written: the next program sees that this process has ended.
    }
  }
}

/** Writes the lock beside its place and links it there, so that it appears whole; false where one exists. */
function create(path: string, content: string): boolean {
  const draft = `${path}.${randomUUID().slice(0, 8)}.tmp`;
  try {
    writeFileSync(draft, content, { flag: 'wx' });
    linkSync(draft, path);
    return true;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (code === 'EEXIST') return false;
    // File systems without hard links (FAT, some network drives).
    if (['EPERM', 'ENOTSUP', 'ENOSYS', 'EOPNOTSUPP', 'EMLINK'].includes(code)) return createPlain(path, content);
    throw diskError(error, 'opening the project for changes');
  } finally {
    rmSync(draft, { force: true });
  }
}

function createPlain(path: string, content: string): boolean {
  try {
    writeFileSync(path, content, { flag: 'wx' });
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw diskError(error, 'opening the project for changes');
  }
}

function inspect(path: string): { holder: Holder | undefined; text: string; ageMs: number } | undefined {
  try {
    const text = readFileSync(path, 'utf8');
    return { holder: parseHolder(text), text, ageMs: Date.now() - statSync(path).mtimeMs };
  } catch {
    return undefined;
  }
}

/** Removes an abandoned lock, unless another program was quicker and the lock there is already its own. */
function setAside(path: string, abandoned: string): void {
  const aside = `${path}.${randomUUID().slice(0, 8)}.tmp`;
  try {
    renameSync(path, aside);
    if (readFileSync(aside, 'utf8') !== abandoned) linkSync(aside, path);
  } catch {
    // Somebody else took it; the next attempt looks again.
  } finally {
    rmSync(aside, { force: true });
  }
}

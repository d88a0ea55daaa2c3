/** A disk whose n-th change fails, for tests that must find either the old state or the new one after it. */
import { realDisk, type Disk, type DiskHandle } from '../../src/base';

export interface FaultPlan {
  /** The call that fails, counted from 1; every call after it fails too where `forever` is set. */
  readonly failAt: number;
  readonly forever: boolean;
  readonly code: 'ENOSPC' | 'EIO' | 'EROFS';
}

export interface FaultyDisk extends Disk {
  /** Calls made so far. */
  readonly calls: () => number;
  readonly failed: () => boolean;
  /** Starts counting and failing; before that it is a good disk. */
  arm(plan: FaultPlan): void;
  disarm(): void;
}

export function faultyDisk(): FaultyDisk {
  let plan: FaultPlan | undefined;
  let calls = 0;
  let failed = false;
  const failing = (): boolean => {
    if (!plan) return false;
    calls++;
    const fails = calls === plan.failAt || (plan.forever && calls > plan.failAt);
    failed ||= fails;
    return fails;
  };
  const error = (): Error => Object.assign(new Error(`${plan?.code}: made up by a test`), { code: plan?.code });
  const guarded = async <T>(work: () => Promise<T>): Promise<T> => {
    if (failing()) throw error();
    return work();
  };
  return {
    calls: () => calls,
    failed: () => failed,
    arm(next) {
      plan = next;
      calls = 0;
      failed = false;
    },
    disarm() {
      plan = undefined;
    },
    async create(path): Promise<DiskHandle> {
      const handle = await guarded(() => realDisk.create(path));
      return {
        async write(bytes) {
          if (!failing()) return handle.write(bytes);
          // A full disk takes a part of what it is given.
          await handle.write(bytes.subarray(0, bytes.length >> 1));
          throw error();
        },
        // Waiting for the medium changes nothing that a test can see.
        sync: () => guarded(() => Promise.resolve()),
        close: () => handle.close(),
      };
    },
    rename: (from, to) => guarded(() => realDisk.rename(from, to)),
    remove: (path) => guarded(() => realDisk.remove(path)),
    makeFolder: (path) => guarded(() => realDisk.makeFolder(path)),
    syncFolder: () => guarded(() => Promise.resolve()),
  };
}

/**
 * What a program that was killed between the two files of a new capture left behind: notes without their recording,
 * which was not yet on the disk and so was never promised. Lonely notes from other times are left alone (somebody may
 * be copying a project file by file). Knows neither the list of captures nor the lock.
 */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Disk } from '../base';
import { idPattern } from './notes';

/** A lock is renewed every few seconds, a capture is written within milliseconds; clocks of file systems are coarse. */
const marginMs = 1000;

/** Ids that have a recording in `folder`. */
function recordingsIn(folder: string): string[] {
  return existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => !name.endsWith('.json'))
        .map((name) => name.slice(0, name.lastIndexOf('.')))
    : [];
}

/** `since`: when the abandoned lock was last renewed, milliseconds of the system's clock. */
export async function clearUnfinished(project: string, since: number, disk: Disk): Promise<void> {
  const captures = join(project, 'captures');
  // A recording in the trash is half-way there or back: its notes are needed.
  const recorded = new Set([...recordingsIn(captures), ...recordingsIn(join(project, 'trash'))]);
  for (const name of readdirSync(captures)) {
    const id = name.slice(0, -'.json'.length);
    if (!name.endsWith('.json') || recorded.has(id) || !idPattern.test(id)) continue;
    const path = join(captures, name);
    const written = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
    if (written >= since - marginMs) await disk.remove(path);
  }
}

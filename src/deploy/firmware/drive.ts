/** The drive that a UF2 bootloader shows: found by its INFO_UF2.TXT, and given the file. */
import { open, readdir, readFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import type { BoardSketch } from '../../boards';
import { FirmwareError } from './errors';
import { cancelled } from './run';

export interface Uf2Drive {
  readonly folder: string;
  readonly boardId: string;
}

/** Where operating systems put the drives that are plugged in. */
export async function volumes(): Promise<string[]> {
  if (process.platform === 'win32') return [...'DEFGHIJKLMNOPQRSTUVWXYZ'].map((letter) => `${letter}:\\`);
  const parents =
    process.platform === 'darwin'
      ? ['/Volumes']
      : [`/media/${userInfo().username}`, `/run/media/${userInfo().username}`, '/media', '/mnt'];
  const found = await Promise.all(
    parents.map(async (parent) => (await readdir(parent).catch(() => [])).map((name) => join(parent, name))),
  );
  return found.flat();
}

async function infoOf(folder: string): Promise<Uf2Drive | undefined> {
  const text = await readFile(join(folder, 'INFO_UF2.TXT'), 'utf8').catch(() => '');
  const boardId = /^Board-ID:\s*(\S+)/im.exec(text.slice(0, 4096))?.[1];
  return boardId === undefined ? undefined : { folder, boardId };
}

export async function findDrives(folders: readonly string[]): Promise<Uf2Drive[]> {
  return (await Promise.all(folders.map(infoOf))).filter((drive) => drive !== undefined);
}

/** The drive of this board, waited for; 'wrong-board' where only another board's is there, 'no-drive' where none is. */
export async function waitForDrive(
  sketch: BoardSketch,
  look: () => Promise<readonly string[]>,
  { timeoutMs, everyMs, signal }: { timeoutMs: number; everyMs: number; signal?: AbortSignal | undefined },
): Promise<Uf2Drive> {
  const wanted = sketch.uf2?.boardIds ?? [];
  const end = Date.now() + timeoutMs;
  for (;;) {
    if (signal?.aborted) throw cancelled();
    const drives = await findDrives(await look());
    const ours = drives.find((drive) => wanted.some((id) => drive.boardId.toLowerCase().startsWith(id.toLowerCase())));
    if (ours) return ours;
    if (Date.now() >= end) {
      const other = drives[0];
      if (other)
        throw new FirmwareError(
          'wrong-board',
          `The drive ${other.folder} belongs to another board (${other.boardId}).`,
          'Unplug that board, or choose it as the board.',
        );
      throw new FirmwareError('no-drive', 'The board’s drive did not appear.', `${sketch.byHand} Then try again.`);
    }
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}

const pieceBytes = 32 * 512;

/**
 * Copies the file. The board restarts when it has the last block, and the drive may vanish before the operating system
 * has closed the file: an error after the last byte is no error.
 */
export async function copyToDrive(
  drive: Uf2Drive,
  file: Uint8Array,
  onProgress: (fraction: number) => void,
  signal?: AbortSignal,
): Promise<void> {
  let written = 0;
  try {
    const handle = await open(join(drive.folder, 'dormouse.uf2'), 'w');
    try {
      while (written < file.length) {
        if (signal?.aborted) throw cancelled();
        written += (await handle.write(file.subarray(written, written + pieceBytes))).bytesWritten;
        onProgress(written / file.length);
      }
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (cause) {
    if (cause instanceof FirmwareError) throw cause;
    if (written >= file.length) return;
    throw new FirmwareError(
      'drive-failed',
      `The board's drive did not take the file after ${String(written)} of ${String(file.length)} bytes.`,
      'Bring the board into its bootloader again, and try again.',
      cause,
    );
  }
}

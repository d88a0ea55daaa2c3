/** Writes a model to a file or a folder that appears whole or not at all. Knows nothing of what is in it. */
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { realDisk, replaceFile, type Disk } from '../base';
import { DeployError } from './errors';

const reasons: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EACCES: 'writing there is not allowed',
  EPERM: 'writing there is not allowed',
  EROFS: 'that disk can only be read',
  ENOENT: 'the folder does not exist',
  EISDIR: 'a folder has that name',
  ENOTEMPTY: 'there is a folder of that name with something in it',
  EEXIST: 'there is something of that name already',
  ENOTDIR: 'a file has that name',
};

function notWritten(path: string, error: unknown): DeployError {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  const reason = reasons[code] ?? `the system says ${code || String(error)}`;
  return new DeployError(
    'file',
    `The model could not be written to ${path}: ${reason}.`,
    'Choose another place, or make room there.',
    error,
  );
}

/**
 * @param bytes a .tflite or a model image.
 * @throws DeployError `file`; a file that was there before is then unchanged.
 */
export async function exportModelFile(path: string, bytes: Uint8Array, disk: Disk = realDisk): Promise<void> {
  try {
    await replaceFile(path, bytes, disk);
  } catch (error) {
    throw notWritten(path, error);
  }
}

/**
 * Writes files (names may have folders in them, with `/`) into a new folder, which appears with all of them or not at all.
 * @throws DeployError `file`, also where there is something of that name that is no empty folder.
 */
export async function exportModelFolder(
  path: string,
  files: readonly { readonly name: string; readonly bytes: Uint8Array }[],
): Promise<void> {
  const aside = `${path.replace(/[\\/]+$/, '')}.unfinished`;
  try {
    await rm(aside, { recursive: true, force: true });
    await mkdir(aside);
    for (const { name, bytes } of files) {
      const file = join(aside, ...name.split('/'));
      await mkdir(dirname(file), { recursive: true });
      await replaceFile(file, bytes);
    }
    // Over an empty folder, too; one with something in it is refused by the system.
    await rename(aside, path);
  } catch (error) {
    await rm(aside, { recursive: true, force: true }).catch(() => undefined);
    throw notWritten(path, error);
  }
}

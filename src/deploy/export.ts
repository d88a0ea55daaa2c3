/** Writes a model to a file that appears whole or not at all. Knows nothing of what is in it. */
import { realDisk, replaceFile, type Disk } from '../base';
import { DeployError } from './errors';

const reasons: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EACCES: 'writing there is not allowed',
  EPERM: 'writing there is not allowed',
  EROFS: 'that disk can only be read',
  ENOENT: 'the folder does not exist',
  EISDIR: 'a folder has that name',
};

/**
 * @param bytes a .tflite or a model image.
 * @throws DeployError `file`; a file that was there before is then unchanged.
 */
export async function exportModelFile(path: string, bytes: Uint8Array, disk: Disk = realDisk): Promise<void> {
  try {
    await replaceFile(path, bytes, disk);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    const reason = reasons[code] ?? `the system says ${code || String(error)}`;
    throw new DeployError(
      'file',
      `The model could not be written to ${path}: ${reason}.`,
      'Choose another place, or make room there.',
      error,
    );
  }
}

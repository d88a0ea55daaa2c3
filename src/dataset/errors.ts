/** The one error that leaves `src/dataset`, and the one place where the system's disk errors become sentences. */
import { DormouseError } from '../base';

/**
 * - 'not-a-project': the folder is missing or is no folder.
 * - 'locked': another program has the project open for writing; open it read-only or close the other.
 * - 'read-only': the project was opened read-only, or the disk or its permissions forbid writing.
 * - 'disk-full', 'disk-failed': what the disk answered; what was there before is still there.
 * - 'unknown-capture': an id that is not in the dataset (any more).
 * - 'damaged-capture': its data file cannot be read.
 * - 'bad-capture': values, axes or rate that cannot be stored.
 * - 'bad-request': an argument out of range.
 * - 'bad-file': one file of an import that cannot be taken (becomes a warning of the import).
 * - 'nothing-imported': an import that brought nothing new and no duplicate.
 * - 'target-exists': an export would overwrite something.
 * - 'cancelled', 'closed'.
 */
export type DatasetErrorCode =
  | 'not-a-project'
  | 'locked'
  | 'read-only'
  | 'disk-full'
  | 'disk-failed'
  | 'unknown-capture'
  | 'damaged-capture'
  | 'bad-capture'
  | 'bad-request'
  | 'bad-file'
  | 'nothing-imported'
  | 'target-exists'
  | 'cancelled'
  | 'closed';

export class DatasetError extends DormouseError<DatasetErrorCode> {}

function systemCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

/** True where a file or folder is simply not there. */
export function isMissing(error: unknown): boolean {
  return systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR';
}

/** Turns whatever the disk said into a DatasetError; `doing` reads "saving the capture". */
export function diskError(error: unknown, doing: string): DatasetError {
  if (error instanceof DatasetError) return error;
  const code = systemCode(error);
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    const action = 'Free some space and try again; everything saved before is unharmed.';
    return new DatasetError('disk-full', `The disk is full, so ${doing} did not work.`, action, error);
  }
  if (code === 'EROFS' || code === 'EACCES' || code === 'EPERM') {
    const action = 'Check the permissions of the project folder, or copy the project to a place that can be written.';
    return new DatasetError(
      'read-only',
      `The project folder cannot be written, so ${doing} did not work.`,
      action,
      error,
    );
  }
  const detail = error instanceof Error ? error.message : String(error);
  const action = 'Check the disk and try again; everything saved before is unharmed.';
  return new DatasetError(
    'disk-failed',
    `The disk reported an error, so ${doing} did not work (${detail}).`,
    action,
    error,
  );
}

export function cancelled(what: string): DatasetError {
  return new DatasetError('cancelled', `${what} was cancelled.`, 'Start it again whenever you like.');
}

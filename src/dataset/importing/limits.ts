/** What is never imported: files that systems leave behind, and files longer than their reader may take. */
import { DatasetError } from '../errors';

/** Files that systems and tools leave behind and that are never recordings. */
export function isJunk(path: string): boolean {
  const parts = path.split('/');
  if (parts.some((part) => part === '__MACOSX' || part.startsWith('.'))) return true;
  const name = parts.at(-1) as string;
  return /^(thumbs\.db|desktop\.ini|licen[cs]e(\..*)?|copying|readme(\..*)?|.*\.md|.*\.pdf|project\.json|dataset\.json)$/i.test(
    name,
  );
}

export function tooLong(name: string, size: number, limit: number): DatasetError {
  const what = `${name} is ${Math.round(size / 1e6)} MB long; files of this kind are read up to ${Math.round(limit / 1e6)} MB.`;
  return new DatasetError('bad-file', what, 'Split it into smaller files and import those.');
}

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

const elsewhere: readonly [RegExp, (name: string) => string][] = [
  [
    /\.(mp4|avi|mov|mkv|webm|m4v|mpe?g)$/i,
    (name) =>
      `${name} is a film, which is not read; take pictures out of it (ffmpeg -i FILM -vf fps=2 frame%04d.png) or its sound as WAV, and import those.`,
  ],
  [
    /\.(mp3|ogg|oga|opus|flac|m4a|aac|wma|aiff?|caf)$/i,
    (name) =>
      `${name} is sound of a kind that is not read; save it as WAV (ffmpeg -i SOUND sound.wav) and import that.`,
  ],
  [
    /\.(parquet|feather|arrow|npy|npz|pkl|pickle|mat|h5|hdf5|xlsx?|ods)$/i,
    (name) => `${name} is a table of a kind that is not read; save it as CSV, one line for each point in time.`,
  ],
  [
    /\.(7z|rar|tar|t?gz|bz2|xz)$/i,
    (name) => `${name} is packed in a way that is not read; unpack it, or make a zip of it.`,
  ],
];

/** What to do with a file of a kind that is known but not read; undefined for every other one. */
export function refusalOf(path: string): string | undefined {
  return elsewhere.find(([names]) => names.test(path))?.[1](path);
}

export function tooLong(name: string, size: number, limit: number): DatasetError {
  const what = `${name} is ${Math.round(size / 1e6)} MB long; files of this kind are read up to ${Math.round(limit / 1e6)} MB.`;
  return new DatasetError('bad-file', what, 'Split it into smaller files and import those.');
}

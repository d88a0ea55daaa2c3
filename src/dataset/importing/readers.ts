/** Which reader takes which file, judged by its first bytes and its name. */
import { TextDecoder } from 'node:util';
import { decodeDocument, isAcquisition, readAcquisition, type Acquisition } from '../acquisition';
import { DatasetError } from '../errors';
import { importPicture, pictureRateHz } from '../picture-file';
import { kindOf, wavAxes } from '../store';
import type { ImportOptions } from '../types';
import { readWav } from '../wav';
import { isCreateAi, isCreateAiFeatures, readCreateAi } from './createai';
import type { FileContent } from './found';
import { refusalOf } from './limits';
import type { SignalLayout } from './signal-lines';
import type { SourceFile } from './sources';
import { TableReader } from './table';

const MAX_DOCUMENT = 256 << 20;
const MAX_SOUND = 1 << 30;

export interface ReaderOptions extends Pick<ImportOptions, 'rateHz' | 'hmacKey'> {
  /** For tables without timestamps, by number of axes; undefined = nothing comparable is there yet. */
  readonly rateFor: (axes: number) => number | undefined;
  /** Where each line of a table is a whole signal. */
  readonly signals?: SignalLayout | undefined;
}

/** More than this is refused unread; decodePicture has bounds of its own. */
const MAX_PICTURE = 1 << 26;

const pictures = /\.(png|jpe?g|bmp)$/i;
const otherPictures = /\.(gif|webp|tiff?|heic|svg|ico)$/i;
const tables = /\.(csv|tsv|txt|log|dat|asc)$/i;
const documents = /\.(json|cbor)(\.[\w.-]*)?$/i;

/** True for kinds of picture that are not read. */
export function isOtherPicture(path: string): boolean {
  return otherPictures.test(path);
}

/** True for names that promise a recording; others are passed over with one remark. */
export function isReadable(path: string): boolean {
  return tables.test(path) || /\.wav$/i.test(path) || documents.test(path) || pictures.test(path);
}

async function readSound(file: SourceFile): Promise<FileContent> {
  const sound = readWav(await file.read(MAX_SOUND));
  const found = { values: sound.values, axes: wavAxes(sound.channels), rateHz: sound.rateHz, kind: 'audio' as const };
  return { found: [found], warnings: sound.warnings.map((warning) => `${file.path}: ${warning}`) };
}

async function readPicture(file: SourceFile): Promise<FileContent> {
  const { bytes, ...picture } = importPicture(await file.read(MAX_PICTURE));
  const about = { kind: 'image', rateHz: pictureRateHz, sensor: 'camera', picture: bytes } as const;
  const height = picture.values.length / picture.axes.length / picture.width;
  const smaller = `${file.path} was made smaller, to ${picture.width} x ${height} pixels: boards see less than that.`;
  return { found: [{ ...picture, ...about }], warnings: picture.scale < 1 ? [smaller] : [] };
}

function signatureWarning(acquisition: Acquisition, path: string): string[] {
  switch (acquisition.signature) {
    case 'invalid':
      return [`${path} was changed after it was signed, or signed with another key; it was taken all the same.`];
    case 'unchecked':
      return [`${path} is signed; without its key the signature was not checked.`];
    case 'empty':
      return [`${path} says that it is signed, but its signature is empty.`];
    case 'valid':
    case 'unsigned':
      return [];
  }
}

async function readDocument(file: SourceFile, options: ReaderOptions): Promise<FileContent> {
  const bytes = await file.read(MAX_DOCUMENT);
  const value = decodeDocument(bytes);
  if (isAcquisition(value)) {
    const acquisition = readAcquisition(value, bytes, options.hmacKey);
    return {
      found: [{ ...acquisition, kind: kindOf(acquisition.axes) }],
      warnings: signatureWarning(acquisition, file.path),
    };
  }
  if (isCreateAiFeatures(value)) {
    const what = `${file.path} holds computed features and no samples, so nothing can be trained from it here.`;
    throw new DatasetError('bad-file', what, 'Export the data samples from CreateAI and import that file.');
  }
  if (isCreateAi(value)) return readCreateAi(value, file.path);
  const action = 'Known are data acquisition files, CreateAI data samples, WAV and CSV.';
  throw new DatasetError('bad-file', `${file.path} is a JSON or CBOR file of an unknown kind.`, action);
}

/** UTF-8, or UTF-16 where a byte order mark says so (as some serial monitors save). */
function decoderFor(first: Uint8Array): TextDecoder {
  if (first[0] === 0xff && first[1] === 0xfe) return new TextDecoder('utf-16le');
  if (first[0] === 0xfe && first[1] === 0xff) return new TextDecoder('utf-16be');
  return new TextDecoder('utf-8');
}

async function readTable(file: SourceFile, options: ReaderOptions): Promise<FileContent> {
  const reader = new TableReader(file.path, options.rateHz, options.rateFor, options.signals);
  let decoder: TextDecoder | undefined;
  for await (const piece of file.chunks()) {
    decoder ??= decoderFor(piece);
    reader.feed(decoder.decode(piece, { stream: true }));
  }
  if (decoder) reader.feed(decoder.decode());
  return reader.finish();
}

/** Reads one file. Rejects with DatasetError 'bad-file' and a sentence that names it. */
export async function readSource(file: SourceFile, options: ReaderOptions): Promise<FileContent> {
  try {
    if (file.size === 0) throw new DatasetError('bad-file', `${file.path} is empty.`, 'Record it again.');
    const refusal = refusalOf(file.path);
    if (refusal) throw new DatasetError('bad-file', refusal, 'Turn it into a kind that is read, and import that.');
    if (/\.wav$/i.test(file.path)) return await readSound(file);
    if (pictures.test(file.path)) return await readPicture(file);
    if (documents.test(file.path)) return await readDocument(file, options);
    return await readTable(file, options);
  } catch (error) {
    if (!(error instanceof DatasetError)) throw error;
    const named = error.message.includes(file.path) ? error.message : `${file.path}: ${error.message}`;
    throw new DatasetError(error.code, named, error.action, error);
  }
}

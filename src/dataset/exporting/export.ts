/**
 * Writes a dataset for other tools and for itself: acquisition files with `info.labels` and training/testing folders,
 * CSV or WAV with an `index.csv`, or the acquisition form as one zip. What is written appears whole or not at all.
 */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Disk, DiskHandle, LongWork } from '../../base';
import { writeAcquisition } from '../acquisition';
import { cancelled, DatasetError, diskError } from '../errors';
import { newId } from '../notes';
import type { Capture, ExportFormat } from '../types';
import { writeWav } from '../wav';
import { ZipWriter } from './zip-writer';

export interface ExportSource {
  readonly ids: readonly string[];
  get(id: string): Promise<Capture>;
  /** The data file itself, for what is exported as it is: pictures. */
  file(id: string): Promise<{ readonly extension: string; readonly bytes: Uint8Array }>;
}

/** Where exported files go: a folder or a zip. */
interface Sink {
  add(path: string, content: Uint8Array): Promise<void>;
}

/** Letters that are safe in file names everywhere; the label itself stands in the list. */
function safeName(label: string): string {
  const safe =
    label
      .normalize('NFC')
      .replace(/[^\p{L}\p{N} _-]+/gu, '_')
      .trim()
      .replace(/[ .]+$/, '')
      .slice(0, 48) || '_';
  return /^(con|prn|aux|nul|com\d|lpt\d|train|training|test|testing|val|valid|validation)$/i.test(safe)
    ? `_${safe}`
    : safe;
}

function csvCell(text: string): string {
  // A leading = + - @ would be a formula in a spreadsheet.
  const plain = /^[=+@-]/.test(text) ? `'${text}` : text;
  return /[",\n;\t]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}

/** Times in milliseconds with lost frames counted in, so that gaps come back on import. */
function csvOf(capture: Capture): Uint8Array {
  const width = capture.axes.length;
  const known = (units: string): boolean => units !== '' && units !== 'N/A';
  const names = capture.axes.map(({ name, units }) => csvCell(known(units) ? `${name} (${units})` : name));
  const lines = [['timestamp_ms', ...names].join(',')];
  let lost = 0;
  let gap = 0;
  for (let frame = 0; frame < capture.frames; frame++) {
    for (; gap < capture.gaps.length && capture.gaps[gap].at <= frame; gap++) lost += capture.gaps[gap].lost;
    const time = Number((((frame + lost) * 1000) / capture.rateHz).toFixed(6));
    const row = Array.from(capture.values.subarray(frame * width, (frame + 1) * width), shortest);
    lines.push(`${time},${row.join(',')}`);
  }
  return new TextEncoder().encode(`${lines.join('\n')}\n`);
}

/** The shortest decimal that is the same float32 again. */
function shortest(value: number): string {
  for (let digits = 6; digits < 9; digits++) {
    const text = Number(value.toPrecision(digits));
    if (Math.fround(text) === value) return String(text);
  }
  return String(Number(value.toPrecision(9)));
}

interface Listed {
  readonly path: string;
  readonly capture: Omit<Capture, 'values'>;
}

function infoLabels(listed: readonly Listed[]): Uint8Array {
  const files = listed.map(({ path, capture }) => {
    const {
      label,
      split,
      splitPinned,
      person,
      session,
      device,
      sensor,
      createdAt,
      source,
      gaps,
      segments,
      boxes,
      trim,
      note,
    } = capture;
    const parts = segments.map((part) => ({ label: part.label, startIndex: part.start, endIndex: part.end - 1 }));
    return {
      path,
      name: path
        .slice(path.lastIndexOf('/') + 1)
        .split('.')
        .slice(0, 2)
        .join('.'),
      category: split,
      label: parts.length > 0 ? { type: 'multi-label', labels: parts } : { type: 'label', label },
      ...(person || session ? { metadata: { ...(person ? { person } : {}), ...(session ? { session } : {}) } } : {}),
      dormouse: {
        label,
        split,
        splitPinned,
        person,
        session,
        device,
        sensor,
        createdAt,
        source,
        gaps,
        segments,
        boxes,
        trim,
        note,
      },
    };
  });
  return new TextEncoder().encode(`${JSON.stringify({ version: 1, files })}\n`);
}

function indexCsv(listed: readonly Listed[]): Uint8Array {
  const rows = listed.map(({ path, capture }) =>
    [path, capture.label, capture.person, capture.session, capture.split].map(csvCell).join(','),
  );
  return new TextEncoder().encode(`${['file,label,person,session,split', ...rows].join('\n')}\n`);
}

function encodeAs(format: ExportFormat, capture: Capture): { extension: string; content: Uint8Array } {
  if (format === 'csv') return { extension: 'csv', content: csvOf(capture) };
  if (format === 'wav')
    return { extension: 'wav', content: writeWav(capture.values, capture.axes.length, capture.rateHz) };
  const as = format === 'acquisition-json' ? 'json' : 'cbor';
  return { extension: as, content: writeAcquisition(capture, as) };
}

async function pictureFile(source: ExportSource, id: string): Promise<{ extension: string; content: Uint8Array }> {
  const { extension, bytes } = await source.file(id);
  return { extension, content: bytes };
}

async function writeAll(source: ExportSource, format: ExportFormat, sink: Sink, work: LongWork): Promise<number> {
  const listed: Listed[] = [];
  for (const [i, id] of source.ids.entries()) {
    if (work.signal?.aborted) throw cancelled('The export');
    work.onProgress?.({ step: 'Exporting', done: i, total: source.ids.length });
    const capture = await source.get(id);
    if (format === 'wav' && capture.kind !== 'audio') continue;
    const { extension, content } = capture.kind === 'image' ? await pictureFile(source, id) : encodeAs(format, capture);
    const path = `${capture.split}/${safeName(capture.label)}.${id}.${extension}`;
    await sink.add(path, content);
    listed.push({ path, capture });
  }
  if (listed.length === 0) {
    const what =
      format === 'wav' ? 'There is no sound in this project to export as WAV.' : 'There are no captures to export.';
    throw new DatasetError(
      'bad-request',
      what,
      format === 'wav' ? 'Export as CSV or as acquisition files.' : 'Record or import some first.',
    );
  }
  const isTable = format === 'csv' || format === 'wav';
  await sink.add(isTable ? 'index.csv' : 'info.labels', isTable ? indexCsv(listed) : infoLabels(listed));
  work.onProgress?.({ step: 'Exported', done: source.ids.length, total: source.ids.length });
  return listed.length;
}

async function writeFileOnce(path: string, content: Uint8Array, disk: Disk): Promise<void> {
  const handle = await disk.create(path);
  try {
    await handle.write(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function toZip(source: ExportSource, path: string, disk: Disk, work: LongWork): Promise<number> {
  const partial = join(dirname(path), `.${basename(path)}.${newId()}.tmp`);
  let handle: DiskHandle | undefined;
  try {
    handle = await disk.create(partial);
    const zip = new ZipWriter(handle);
    const files = await writeAll(source, 'zip', zip, work);
    await zip.finish();
    await handle.sync();
    await handle.close();
    handle = undefined;
    await disk.rename(partial, path);
    await disk.syncFolder(dirname(path));
    return files;
  } catch (error) {
    await handle?.close().catch(() => undefined);
    await disk.remove(partial).catch(() => undefined);
    throw error;
  }
}

async function toFolder(
  source: ExportSource,
  format: ExportFormat,
  path: string,
  disk: Disk,
  work: LongWork,
): Promise<number> {
  const partial = join(dirname(path), `.${basename(path)}.${newId()}.tmp`);
  try {
    for (const split of ['training', 'testing']) await disk.makeFolder(join(partial, split));
    const sink: Sink = { add: (name, content) => writeFileOnce(join(partial, name), content, disk) };
    const files = await writeAll(source, format, sink, work);
    await disk.rename(partial, path);
    await disk.syncFolder(dirname(path));
    return files;
  } catch (error) {
    await rm(partial, { recursive: true, force: true }).catch(() => undefined);
    throw error;
  }
}

/** See `Dataset.exportTo`. Rejects with 'target-exists' rather than mixing with, or replacing, what is there. */
export async function exportDataset(
  source: ExportSource,
  format: ExportFormat,
  path: string,
  disk: Disk,
  work: LongWork,
): Promise<{ files: number }> {
  const there = existsSync(path);
  const emptyFolder = there && statSync(path).isDirectory() && readdirSync(path).length === 0;
  if (there && !(emptyFolder && format !== 'zip')) {
    throw new DatasetError(
      'target-exists',
      `${basename(path)} is there already.`,
      'Choose another name, or remove it first.',
    );
  }
  try {
    const files =
      format === 'zip' ? await toZip(source, path, disk, work) : await toFolder(source, format, path, disk, work);
    return { files };
  } catch (error) {
    throw diskError(error, 'exporting');
  }
}

/**
 * Writes a dataset for other tools and for itself: acquisition files with `info.labels` and training/testing folders,
 * CSV or WAV with an `index.csv`, the acquisition form as one zip, pictures with COCO, VOC or YOLO annotations. What is
 * written appears whole or not at all.
 */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Disk, DiskHandle, LongWork } from '../../base';
import { writeAcquisition } from '../acquisition';
import { cancelled, DatasetError, diskError } from '../errors';
import { newId, unlabelled } from '../notes';
import type { Capture, ExportFormat, ExportOptions, Split } from '../types';
import { writeWav } from '../wav';
import { audacityTrack, boxesCsv, boxLabels, cocoJson, csvCell, indexCsv, infoLabels } from './lists';
import { siblingLabels, vocXml, yoloNames, yoloText, type Listed } from './lists';
import { ZipWriter } from './zip-writer';

const splits: readonly Split[] = ['training', 'testing'];

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

/** Times in milliseconds with lost frames counted in, so that gaps come back on import. */
function csvOf(capture: Capture): Uint8Array {
  const width = capture.axes.length;
  const known = (units: string): boolean => units !== '' && units !== 'N/A';
  const names = capture.axes.map(({ name, units }) => csvCell(known(units) ? `${name} (${units})` : name));
  const labels = frameLabels(capture);
  const lines = [['timestamp_ms', ...names, ...(labels ? ['label'] : [])].join(',')];
  let lost = 0;
  let gap = 0;
  for (let frame = 0; frame < capture.frames; frame++) {
    for (; gap < capture.gaps.length && capture.gaps[gap].at <= frame; gap++) lost += capture.gaps[gap].lost;
    const time = Number((((frame + lost) * 1000) / capture.rateHz).toFixed(6));
    const row = Array.from(capture.values.subarray(frame * width, (frame + 1) * width), shortest);
    lines.push(`${time},${row.join(',')}${labels ? `,${csvCell(labels[frame])}` : ''}`);
  }
  return new TextEncoder().encode(`${lines.join('\n')}\n`);
}

/** Each frame's label, where parts have labels of their own. */
function frameLabels({ segments, frames }: Capture): string[] | undefined {
  if (segments.length === 0) return undefined;
  const labels = new Array<string>(frames).fill(unlabelled);
  for (const { start, end, label } of segments) labels.fill(label, start, end);
  return labels;
}

/** The shortest decimal that is the same float32 again. */
function shortest(value: number): string {
  for (let digits = 6; digits < 9; digits++) {
    const text = Number(value.toPrecision(digits));
    if (Math.fround(text) === value) return String(text);
  }
  return String(Number(value.toPrecision(9)));
}

interface Encoded {
  readonly extension: string;
  readonly content: Uint8Array;
}

async function encoded(source: ExportSource, capture: Capture, how: How): Promise<Encoded> {
  if (capture.kind === 'image') {
    const { extension, bytes } = await source.file(capture.id);
    return { extension, content: bytes };
  }
  if (how.format === 'csv') return { extension: 'csv', content: csvOf(capture) };
  if (how.format === 'wav') {
    return { extension: 'wav', content: writeWav(capture.values, capture.axes.length, capture.rateHz) };
  }
  const as = how.format === 'acquisition-json' ? 'json' : 'cbor';
  return { extension: as, content: writeAcquisition(capture, as, how.options.hmacKey) };
}

/** What is exported, as which format, with which options. */
interface How {
  readonly format: ExportFormat;
  readonly options: ExportOptions;
}

const pictureFormats: readonly ExportFormat[] = ['coco', 'voc', 'yolo'];

function fits(capture: Capture, format: ExportFormat): boolean {
  if (format === 'wav') return capture.kind === 'audio';
  return !pictureFormats.includes(format) || capture.kind === 'image';
}

/** Pictures lie in folders by label, except where a format keeps one folder for each split. */
function pathOf(capture: Capture, format: ExportFormat, extension: string): string {
  const { id, split } = capture;
  const label = safeName(capture.label);
  if (format === 'yolo') return `images/${split === 'training' ? 'train' : 'val'}/${id}.${extension}`;
  if (pictureFormats.includes(format)) return `${split}/${id}.${extension}`;
  if (format === 'csv' && capture.kind === 'image') return `${split}/${label}/${id}.${extension}`;
  return `${split}/${label}.${id}.${extension}`;
}

function nothingToExport(format: ExportFormat): DatasetError {
  const kind = format === 'wav' ? 'sound' : pictureFormats.includes(format) ? 'picture' : '';
  const what = kind
    ? `There is no ${kind} in this project to export as ${format.toUpperCase()}.`
    : 'There are no captures to export.';
  const action = kind ? 'Export as CSV or as acquisition files.' : 'Record or import some first.';
  return new DatasetError('bad-request', what, action);
}

async function writeAll(source: ExportSource, how: How, sink: Sink, work: LongWork): Promise<number> {
  const { format } = how;
  const listed: Listed[] = [];
  for (const [i, id] of source.ids.entries()) {
    if (work.signal?.aborted) throw cancelled('The export');
    work.onProgress?.({ step: 'Exporting', done: i, total: source.ids.length });
    const capture = await source.get(id);
    if (!fits(capture, format)) continue;
    const { extension, content } = await encoded(source, capture, how);
    const path = pathOf(capture, format, extension);
    await sink.add(path, content);
    // The numbers need not stay in memory until the end.
    const about = { ...capture, values: undefined };
    listed.push({ path, capture: about });
  }
  if (listed.length === 0) throw nothingToExport(format);
  await writeLists(listed, format, sink);
  work.onProgress?.({ step: 'Exported', done: source.ids.length, total: source.ids.length });
  return listed.length;
}

/** Whatever says what the files are, in the form of the format. */
async function writeLists(listed: readonly Listed[], format: ExportFormat, sink: Sink): Promise<void> {
  const labels = boxLabels(listed);
  switch (format) {
    case 'acquisition':
    case 'acquisition-json':
    case 'zip':
      for (const split of splits)
        for (const { path, content } of siblingLabels(listed, split)) await sink.add(path, content);
      return sink.add('info.labels', infoLabels(listed));
    case 'csv':
      if (labels.length > 0)
        await sink.add('boxes.csv', boxesCsv(listed.filter(({ capture }) => capture.kind === 'image')));
      return sink.add('index.csv', indexCsv(listed));
    case 'wav':
      for (const { path, capture } of listed) {
        const track = audacityTrack(capture);
        if (track) await sink.add(path.replace(/\.wav$/, '.txt'), track);
      }
      return sink.add('index.csv', indexCsv(listed));
    case 'coco':
      for (const split of splits) {
        const here = listed.filter(({ capture }) => capture.split === split);
        if (here.length > 0) await sink.add(`${split}/_annotations.coco.json`, cocoJson(here, labels));
      }
      return;
    case 'voc':
      for (const one of listed) await sink.add(one.path.replace(/\.\w+$/, '.xml'), vocXml(one));
      return;
    case 'yolo':
      for (const one of listed) {
        const path = one.path.replace(/^images/, 'labels').replace(/\.\w+$/, '.txt');
        await sink.add(path, yoloText(one, labels));
      }
      return sink.add('data.yaml', yoloNames(labels));
  }
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

async function toZip(source: ExportSource, how: How, path: string, disk: Disk, work: LongWork): Promise<number> {
  const partial = join(dirname(path), `.${basename(path)}.${newId()}.tmp`);
  let handle: DiskHandle | undefined;
  try {
    handle = await disk.create(partial);
    const zip = new ZipWriter(handle);
    const files = await writeAll(source, how, zip, work);
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

async function toFolder(source: ExportSource, how: How, path: string, disk: Disk, work: LongWork): Promise<number> {
  const partial = join(dirname(path), `.${basename(path)}.${newId()}.tmp`);
  try {
    const made = new Set<string>();
    const sink: Sink = {
      async add(name, content) {
        const file = join(partial, name);
        if (!made.has(dirname(file))) await disk.makeFolder(dirname(file));
        made.add(dirname(file));
        await writeFileOnce(file, content, disk);
      },
    };
    const files = await writeAll(source, how, sink, work);
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
  options: ExportOptions = {},
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
  const how: How = { format, options };
  try {
    const files =
      format === 'zip' ? await toZip(source, how, path, disk, work) : await toFolder(source, how, path, disk, work);
    return { files };
  } catch (error) {
    throw diskError(error, 'exporting');
  }
}

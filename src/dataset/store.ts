/**
 * Captures as files: `<project>/captures/<id>.cbor|wav|png|jpg` and `<id>.json` beside it, and the same in `trash/`. Writes
 * both sides of a capture so that it appears whole or not at all: the data file's rename is what makes it exist.
 *
 * Knows nothing of lists, undo, locks or imports.
 */
import { existsSync } from 'node:fs';
import { open, readdir, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { replaceFile, replaceFiles, type Disk, type FileContent } from '../base';
import { decodeDocument, readAcquisition, writeAcquisition } from './acquisition';
import { DatasetError, diskError, isMissing } from './errors';
import { completeNotes, contentHash, dataExtensions, formatNotes, type DataExtension, type DataHeader } from './notes';
import { checkPicture, pictureRateHz, readPictureFile, writePicture } from './picture-file';
import { looksLikeJpeg } from './image-decode';
import { fitsWav, readWav, writeWav } from './wav';
import type { Axis, CaptureNotes, CaptureSummary, NewCapture } from './types';

/** One data file's content. */
export interface Recording {
  readonly axes: readonly Axis[];
  readonly rateHz: number;
  readonly values: Float32Array;
  /** Pixels in each row; pictures only. */
  readonly width?: number;
  readonly kind: CaptureSummary['kind'];
  readonly device: string;
  readonly sensor: string;
  readonly createdAt: string;
}

/** A capture ready to be written. */
export interface PreparedCapture {
  readonly id: string;
  readonly notes: CaptureNotes;
  readonly data: DataHeader;
  readonly dataFile: Uint8Array;
}

const MAX_DATA_BYTES = 1 << 30;

/** Says what is wrong with a capture that cannot be stored, or removes frames that are not numbers and marks the gaps. */
export function checkCapture(capture: NewCapture): NewCapture {
  const width = capture.axes.length;
  const action = 'This is a fault of the program that made the capture; nothing was stored.';
  if (width === 0 || capture.values.length === 0 || capture.values.length % width !== 0) {
    const what = `A capture of ${width} axes cannot have ${capture.values.length} values.`;
    throw new DatasetError('bad-capture', what, action);
  }
  if (!(capture.rateHz >= 1e-5 && capture.rateHz <= 1e6)) {
    throw new DatasetError('bad-capture', `A capture cannot have a rate of ${capture.rateHz} Hz.`, action);
  }
  if (capture.kind === 'image') {
    checkPicture(capture.values, width, capture.width);
    return capture;
  }
  const repaired = dropBadFrames(capture.values, width, capture.notes.gaps ?? []);
  if (!repaired) return capture;
  if (repaired.values.length === 0) throw new DatasetError('bad-capture', 'A capture holds no usable numbers.', action);
  return { ...capture, values: repaired.values, notes: { ...capture.notes, gaps: repaired.gaps } };
}

/** A plain loop: it runs over every value that is ever read. */
function allFinite(values: Float32Array): boolean {
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) return false;
  return true;
}

/** Removes frames that hold NaN or infinity; each run of them becomes a gap. undefined where all are good. */
export function dropBadFrames(values: Float32Array, width: number, gaps: CaptureNotes['gaps']) {
  if (allFinite(values)) return undefined;
  const kept = new Float32Array(values.length);
  const lostAt = new Map<number, number>();
  const frames = values.length / width;
  let count = 0;
  let gap = 0;
  for (let frame = 0; frame < frames; frame++) {
    for (; gap < gaps.length && gaps[gap].at <= frame; gap++)
      lostAt.set(count, (lostAt.get(count) ?? 0) + gaps[gap].lost);
    const cells = values.subarray(frame * width, (frame + 1) * width);
    if (cells.every((value) => Number.isFinite(value))) {
      kept.set(cells, count * width);
      count++;
    } else lostAt.set(count, (lostAt.get(count) ?? 0) + 1);
  }
  const marked = [...lostAt].map(([at, lost]) => ({ at, lost }));
  // Nothing before the first frame or after the last one can be missing from a recording.
  return { values: kept.slice(0, count * width), gaps: marked.filter((one) => one.at > 0 && one.at < count) };
}

/** The data file of a capture: pictures as they came or as PNG, sound that fits it exactly as WAV, the rest as CBOR. */
function encodeCapture(capture: NewCapture, notes: CaptureNotes): { bytes: Uint8Array; file: DataExtension } {
  const { values, axes, rateHz, kind } = capture;
  if (kind === 'image') {
    const bytes = capture.picture ?? writePicture(values, capture.width ?? 1, axes.length);
    return { bytes, file: looksLikeJpeg(bytes) ? 'jpg' : 'png' };
  }
  if (kind === 'audio' && fitsWav(values, rateHz)) return { bytes: writeWav(values, axes.length, rateHz), file: 'wav' };
  const { device, sensor, createdAt } = notes;
  return { bytes: writeAcquisition({ ...capture, device, sensor, createdAt }, 'cbor'), file: 'cbor' };
}

/** Everything that is written down of a capture. `hash`: its contentHash, where that is known. */
export function prepareCapture(id: string, capture: NewCapture, hash?: string): PreparedCapture {
  const { kind, rateHz, values, width } = capture;
  const notes = completeNotes({ createdAt: new Date().toISOString(), ...capture.notes });
  const { bytes, file } = encodeCapture(capture, notes);
  const axes = capture.axes.length;
  const data: DataHeader = {
    kind,
    axes: file === 'wav' ? wavAxes(axes) : capture.axes.map(({ name, units }) => ({ name, units })),
    rateHz,
    frames: values.length / axes,
    ...(width === undefined ? {} : { width }),
    hash: hash ?? contentHash(capture.axes, rateHz, values, width),
    file,
    bytes: bytes.length,
  };
  return { id, notes, data, dataFile: bytes };
}

/** The axes of a WAV file: 'audio', or 'audio1', 'audio2' ... where there are several channels. */
export function wavAxes(channels: number): Axis[] {
  return Array.from({ length: channels }, (_, i) => ({
    name: channels === 1 ? 'audio' : `audio${i + 1}`,
    units: 'wav',
  }));
}

/** What a recording is, judged by its units and names. */
export function kindOf(axes: readonly Axis[]): CaptureSummary['kind'] {
  if (axes.every((axis) => axis.units === 'wav')) return 'audio';
  const moving = axes.some(
    (axis) => /^(m\/s2|m\/s\^2|g|mg|dps|deg\/s|rad\/s)$/i.test(axis.units) || /^(acc|gyr|mag)[XYZ]$/.test(axis.name),
  );
  return moving ? 'motion' : 'other';
}

/** Reads a data file's bytes. Throws DatasetError 'bad-file'. */
export function decodeRecording(bytes: Uint8Array, file: DataExtension): Recording {
  if (file === 'png' || file === 'jpg') {
    const about = { kind: 'image' as const, rateHz: pictureRateHz, device: '', sensor: 'camera', createdAt: '' };
    return { ...readPictureFile(bytes), ...about };
  }
  if (file === 'wav') {
    const sound = readWav(bytes);
    const about = { kind: 'audio' as const, device: '', sensor: 'microphone', createdAt: '' };
    return { axes: wavAxes(sound.channels), rateHz: sound.rateHz, values: sound.values, ...about };
  }
  const read = readAcquisition(decodeDocument(bytes), bytes);
  return { ...read, kind: kindOf(read.axes) };
}

/** In one piece, since its size is known: thousands of small files are read for a map. */
async function readWhole(handle: FileHandle, size: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(size);
  let at = 0;
  while (at < size) {
    const { bytesRead } = await handle.read(bytes, at, size - at, at);
    if (bytesRead === 0) break;
    at += bytesRead;
  }
  return bytes.subarray(0, at);
}

export class CaptureStore {
  readonly captures: string;
  readonly trash: string;

  constructor(
    readonly folder: string,
    private readonly disk: Disk,
  ) {
    this.captures = join(folder, 'captures');
    this.trash = join(folder, 'trash');
  }

  private dataPath(id: string, file: DataExtension): string {
    return join(this.captures, `${id}.${file}`);
  }

  notesPath(id: string): string {
    return join(this.captures, `${id}.json`);
  }

  /** Writes whole captures; one that cannot be written is removed again. Rejects with DatasetError. */
  async write(captures: readonly PreparedCapture[]): Promise<void> {
    const files: FileContent[] = [];
    for (const capture of captures) {
      // Notes first: a cut between the two leaves notes without a recording, which is no capture yet.
      files.push({ path: this.notesPath(capture.id), content: formatNotes(capture) });
      files.push({ path: this.dataPath(capture.id, capture.data.file), content: capture.dataFile });
    }
    try {
      await replaceFiles(files, this.disk);
    } catch (error) {
      for (const file of [...files].reverse()) await this.disk.remove(file.path).catch(() => undefined);
      throw diskError(error, captures.length === 1 ? 'saving the capture' : `saving ${captures.length} captures`);
    }
  }

  async writeNotes(id: string, notes: CaptureNotes, data: DataHeader): Promise<void> {
    try {
      await replaceFile(this.notesPath(id), formatNotes({ notes, data }), this.disk);
    } catch (error) {
      throw diskError(error, 'changing what is noted about a capture');
    }
  }

  async read(id: string, file: DataExtension): Promise<Recording> {
    return decodeRecording(await this.readBytes(id, file), file);
  }

  /** The data file itself. Rejects with 'unknown-capture' or 'damaged-capture'. */
  async readBytes(id: string, file: DataExtension): Promise<Uint8Array> {
    const path = this.dataPath(id, file);
    try {
      const handle = await open(path, 'r');
      try {
        const { size } = await handle.stat();
        if (size > MAX_DATA_BYTES) {
          const what = `The recording ${id} is ${Math.round(size / 1e6)} MB long, more than Dormouse can read.`;
          throw new DatasetError('damaged-capture', what, 'Take it out of the captures folder and import it in parts.');
        }
        return await readWhole(handle, size);
      } finally {
        await handle.close();
      }
    } catch (error) {
      if (isMissing(error)) {
        const action = 'It was removed by another program; reopen the project to see what is there.';
        throw new DatasetError('unknown-capture', `The recording ${id} is not there any more.`, action, error);
      }
      throw diskError(error, 'reading a recording');
    }
  }

  /** Moves captures between `captures/` and `trash/`. Ids whose files are not there are passed over and returned. */
  async move(ids: readonly string[], to: 'trash' | 'captures'): Promise<string[]> {
    const [source, target] = to === 'trash' ? [this.captures, this.trash] : [this.trash, this.captures];
    const missing: string[] = [];
    try {
      await this.disk.makeFolder(target);
      for (const id of ids) {
        const data = dataExtensions.map((file) => `${id}.${file}`).filter((name) => existsSync(join(source, name)));
        if (data.length === 0) missing.push(id);
        // The data file decides whether the capture exists, so it leaves first and arrives last.
        const notes = existsSync(join(source, `${id}.json`)) ? [`${id}.json`] : [];
        for (const name of to === 'trash' ? [...data, ...notes] : [...notes, ...data]) {
          await this.disk.rename(join(source, name), join(target, name));
        }
      }
      await this.disk.syncFolder(target);
      await this.disk.syncFolder(source);
    } catch (error) {
      throw diskError(error, to === 'trash' ? 'moving captures to the trash' : 'bringing captures back');
    }
    return missing;
  }

  /** Ids in the trash that start with `prefix`. */
  async trashed(prefix: string): Promise<string[]> {
    const names = await readdir(this.trash).catch(() => [] as string[]);
    const data = names.filter(
      (name) => name.startsWith(prefix) && dataExtensions.some((file) => name.endsWith(`.${file}`)),
    );
    return data.map((name) => name.slice(0, name.lastIndexOf('.'))).sort();
  }
}

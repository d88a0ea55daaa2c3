/** One capture read from a project's folder by itself, as a thread that holds no dataset does. */
import { realDisk } from '../base';
import { repairRecording } from './catalogue';
import { DatasetError } from './errors';
import type { DataExtension } from './notes';
import { CaptureStore } from './store';
import type { Capture, CaptureSummary } from './types';

/** What must be known of a capture to read it. Plain data. */
export interface StoredCapture {
  readonly summary: CaptureSummary;
  readonly file: DataExtension;
}

/** Rejects with DatasetError 'unknown-capture' or 'damaged-capture'. */
export async function readStored(
  { summary, file }: StoredCapture,
  store: Pick<CaptureStore, 'read'>,
): Promise<Capture> {
  const { id } = summary;
  try {
    const { recording, notes } = repairRecording(await store.read(id, file), summary);
    const { axes, rateHz, values, width } = recording;
    const frames = values.length / axes.length;
    const pixels = width === undefined ? {} : { width };
    return { ...summary, ...notes, axes, rateHz, frames, ...pixels, values };
  } catch (error) {
    if (!(error instanceof DatasetError) || error.code !== 'bad-file') throw error;
    const action = 'Restore the file from a copy, or delete the capture.';
    throw new DatasetError('damaged-capture', `The recording ${id} is damaged: ${error.message}`, action, error);
  }
}

/** Reads captures of the project in `folder`. */
export function storedReader(folder: string): (capture: StoredCapture) => Promise<Capture> {
  const store = new CaptureStore(folder, realDisk);
  return (capture) => readStored(capture, store);
}

/** Recordings straight from a file, folder or zip, without a project: for looking at one file. */
import { DatasetError } from '../errors';
import { completeNotes, contentHash } from '../notes';
import { checkCapture } from '../store';
import type { Capture, CaptureSummary, ImportOptions } from '../types';
import { labelFromPath } from './label-rules';
import { isReadable, readSource } from './readers';
import { Remarks } from './remarks';
import { asProjectSound } from './sound';
import { openSource } from './sources';

/** Everything in there that can be read. Rejects with DatasetError 'nothing-imported' and the reason. */
export async function readCaptures(
  path: string,
  options: Pick<ImportOptions, 'rateHz' | 'hmacKey' | 'soundRateHz'> = {},
): Promise<{ capture: Capture; summary: CaptureSummary }[]> {
  const remarks = new Remarks();
  const tree = await openSource(path, remarks);
  const captures: { capture: Capture; summary: CaptureSummary }[] = [];
  try {
    for (const file of tree.files.filter((one) => !tree.isFolder || isReadable(one.path))) {
      try {
        const { found } = await readSource(file, { ...options, rateFor: () => undefined });
        for (const read of found) {
          const one = asProjectSound(read, options.soundRateHz);
          const label = one.label || labelFromPath(file.path, tree.isFolder ? tree.name : '').label;
          const checked = checkCapture({ ...one, notes: { ...one, label, source: file.path } });
          const { values, axes, rateHz, kind, width } = checked;
          const data = {
            kind,
            axes,
            rateHz,
            frames: values.length / axes.length,
            ...(width === undefined ? {} : { width }),
            hash: contentHash(axes, rateHz, values, width),
          };
          const summary = { ...completeNotes(checked.notes), id: `file-${captures.length + 1}`, ...data };
          captures.push({ summary, capture: { ...summary, values } });
        }
      } catch (error) {
        if (!(error instanceof DatasetError)) throw error;
        remarks.add('bad', error.message);
      }
    }
  } finally {
    await tree.close();
  }
  if (captures.length > 0) return captures;
  const reason = remarks.list()[0] ?? 'There are no recordings in there.';
  throw new DatasetError('nothing-imported', reason, 'Give a CSV, WAV, JSON or CBOR file with a recording in it.');
}

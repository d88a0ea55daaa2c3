/**
 * What folders and file names say where nothing else does: `wave/001.csv` is a wave, `train/wave/001.csv` is one for
 * training, `wave.001.csv` is one too (text up to the first dot); `7/7_ann_3.wav` is Ann's,
 * and `yes/1b4c9b89_nohash_2.wav` is by whom Speech Commands calls 1b4c9b89. Pure.
 */
import { cleanLabel } from '../notes';
import type { Split } from '../types';
import { splitCalled } from './manifests';

export interface PathSays {
  readonly label: string;
  readonly split: Split | undefined;
  /** '' where the name says nothing of it. */
  readonly person: string;
}

/** Folder names that say how files are kept and not what they are. */
const plainFolders =
  /^(data|dataset|captures|samples|recordings|raw|csv|wav|audio|export|json|files|images?|imgs?|pictures|photos|jpegimages|annotations|labels|audios?|sounds)$/i;

function stemOf(name: string): string {
  return name.split('.')[0];
}

/** Names such as `0042`, `sample-3` or `rec_7` that number files instead of naming what they show. */
function isNumbering(stem: string): boolean {
  return /^(?:sample|rec|recording|capture|file|data|take|clip|img|seg)?[ _-]*\d+$/i.test(stem);
}

/** Only where the folder confirms what the parts of the name are: `wave_left_1.csv` is nobody called "left". */
function personFrom(stem: string, folder: string): string {
  const hashed = /^([0-9a-f]{8})_nohash_\d+$/i.exec(stem);
  if (hashed) return hashed[1];
  const [, label, person] = /^([^_]+)_([a-z][^_]*)_\d+$/i.exec(stem) ?? [];
  return label !== undefined && label.toLowerCase() === folder.toLowerCase() ? person : '';
}

/** `path` relative to what was imported; `treeName` the name of the folder or zip itself, '' for a single file. */
export function labelFromPath(path: string, treeName: string): PathSays {
  const folders = path.split('/');
  const name = folders.pop() as string;
  let split: Split | undefined;
  let label: string | undefined;
  for (const folder of folders.reverse()) {
    split ??= splitCalled(folder);
    if (label === undefined && !splitCalled(folder) && !plainFolders.test(folder))
      label = folder.replace(/\.class$/i, '');
  }
  if (label === undefined) {
    const stem = stemOf(name);
    const useFolder = treeName !== '' && isNumbering(stem) && !splitCalled(treeName) && !plainFolders.test(treeName);
    label = useFolder ? treeName : stem;
  }
  const person = personFrom(stemOf(name), folders[0] ?? treeName);
  return { label: cleanLabel(label), split, person };
}

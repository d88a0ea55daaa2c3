/** What the Data screen says. */
import type { RequestInput, Task } from '../../src/project/contract';
import { count, percent, whole } from '../ui/format';

export type ExportFormat = RequestInput<'data.export'>['format'];

/** Forms that hold a signature. */
export const signable: readonly ExportFormat[] = ['zip', 'acquisition', 'acquisition-json'];

/** Forms that can hold what a task is about. */
export function exportChoices(task: Task): readonly ExportFormat[] {
  if (task === 'image') return ['zip', 'coco', 'voc', 'yolo', 'acquisition', 'csv'];
  return [...signable, 'csv', ...(task === 'audio' ? (['wav'] as const) : [])];
}

const things = (n: number, task: Task): string => count(n, task === 'image' ? 'picture' : 'recording');

export const dataWords = {
  title: 'Data',
  empty: 'Every recording and everything imported lies here: look at it, trim it, label it, split it.',
  emptyButton: 'Record the first examples',
  orImport: 'Import files',
  importFiles: 'Import',
  importFolder: 'Import a folder…',
  importPick: 'Import files…',
  importTitle: 'Choose recordings to import',
  importFolderTitle: 'Choose a folder to import; its subfolders become labels',
  dropHere: 'Let go to import',
  working: {
    import: (step: string) => step || 'Importing',
    export: () => 'Exporting',
  },
  cancelled: {
    import: 'The import was cancelled. What had come in until then is here.',
    export: 'The export was cancelled.',
  },
  imported: (n: number, duplicates: number, task: Task) =>
    `${things(n, task)} imported${duplicates ? `, ${duplicates} already here` : ''}`,
  warnings: (n: number) => count(n, 'warning'),
  moreWarnings: (n: number) => `and ${whole(n)} more`,
  exportButton: 'Export…',
  exportForm: 'Written as',
  exportFormats: {
    zip: 'Everything as one .zip',
    acquisition: 'Acquisition files · CBOR',
    'acquisition-json': 'Acquisition files · JSON',
    csv: 'CSV files',
    wav: 'WAV files',
    coco: 'Pictures and boxes · COCO',
    voc: 'Pictures and boxes · Pascal VOC',
    yolo: 'Pictures and boxes · YOLO',
  } satisfies Record<ExportFormat, string>,
  exportHints: {
    zip: 'For a copy, another computer, or a colleague. Comes back here with labels, people and splits.',
    acquisition: 'What most tools for boards read, with labels and splits beside it. Small.',
    'acquisition-json': 'The same as text that can be read. Larger.',
    csv: 'For spreadsheets and scripts: one file each, and a list of all.',
    wav: 'Only the sound, for any player or editor, with Audacity label tracks for marked parts.',
    coco: 'One JSON file with all boxes.',
    voc: 'One XML file for each picture.',
    yolo: 'One text file for each picture, in train and val folders.',
  } satisfies Record<ExportFormat, string>,
  hmacKey: 'Key to sign with',
  hmacTerm: 'HMAC-SHA256',
  hmacHint: 'Left empty, the files say that they are not signed. The key is not kept.',
  exportToFile: 'Choose a file and export',
  exportToFolder: 'Choose a folder and export',
  exportTitle: 'Export the recordings',
  exported: (n: number, path: string, task: Task) => `${things(n, task)} written to ${path}`,
  search: 'Search',
  searchHint: 'Search names',
  allSplits: 'Both sets',
  allPersons: 'All persons',
  label: 'Label',
  split: 'Set',
  person: 'Person',
  session: 'Session',
  length: 'Length',
  recorded: 'Recorded',
  splits: { training: 'training', testing: 'testing' },
  found: things,
  chosen: (n: number) => `${whole(n)} chosen`,
  list: 'Recordings',
  none: 'Nothing matches. Loosen the filters above.',
  clear: 'Show all',
  only: (what: string) => `Only ${what}`,
  balance: 'Balance of labels',
  balanceItem: 'training and testing',
  inspector: 'Recording',
  inspectorMany: things,
  inspectorNone: (task: Task) => `Choose a ${task === 'image' ? 'picture' : 'recording'} to see it here.`,
  plot: (label: string, length: string) => `Plot of ${label}, ${length}`,
  spectrum: (label: string) => `Spectrogram of ${label}`,
  size: 'Size',
  pixels: (width: number, height: number, channels: number) =>
    `${whole(width)} × ${whole(height)} pixels, ${channels === 3 ? 'colour' : 'gray'}`,
  boxes: (n: number) => (n === 0 ? 'no box' : count(n, 'box', 'boxes')),
  cut: 'Cut into words…',
  play: 'Play',
  pause: 'Pause',
  reset: 'Use all of it',
  trimmed: (from: string, to: string) => `Used: ${from} to ${to}`,
  gaps: (n: number, lost: number) => `${count(n, 'gap')}, ${count(lost, 'sample')} missing. Hatched on the plot.`,
  relabel: 'Label',
  apply: 'Apply',
  several: 'several',
  delete: (n: number, task: Task) => (n === 1 ? 'Delete' : `Delete ${things(n, task)}`),
  deleted: (n: number, task: Task) => `Deleted ${things(n, task)}`,
  source: 'Source',
  device: 'Board',
  rate: 'Rate',
  splitButton: 'Split…',
  splitTitle: 'Split into training and testing',
  splitText: 'Testing recordings are kept away from training, so that the score is honest.',
  splitBy: 'Keep together',
  splitByOptions: { person: 'Person', session: 'Session', capture: 'Recording' },
  splitHints: {
    person:
      'Best: nobody is in both sets, so the score says how well it will do with people that it has not seen (no leakage).',
    session: 'Good: recordings made together stay together. The same person can be in both sets.',
    capture:
      'Careful: recordings of the same person in one sitting resemble each other. The score will look better than life (leakage).',
  },
  splitShare: 'Testing share',
  splitRun: 'Split now',
  splitNote: 'What you set by hand stays as it is.',
  percent: (part: number) => percent(part, 0),
};

/** What the Test screen says. */
import { count, percent, whole } from '../ui/format';

/** A ratio of powers in decibels as one of sizes: 40 dB = "100 times". */
function signalToNoise(db: number): string {
  const times = 10 ** (db / 20);
  return `${times < 10 ? times.toFixed(1) : whole(Number(times.toPrecision(2)))} times (${db.toFixed(0)} dB)`;
}

export const testWords = {
  title: 'Test',
  lead: 'How the model does on recordings that it has not learned from.',
  empty: 'Here you see what the model confuses. Train one first.',
  emptyButton: 'Go to Train',
  noTesting: 'No recordings are set aside for testing, so there is nothing honest to score. Split the data first.',
  noTestingButton: 'Go to Data',
  engines: {
    float: { name: 'Before shrinking', term: 'float' },
    int8: { name: 'Shrunk to 8-bit', term: 'int8' },
    device: { name: 'On the board', term: 'device' },
  },
  run: 'Score again',
  runDevice: 'Run on the board',
  running: (done: number, total: number) => `Scoring ${whole(done)} of ${whole(total)} windows`,
  cancelled: 'Scoring was cancelled. The scores from before stand.',
  notRun: 'Not scored yet.',
  needBoard: 'Connect a board that runs this model to compare it here, bit for bit.',
  needFlash: 'Flash this model to the board, then compare it here, bit for bit.',
  accuracy: (part: number) => percent(part),
  windows: (n: number) => `of ${count(n, 'window')} right`,
  captures: (part: number, n: number) => `${percent(part)} of ${count(n, 'recording')} right`,
  found: (found: number, there: number) => `F1: ${count(found, 'thing')} found where ${whole(there)} are`,
  byLargest: (n: number) => `The matrix counts ${count(n, 'picture')} by their largest thing.`,
  auc: 'AUC: how surely anomalous scores above normal',
  anomalyRates: (caught: number, alarms: number) =>
    `${percent(caught)} of the anomalous caught, ${percent(alarms)} false alarms on what is normal`,
  anomaly: 'Normal or not',
  anomalyTerm: 'anomaly score',
  anomalyLead: (share: string, normal: string) =>
    `The line stands where ${share} of ${normal} score below it. Move it to trade false alarms for misses.`,
  anomalyPlot: 'Histogram of the anomaly scores: what is normal, and each other label',
  anomalyThreshold: 'Threshold',
  anomalyLine: 'anomalous from here',
  anomalyValue: (score: string, share: string) => `Score ${score}; ${share} of what is normal lies below`,
  anomalyAxis: 'anomaly score',
  anomalyShare: 'share of windows',
  anomalyNormal: (label: string) => `Normal: ${label}`,
  alarms: (share: string) => `${share} false alarms`,
  caught: (share: string) => `${share} called anomalous`,
  anomalyLater: 'The line moves with the next training.',
  objects: 'What was found',
  countError: (part: number) =>
    Number.isFinite(part) ? `counts are ${percent(part, 0)} off in the mean` : 'nothing to count',
  there: 'There',
  foundColumn: 'Found',
  together: 'All together',
  objectsKey: 'Boxes are what is there, dashed where it was missed. Marks are what was found, crossed where wrong.',
  whichPictures: 'Pictures shown',
  wrongPictures: (n: number) => `Mistakes (${whole(n)})`,
  allPictures: (n: number) => `All (${whole(n)})`,
  noWrong: 'No mistake in any held-out picture.',
  mistakes: (missed: number, wrong: number) =>
    missed + wrong === 0
      ? 'all found'
      : [missed > 0 ? `${missed} missed` : '', wrong > 0 ? `${wrong} wrong` : ''].filter(Boolean).join(', '),
  openPicture: (label: string, missed: number, wrong: number) =>
    `Picture of ${label}: ${missed} missed, ${wrong} found wrongly. Show in Data`,
  thisPicture: 'this picture',
  same: 'The board answers the same as the app, bit for bit.',
  differ: (n: number) => `${count(n, 'window')} differ from the app.`,
  matrix: (name: string) => `Confusion matrix, ${name}. Rows are the truth, columns the answer.`,
  truth: 'truth',
  answer: 'answer',
  cell: (truth: string, answer: string, n: number) =>
    truth === answer
      ? `${count(n, 'window')} of ${truth} right`
      : `${count(n, 'window')} of ${truth} taken for ${answer}`,
  cellTitle: (truth: string, answer: string) =>
    truth === answer ? `${truth}, recognised` : `${truth}, taken for ${answer}`,
  forms: {
    float: { name: 'As trained', term: 'float' },
    int8: { name: '8-bit', term: 'int8' },
    pruned: { name: 'Pruned', term: 'float' },
    prunedInt8: { name: 'Pruned, 8-bit', term: 'int8' },
    aware: { name: '8-bit, trained on', term: 'int8' },
  },
  compare: 'What shrinking cost',
  compareOn: (n: number) => `All forms of the model on the same ${count(n, 'window')} held out.`,
  used: 'on the board',
  form: 'Form of the model',
  right: 'Right',
  rightTerm: 'accuracy',
  changed: 'Answers changed',
  changedShow: (n: number, form: string) => `${count(n, 'answer')} changed, ${form}: show the recordings in Data`,
  file: 'File',
  packed: 'Packed',
  packedTerm: 'deflate',
  memory: 'Memory',
  memoryTerm: 'arena',
  work: 'Multiply-adds',
  noneYet: '–',
  flippedBy: (form: string) => `answered otherwise than as trained (${form})`,
  worst: (layer: string, operator: string, db: number) =>
    `Rounding is felt most in the layer ${layer} (${operator.toLowerCase().replaceAll('_', ' ')}): its values are ${signalToNoise(db)} as strong as what rounding adds.`,
  none: 'none',
  noneCell: (truth: string, n: number) => `${count(n, 'window')} of ${truth} answered with none of the labels`,
  perLabel: 'Per label',
  label: 'Label',
  precision: 'When it says so, it is right',
  precisionTerm: 'precision',
  recall: 'When it is so, it says so',
  recallTerm: 'recall',
  f1: 'Both in one',
  f1Term: 'F1',
  windowsColumn: 'Windows',
  selected: 'In this cell',
  selectHint: 'Choose a cell of a matrix to see its recordings.',
  cellEmpty: 'No window ended up here.',
  windowsHere: (n: number) => count(n, 'window'),
  score: (part: number) => percent(part, 0),
  showInData: 'Show in Data',
  flipped: 'Changed by shrinking',
  flippedNone: 'Shrinking changed no answer.',
  flippedSome: (n: number) => `Shrinking changed ${count(n, 'answer')}.`,
  flippedRow: (truth: string, before: string, after: string) => `${truth}: ${before} became ${after}`,
};

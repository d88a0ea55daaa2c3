/** What the Test screen says. */
import { count, percent, whole } from '../ui/format';

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
  notRun: 'Not scored yet.',
  needBoard: 'Connect a board that runs this model to compare it here, bit for bit.',
  accuracy: (part: number) => percent(part),
  windows: (n: number) => `of ${count(n, 'window')} right`,
  captures: (part: number, n: number) => `${percent(part)} of ${count(n, 'recording')} right`,
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

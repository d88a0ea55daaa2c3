/** What the sheet about false alarms says. */
import { count, percent, span, whole } from '../ui/format';

const rate = (x: number): string => (x >= 10 ? whole(x) : x.toFixed(1));

export const falseAlarmWords = {
  open: 'False alarms per hour…',
  title: 'False alarms per hour',
  lead: 'Long recordings are played through the very code of the board. What it says where nothing was, and misses where something was, is counted.',
  choose: 'Recordings to replay',
  chooseAll: 'Nothing chosen: everything that is held out for testing.',
  chosen: (n: number, seconds: number) => `${count(n, 'recording')}, ${span(seconds)}`,
  noLong:
    'There is no recording of ten seconds or more. Record a few minutes of everyday noise; until then all that is held out is replayed.',
  learned: 'learned from',
  heldOut: 'held out',
  parts: (n: number) => count(n, 'marked part'),
  run: 'Replay',
  again: 'Replay again',
  running: (done: number, total: number) =>
    total > 0 ? `Replaying recording ${whole(Math.min(done + 1, total))} of ${whole(total)}` : 'Replaying',
  cancelled: 'The replay was cancelled.',
  now: 'With the settings now',
  falseAlarms: 'false alarms per hour',
  misses: 'misses per hour',
  of: (seconds: number, happened: number) =>
    `in ${span(seconds)}, in which ${happened === 1 ? 'one thing' : `${whole(happened)} things`} happened`,
  curve: 'What can be had',
  curveTerm: 'trade-off',
  curvePlot:
    'Misses per hour against false alarms per hour for all settings that were tried; the wished rate as a line',
  curveKey: 'Ring: the settings now. Dot: what would be taken. Broken line: the wish.',
  wish: 'At most so many false alarms per hour',
  proposal: 'That takes',
  settings: (threshold: number, smoothing: number, suppress: number) =>
    `sure from ${percent(threshold, 0)}, averaged over ${count(smoothing, 'answer')}${
      suppress > 0 ? `, then quiet for ${count(suppress, 'answer')}` : ''
    }`,
  gives: (falseAlarms: number, misses: number) =>
    `${rate(falseAlarms)} false alarms and ${rate(misses)} misses per hour`,
  elsewhere: (falseAlarms: number, misses: number, byTime: boolean) =>
    `Chosen on one half and tried on ${byTime ? 'the rest of the recording' : 'other recordings'}: ${rate(falseAlarms)} and ${rate(misses)}. Expect that.`,
  onlyHere: 'There is too little to try a choice on another half: expect more than that.',
  nothing: 'Nothing that was tried keeps to that. Allow more, or record more background to train with.',
  apply: 'Use these settings',
  applied: 'The board answers with these settings from now on.',
  axisX: 'false alarms per hour',
  axisY: 'misses per hour',
  rate,
};

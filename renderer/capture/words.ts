/** What the Capture screen says. */
import { count, rate, span, whole } from '../ui/format';

/** "10 waves" where English makes it so; "10 × no" or "10 × on/off" where it would be nonsense. */
export function severalOf(n: number, label: string): string {
  return /^[a-z]+(-[a-z]+)*$/i.test(label) && !/(s|x|z|ch|sh|o|[^aeiou]y)$/i.test(label)
    ? `${n} ${label}s`
    : `${n} × ${label}`;
}

export const captureWords = {
  title: 'Capture',
  empty: 'Here you watch the board’s sensor live and record a few examples of each thing it should recognise.',
  emptyButton: 'Use the simulated board',
  emptyOther: 'Choose a board',
  waiting: 'Waiting for the board to stream',
  startStream: 'Start the sensor',
  sensor: 'Sensor',
  sensorName: (kind: 'motion' | 'audio' | 'camera' | 'other', name: string) => {
    const plain = { motion: 'Motion', audio: 'Sound', camera: 'Camera', other: '' }[kind];
    return plain && plain.toLowerCase() !== name.toLowerCase() ? `${plain} · ${name}` : name;
  },
  plot: (name: string) => `Live plot of ${name}`,
  shown: 'Time shown',
  spans: (s: number) => span(s).replace('.0', ''),
  axis: (name: string) => `Show ${name}`,
  axes: 'Axes',
  rate: (hz: number) => rate(hz),
  pictureRate: (hz: number) => `${hz.toFixed(hz < 10 ? 1 : 0)} pictures/s`,
  lostPictures: (n: number) => (n === 0 ? 'nothing lost' : `${count(n, 'picture')} lost`),
  realRate: 'real rate',
  lost: (n: number) => (n === 0 ? 'nothing lost' : `${count(n, 'sample')} lost`),
  labels: 'Label',
  newLabel: 'New label',
  addLabel: 'Add',
  newLabelHint: (sees: 'numbers' | 'sound' | 'camera') =>
    `Name what you will record, such as “${{ numbers: 'wave', sound: 'yes', camera: 'circle' }[sees]}”.`,
  labelCount: (n: number) => whole(n),
  who: 'Person',
  whoHint: 'Name',
  session: 'Session',
  sessionHint: 'Monday',
  seconds: 'Length',
  repeat: 'Repeat',
  countdown: 'Countdown',
  pause: 'Pause between',
  record: (n: number, label: string) => (n === 1 ? `Record one ${label}` : `Record ${severalOf(n, label)}`),
  waitFor: (n: number, label: string) => (n === 1 ? `Wait for one ${label}` : `Wait for ${severalOf(n, label)}`),
  begins: 'Each begins',
  begin: { press: 'Begins when you press', level: 'By itself' },
  level: 'Begins above',
  before: 'Also before',
  levelPlot: (sound: boolean) => (sound ? 'How loud it is' : 'How much it moves'),
  levelValue: (level: number, units: string) => `begins above ${level} ${units}`,
  levelKeys: 'Drag the line, or press the arrow keys on it.',
  byButton: (name: string) =>
    /^a /.test(name) ? `${name.slice(2)} records, too` : `${name} on the board records, too`,
  pressButton: 'Press its button',
  recordNothing: 'Choose a label first',
  stop: 'Stop',
  hold: 'Hold to record',
  letGo: 'Let go to keep it',
  tooShort: 'That was under a fifth of a second, so it was not kept. Hold longer.',
  idleHint: 'Choose a label, then record. Hold Space for a recording of any length.',
  phases: {
    countdown: (s: number) => `Get ready: ${Math.max(1, Math.ceil(s))}`,
    armed: (i: number, n: number, sound: boolean) =>
      `Waiting for ${sound ? 'a sound' : 'movement'} above the line${n > 1 ? ` (${i} of ${n})` : ''}`,
    recording: (i: number, n: number, s: number, of: number) =>
      n > 1 || of > 0
        ? `Recording ${i} of ${n} · ${s.toFixed(1)} of ${of.toFixed(1)} s`
        : `Recording · ${s.toFixed(1)} s`,
    saving: 'Saving',
    pause: (saved: number, n: number) => `${saved} of ${n} saved. Next one soon`,
    finished: (n: number, pictures = false) => `${count(n, pictures ? 'picture' : 'recording')} saved`,
    cancelled: 'Stopped. What was saved before stays.',
  },
  failedAction: 'What was saved before is safe. Check the board and record again.',
  strip: 'Just recorded',
  stripEmpty: 'Each recording appears here the moment that it is saved.',
  remove: (label: string) => `Delete this ${label}`,
  removed: (label: string) => `Deleted one ${label}`,
  gesture: 'The simulated board plays',
};

/** What is said of labelled parts of a recording. */
import { count, span } from '../../ui/format';

export const partWords = {
  mark: 'Mark parts…',
  marked: (n: number, labels: readonly string[]) =>
    `${count(n, 'labelled part')}: ${labels.slice(0, 4).join(', ')}${labels.length > 4 ? ' …' : ''}`,
  title: 'Parts of this recording',
  lead: (label: string) =>
    `Training takes only what is marked, under its own label. With nothing marked, all of it counts as “${label}”.`,
  plot: (label: string, length: string) => `Recording of ${label}, ${length}, with its parts`,
  part: (label: string, i: number, n: number, from: string, to: string) =>
    `Part ${i} of ${n}: ${label}, ${from} to ${to}. Arrows move it, with Shift its end and with Alt its start; number keys name it, Space plays it, Delete removes it.`,
  edge: (edge: 'start' | 'end', label: string, i: number) =>
    `${edge === 'start' ? 'Start' : 'End'} of part ${i}, ${label}`,
  keys: 'Drag to mark. Tab goes from part to part; arrows move, with Shift the end, with Alt the start; 1–9 name, Space plays, Delete removes. Ctrl and the wheel zoom.',
  next: 'The next part is',
  newLabel: 'New label',
  add: 'Add a part',
  noRoom: 'There is no room left.',
  closer: 'Zoom in',
  farther: 'Zoom out',
  whole: 'Show all of it',
  earlier: 'Earlier',
  later: 'Later',
  inSight: (from: number, to: number) => `${span(from)} to ${span(to)}`,
  chosenTitle: (i: number, n: number) => `Part ${i} of ${n}`,
  none: 'No part is chosen.',
  label: 'Label',
  start: 'Start',
  end: 'End',
  play: 'Play',
  stop: 'Stop',
  remove: 'Delete part',
  count: (n: number) => (n === 0 ? 'nothing marked' : count(n, 'part')),
  cut: (n: number) => `Make ${count(n, 'recording')} of the parts`,
  wasCut: (n: number) => `Made ${count(n, 'recording')} of one`,
  done: 'Done',
};

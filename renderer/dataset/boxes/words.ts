/** What is said of boxes on pictures. */
import { count } from '../../ui/format';

const px = (x: number): string => String(Math.round(x));

export const boxWords = {
  picture: (label: string, width: number, height: number) => `Picture labelled ${label}, ${width} × ${height} pixels`,
  box: (label: string, i: number, n: number, x: number, y: number, width: number, height: number) =>
    `Box ${i} of ${n}: ${label}, ${px(width)} by ${px(height)} pixels at ${px(x)}, ${px(y)}. Arrows move it, with Shift they resize it, number keys name it, Delete removes it.`,
  title: 'Boxes',
  titleTerm: 'objects',
  none: 'Drag on the picture to say what is where. Without boxes the whole picture has one label.',
  help: 'Drag to draw. Arrows move, Shift and arrows resize, 1–9 name, Delete removes.',
  next: 'The next box is',
  newLabel: 'New label',
  add: 'Add a box',
  large: 'Large',
  largeTitle: 'Draw boxes',
  count: (n: number) => count(n, 'box', 'boxes'),
};

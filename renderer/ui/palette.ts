/**
 * One colour and one shape per label, kept on every screen and from one start to the next. Eight colours (safe for
 * the common colour blindnesses) and eight shapes; past eight labels the shapes turn, so 64 labels stay distinct.
 * Pure: knows nothing of Svelte or of the page.
 */
export const shapes = ['circle', 'square', 'triangle', 'diamond', 'cross', 'star', 'hexagon', 'ring'] as const;
export type Shape = (typeof shapes)[number];

export interface LabelStyle {
  readonly shape: Shape;
  /** Number of the custom property --label-N. */
  readonly colour: number;
}

/** The style of the n-th label of a project, n from 0. */
export function styleAt(index: number): LabelStyle {
  const turn = Math.floor(index / 8);
  return { colour: index % 8, shape: shapes[((index % 8) + turn * 3) % 8] };
}

/** Labels for what is nothing in particular: they come behind those that mean something. */
const plain = /^(background|idle|noise|none|nothing|off|unknown)$/i;

/** Keeps the order that is there and appends new labels (in their own sorted order), so that none changes its style. */
export function keepOrder(known: readonly string[], labels: readonly string[]): readonly string[] {
  const seen = new Set(known);
  const fresh = labels
    .filter((label) => !seen.has(label))
    .sort((a, b) => Number(plain.test(a)) - Number(plain.test(b)) || a.localeCompare(b, 'en'));
  return fresh.length === 0 ? known : [...known, ...fresh];
}

/** SVG path of a shape in a 16 x 16 box. */
export const shapePaths: Readonly<Record<Shape, string>> = {
  circle: 'M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2Z',
  square: 'M3 3h10v10H3Z',
  triangle: 'M8 2l6.5 11.5h-13Z',
  diamond: 'M8 1l7 7-7 7-7-7Z',
  cross: 'M6 2h4v4h4v4h-4v4H6v-4H2V6h4Z',
  star: 'M8 1l2.1 4.6 5 .5-3.8 3.3 1.1 4.9L8 11.8l-4.4 2.5 1.1-4.9L.9 6.1l5-.5Z',
  hexagon: 'M5 2.5h6L14.5 8 11 13.5H5L1.5 8Z',
  ring: 'M8 1.5a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13Zm0 3.5a3 3 0 1 0 0 6 3 3 0 0 0 0-6Z',
};

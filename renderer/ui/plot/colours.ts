/** Turns a design token into the colour that a canvas can use, for the theme that is on. */

export interface PlotColours {
  readonly ink: string;
  readonly faint: string;
  readonly grid: string;
  readonly surface: string;
  readonly accent: string;
  readonly bad: string;
  readonly axes: readonly string[];
  readonly labels: readonly string[];
}

/** Reads the tokens as they resolve at `element`; read again when the theme changes. */
export function plotColours(element: HTMLElement): PlotColours {
  const probe = document.createElement('span');
  probe.style.display = 'none';
  element.append(probe);
  const read = (token: string): string => {
    probe.style.color = `var(--${token})`;
    return getComputedStyle(probe).color;
  };
  const colours = {
    ink: read('ink-2'),
    faint: read('ink-3'),
    grid: read('line'),
    surface: read('surface'),
    accent: read('accent'),
    bad: read('bad'),
    axes: [0, 1, 2, 3, 4, 5].map((i) => read(`axis-${i}`)),
    labels: [0, 1, 2, 3, 4, 5, 6, 7].map((i) => read(`label-${i}`)),
  };
  probe.remove();
  return colours;
}

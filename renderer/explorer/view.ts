/** Where on the canvas a point of the map lies, and back: a square in the middle, zoomed about any place. Pure. */

export interface View {
  /** The map's place in the middle of the canvas. */
  readonly x: number;
  readonly y: number;
  /** 1 = the whole map. */
  readonly zoom: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

export const wholeMap: View = { x: 0, y: 0, zoom: 1 };
const margin = 16;
const farthest = 60;

/** Pixels per unit of the map. */
export const scaleOf = (view: View, { width, height }: Size): number =>
  Math.max(1, Math.min(width, height) / 2 - margin) * view.zoom;

export function toCanvas(point: { readonly x: number; readonly y: number }, view: View, size: Size) {
  const scale = scaleOf(view, size);
  return { x: size.width / 2 + (point.x - view.x) * scale, y: size.height / 2 - (point.y - view.y) * scale };
}

export function toMap(place: { readonly x: number; readonly y: number }, view: View, size: Size) {
  const scale = scaleOf(view, size);
  return { x: view.x + (place.x - size.width / 2) / scale, y: view.y - (place.y - size.height / 2) / scale };
}

/** Zooms by a factor so that what lies at `place` (canvas) stays there. */
export function zoomed(
  view: View,
  factor: number,
  place: { readonly x: number; readonly y: number },
  size: Size,
): View {
  const zoom = Math.min(farthest, Math.max(1, view.zoom * factor));
  if (zoom === 1) return wholeMap;
  const fixed = toMap(place, view, size);
  const scale = scaleOf({ ...view, zoom }, size);
  return { x: fixed.x - (place.x - size.width / 2) / scale, y: fixed.y + (place.y - size.height / 2) / scale, zoom };
}

/** The nearest of the points within `reach` pixels, -1 where there is none. */
export function nearest(
  places: readonly { readonly x: number; readonly y: number }[],
  at: { x: number; y: number },
  reach: number,
): number {
  let best = -1;
  let least = reach * reach;
  places.forEach(({ x, y }, i) => {
    const d = (x - at.x) ** 2 + (y - at.y) ** 2;
    if (d > least) return;
    least = d;
    best = i;
  });
  return best;
}

/** The next point in a direction from one of them: near, and not far off to the side. -1 where there is none. */
export function nextInDirection(
  places: readonly { readonly x: number; readonly y: number }[],
  from: number,
  [dx, dy]: readonly [number, number],
): number {
  const start = places[from];
  let best = -1;
  let least = Infinity;
  places.forEach(({ x, y }, i) => {
    const along = (x - start.x) * dx + (y - start.y) * dy;
    const aside = Math.abs((x - start.x) * dy - (y - start.y) * dx);
    if (i === from || along <= 0.5 || aside > 2 * along) return;
    const cost = along + 2 * aside;
    if (cost >= least) return;
    least = cost;
    best = i;
  });
  return best;
}

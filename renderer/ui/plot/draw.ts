/**
 * Draws traces like a good instrument: thin lines, real axes with units, gaps as they are, nothing else. Works on a
 * canvas context in CSS pixels; knows nothing of components.
 */
import { rate, units as shownUnits, value as shownValue } from '../format';
import type { PlotColours } from './colours';
import { minMaxColumns, ticks } from './decimate';
import type { Box } from './lanes';

export const margins = { left: 48, right: 44, top: 12, bottom: 24 };

const font = '11px system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif';

/** Fits the canvas to its CSS size and the screen's density; returns a context in CSS pixels, cleared. */
export function prepare(canvas: HTMLCanvasElement, width: number, height: number): CanvasRenderingContext2D {
  const density = window.devicePixelRatio || 1;
  const [w, h] = [Math.round(width * density), Math.round(height * density)];
  if (canvas.width !== w || canvas.height !== h) {
    canvas.width = w;
    canvas.height = h;
  }
  const context = canvas.getContext('2d');
  if (!context) throw new Error('This window cannot draw plots.');
  context.setTransform(density, 0, 0, density, 0, 0);
  context.clearRect(0, 0, width, height);
  context.font = font;
  context.lineWidth = 1;
  return context;
}

export interface Trace {
  readonly values: Float32Array;
  readonly axes: number;
  readonly axis: number;
  /** Frame range shown across the box; may reach beyond the data. */
  readonly from: number;
  readonly to: number;
}

export interface Scale {
  readonly low: number;
  readonly high: number;
}

let columns = new Float32Array(0);

export function drawTrace(
  context: CanvasRenderingContext2D,
  box: Box,
  trace: Trace,
  scale: Scale,
  colour: string,
): void {
  const shown = trace.to - trace.from;
  if (!(shown > 0)) return;
  const toY = (x: number): number => box.y + box.height - ((x - scale.low) / (scale.high - scale.low)) * box.height;
  context.strokeStyle = colour;
  context.lineWidth = 1.25;
  // At this width nobody sees a join, but round ones cost.
  context.lineJoin = 'bevel';
  context.beginPath();
  let drawing = false;
  if (shown <= box.width * 1.5) {
    const frames = Math.floor(trace.values.length / trace.axes);
    const first = Math.max(0, Math.floor(trace.from));
    const last = Math.min(frames, Math.ceil(trace.to) + 1);
    for (let f = first; f < last; f++) {
      const value = trace.values[f * trace.axes + trace.axis];
      if (Number.isNaN(value)) {
        drawing = false;
        continue;
      }
      const x = box.x + ((f - trace.from) / shown) * box.width;
      if (drawing) context.lineTo(x, toY(value));
      else context.moveTo(x, toY(value));
      drawing = true;
    }
    context.stroke();
  } else drawColumns(context, box, trace, toY, colour);
}

/**
 * More than a sample per pixel: one upright bar per pixel column, from its smallest to its largest value and on to where
 * the column before ended. Filling upright bars costs a fraction of stroking the same as a path.
 */
function drawColumns(
  context: CanvasRenderingContext2D,
  box: Box,
  trace: Trace,
  toY: (value: number) => number,
  colour: string,
): void {
  const count = Math.max(1, Math.round(box.width));
  if (columns.length < 2 * count) columns = new Float32Array(2 * count);
  minMaxColumns(trace.values, trace.axes, trace.axis, trace.from, trace.to, count, columns);
  context.fillStyle = colour;
  const left = Math.round(box.x);
  let before: readonly [number, number] | undefined;
  for (let c = 0; c < count; c++) {
    if (Number.isNaN(columns[2 * c])) {
      before = undefined;
      continue;
    }
    const top = toY(columns[2 * c + 1]);
    const bottom = toY(columns[2 * c]);
    const from = Math.min(top, before?.[1] ?? top);
    const to = Math.max(bottom, before?.[0] ?? bottom);
    context.fillRect(left + c, from - 0.5, 1, to - from + 1);
    before = [top, bottom];
  }
}

/** Horizontal grid, numbers and units at the left edge. */
export function drawValueAxis(
  context: CanvasRenderingContext2D,
  box: Box,
  scale: Scale,
  units: string,
  colours: PlotColours,
): void {
  context.lineWidth = 1;
  context.textBaseline = 'middle';
  context.textAlign = 'right';
  for (const tick of ticks(scale.low, scale.high, Math.max(2, box.height / 48))) {
    const y = Math.round(box.y + box.height - ((tick - scale.low) / (scale.high - scale.low)) * box.height) + 0.5;
    context.strokeStyle = colours.grid;
    context.beginPath();
    context.moveTo(box.x, y);
    context.lineTo(box.x + box.width, y);
    context.stroke();
    context.fillStyle = colours.faint;
    context.fillText(shownValue(tick), box.x - 8, y);
  }
  const name = shownUnits(units);
  if (!name) return;
  context.textAlign = 'left';
  context.textBaseline = 'top';
  context.fillStyle = colours.ink;
  const width = context.measureText(name).width;
  context.fillStyle = colours.surface;
  context.fillRect(box.x + 4, box.y, width + 8, 16);
  context.fillStyle = colours.ink;
  context.fillText(name, box.x + 8, box.y + 2);
}

/** Seconds along the bottom; `origin` is the time at the left edge. `marksOnly` leaves the picture above uncrossed. */
export function drawTimeAxis(
  context: CanvasRenderingContext2D,
  box: Box,
  origin: number,
  seconds: number,
  colours: PlotColours,
  marksOnly = false,
): void {
  context.textAlign = 'center';
  context.textBaseline = 'top';
  const marks = ticks(origin, origin + seconds, Math.max(2, box.width / 96));
  for (const tick of marks) {
    const x = Math.round(box.x + ((tick - origin) / seconds) * box.width) + 0.5;
    context.strokeStyle = colours.grid;
    context.beginPath();
    context.moveTo(x, marksOnly ? box.y + box.height : box.y);
    context.lineTo(x, box.y + box.height + 4);
    context.stroke();
    context.fillStyle = colours.faint;
    context.fillText(`${shownValue(tick)} s`, x, box.y + box.height + 8);
  }
}

/** Frequencies at the left edge, 0 at the bottom, and the frame of a picture that fills the box. */
export function drawFrequencyAxis(
  context: CanvasRenderingContext2D,
  box: Box,
  highestHz: number,
  colours: PlotColours,
): void {
  context.lineWidth = 1;
  context.strokeStyle = colours.grid;
  context.strokeRect(
    Math.round(box.x) - 0.5,
    Math.round(box.y) - 0.5,
    Math.round(box.width) + 1,
    Math.round(box.height) + 1,
  );
  context.textBaseline = 'middle';
  context.textAlign = 'right';
  context.fillStyle = colours.faint;
  for (const tick of ticks(0, highestHz, Math.max(2, box.height / 40))) {
    const y = Math.round(box.y + box.height * (1 - tick / highestHz)) + 0.5;
    context.fillText(tick === 0 ? '0 Hz' : rate(tick), box.x - 8, y);
  }
}

/** A place where frames are missing: hatched, as wide as what is lost (at least 3 pixels). */
export function drawGap(context: CanvasRenderingContext2D, box: Box, x: number, width: number, colour: string): void {
  const left = Math.max(box.x, x);
  const right = Math.min(box.x + box.width, Math.max(x + width, left + 3));
  if (right <= left) return;
  context.save();
  context.beginPath();
  context.rect(left, box.y, right - left, box.height);
  context.clip();
  context.globalAlpha = 0.16;
  context.fillStyle = colour;
  context.fillRect(left, box.y, right - left, box.height);
  context.globalAlpha = 0.7;
  context.strokeStyle = colour;
  context.lineWidth = 1;
  context.beginPath();
  for (let d = left - box.height; d < right; d += 6) {
    context.moveTo(d, box.y + box.height);
    context.lineTo(d + box.height, box.y);
  }
  context.stroke();
  context.restore();
}

/** Names at the right end, moved apart where they would overlap. */
export function drawNames(
  context: CanvasRenderingContext2D,
  box: Box,
  names: readonly { readonly y: number; readonly text: string; readonly colour: string }[],
): void {
  const sorted = [...names].sort((a, b) => a.y - b.y);
  let last = box.y - 12;
  const placed = sorted.map((name) => {
    last = Math.max(last + 12, Math.min(Math.max(name.y, box.y + 6), box.y + box.height - 6));
    return { ...name, y: last };
  });
  const over = Math.max(0, last - (box.y + box.height - 4));
  context.textAlign = 'left';
  context.textBaseline = 'middle';
  for (const name of placed) {
    context.fillStyle = name.colour;
    context.fillText(name.text, box.x + box.width + 6, name.y - over);
  }
}

/** "accX" and its kin become "x" where a lane holds only such a family; else the name as it is. */
export function shortName(name: string): string {
  const match = /^(?:acc|gyr|gyro|mag|accel|accelerometer|gyroscope)[_. ]?([xyz])$/i.exec(name);
  return match ? match[1].toLowerCase() : name.length > 7 ? `${name.slice(0, 6)}…` : name;
}

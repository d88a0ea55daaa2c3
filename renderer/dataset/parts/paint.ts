/** Paints a stretch of a recording: its curves in lanes and, of sound, its frequencies below. Knows no components. */
import type { Capture } from '../../../src/dataset/types';
import type { PlotColours } from '../../ui/plot/colours';
import { calmRange, extent } from '../../ui/plot/decimate';
import {
  drawFrequencyAxis,
  drawGap,
  drawNames,
  drawTimeAxis,
  drawTrace,
  drawValueAxis,
  shortName,
} from '../../ui/plot/draw';
import { laneBoxes, lanesOf, type Box, type Lane } from '../../ui/plot/lanes';
import { strengthRaster } from '../../ui/plot/raster';
import { columnRows, columnSamples, spectrumColumn } from '../../ui/plot/spectrum';
import type { Stretch } from './parts';

export interface PaintedLane extends Lane {
  readonly scale: { readonly low: number; readonly high: number };
}

/** Scales over the whole recording, so that zooming changes no height. */
export function scaledLanes({ axes, values }: Pick<Capture, 'axes' | 'values'>): PaintedLane[] {
  return lanesOf(axes).map((lane) => {
    const found = extent(values, axes.length, lane.axes) ?? { low: -1, high: 1 };
    return { ...lane, scale: calmRange(found.low, found.high, lane.units === 'wav' ? 20 : 1e-3) };
  });
}

/** How strong each frequency of one channel of sound is, over a stretch. */
export function spectrumPicture(capture: Capture, view: Stretch, dark: boolean): OffscreenCanvas {
  const span = view.end - view.start;
  const columns = Math.min(600, Math.max(1, Math.floor((span / columnSamples) * 4)));
  const levels = new Uint8Array(columns * columnRows);
  for (let c = 0; c < columns; c++)
    spectrumColumn(capture.values, view.start + ((c + 0.5) * span) / columns, levels, c * columnRows);
  return strengthRaster(columnRows, columns, dark, (row, c) => levels[c * columnRows + columnRows - 1 - row]);
}

export function paint(
  context: CanvasRenderingContext2D,
  box: Box,
  capture: Capture,
  view: Stretch,
  lanes: readonly PaintedLane[],
  spectrum: OffscreenCanvas | undefined,
  colours: PlotColours,
): void {
  const { axes, values, rateHz, gaps } = capture;
  const span = view.end - view.start;
  const left = (frame: number): number => box.x + ((frame - view.start) / span) * box.width;
  const upper = spectrum ? { ...box, height: box.height * 0.5 - 6 } : box;
  drawTimeAxis(context, box, view.start / rateHz, span / rateHz, colours, spectrum !== undefined);
  context.save();
  context.beginPath();
  context.rect(0, 0, box.x + box.width + 60, box.y + box.height);
  context.clip();
  laneBoxes(upper, lanes.length).forEach((lane, i) => {
    const { scale, units, axes: drawn } = lanes[i];
    drawValueAxis(context, lane, scale, units, colours);
    for (const gap of gaps) {
      const wide = (gap.lost / span) * box.width;
      if (gap.at >= view.start && gap.at <= view.end)
        drawGap(context, lane, left(gap.at) - wide / 2, wide, colours.bad);
    }
    const names = drawn.map((axis) => {
      const trace = { values, axes: axes.length, axis, from: view.start, to: view.end };
      drawTrace(context, lane, trace, scale, colours.axes[axis % 6]);
      const last = values[Math.min(Math.floor(view.end), capture.frames) * axes.length - axes.length + axis];
      const y = lane.y + lane.height - ((last - scale.low) / (scale.high - scale.low)) * lane.height;
      return { y, text: shortName(axes[axis].name), colour: colours.axes[axis % 6] };
    });
    drawNames(context, lane, names);
  });
  context.restore();
  if (!spectrum) return;
  const lower = { ...box, y: upper.y + upper.height + 12, height: box.height - upper.height - 12 };
  context.drawImage(spectrum, lower.x, lower.y, lower.width, lower.height);
  drawFrequencyAxis(context, lower, rateHz / 2, colours);
}

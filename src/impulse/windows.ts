/**
 * Where windows lie in a capture, and their values. A window never crosses a gap, the border of the trimmed part or
 * of a labelled segment. Captures of another rate are resampled, of other units converted.
 */
import type { Random } from '../base';
import type { Capture, CaptureSummary } from '../dataset';
import { ImpulseError } from './errors';
import { hasAxes, RATE_TOLERANCE } from './resolve';
import { soundWindow, variedSound, type SoundVariation } from './sound';
import type { ResolvedImpulse } from './types';
import { unitFactor } from './units';

/** A stretch of frames without a gap; `end` exclusive. */
export interface Run {
  readonly start: number;
  readonly end: number;
  readonly label: string;
}

/** Stretches from which windows may be cut, in order. */
export function runsOf(capture: CaptureSummary): Run[] {
  const first = Math.max(0, capture.trim?.start ?? 0);
  const last = Math.min(capture.frames, capture.trim?.end ?? capture.frames);
  const cuts = [first, ...capture.gaps.map((gap) => gap.at).filter((at) => at > first && at < last), last];
  cuts.sort((a, b) => a - b);
  const parts = capture.segments.length > 0 ? capture.segments : [{ start: first, end: last, label: capture.label }];
  const runs: Run[] = [];
  for (let i = 0; i + 1 < cuts.length; i++) {
    for (const part of parts) {
      const run = { start: Math.max(cuts[i], part.start), end: Math.min(cuts[i + 1], part.end), label: part.label };
      if (run.end > run.start) runs.push(run);
    }
  }
  return runs;
}

/** Capture frames per frame of the impulse: exactly 1 where both clocks mean the same rate. */
function stepOf(capture: CaptureSummary, resolved: ResolvedImpulse): number {
  const step = capture.rateHz / resolved.shape.rateHz;
  return Math.abs(step - 1) <= RATE_TOLERANCE ? 1 : step;
}

/** Capture frames that a window reaches over. */
function spanOf(capture: CaptureSummary, resolved: ResolvedImpulse): number {
  return Math.ceil((resolved.shape.frames - 1) * stepOf(capture, resolved)) + 1;
}

/** Windows of one run: every stride, what is left over split evenly between both ends; one padded where it is short. */
function startsIn(run: Run, span: number, stride: number): number[] {
  const room = run.end - run.start - span;
  if (room < 0) return [run.start];
  const count = Math.floor(room / stride) + 1;
  const first = run.start + Math.floor((room - (count - 1) * stride) / 2);
  return Array.from({ length: count }, (_, i) => first + Math.round(i * stride));
}

/**
 * First frames of a capture's windows, rising. Empty where the capture lacks the axes. A capture shorter than the
 * window has one window, padded; pieces between gaps count only where they fill at least half a window.
 */
export function windowStarts(capture: CaptureSummary, resolved: ResolvedImpulse): number[] {
  if (resolved.block.kind === 'image') return capture.kind === 'image' ? [0] : [];
  if (!hasAxes(capture, resolved.axes)) return [];
  const span = spanOf(capture, resolved);
  const stride = Math.max(1, resolved.strideFrames * stepOf(capture, resolved));
  const runs = runsOf(capture);
  const cutByGaps = capture.gaps.length > 0;
  const usable = runs.filter((run) => !cutByGaps || (run.end - run.start) * 2 >= span);
  return usable.flatMap((run) => startsIn(run, span, stride)).sort((a, b) => a - b);
}

/** The label that holds at a frame: the segment's, else the capture's. */
export function labelAt(capture: CaptureSummary, frame: number): string {
  return runsOf(capture).find((run) => frame >= run.start && frame < run.end)?.label ?? capture.label;
}

/** Columns of the capture that the impulse takes, and what to multiply them by. */
function columnsOf(capture: Capture, resolved: ResolvedImpulse): { column: number; factor: number }[] {
  return resolved.axes.map((name, i) => {
    const column = capture.axes.findIndex((axis) => axis.name === name);
    if (column < 0) {
      const action = 'Choose axes that this capture has, or leave it out.';
      throw new ImpulseError('wrong-capture', `The capture ${capture.id} has no axis ${name}.`, action);
    }
    return { column, factor: unitFactor(capture.axes[column].units, resolved.units[i]) ?? 1 };
  });
}

/** Where the window that begins at `start` lies: in which run, and how many frames of the capture make one of its own. */
function placeOf(capture: Capture, start: number, resolved: ResolvedImpulse) {
  const runs = runsOf(capture);
  const run = runs.find((one) => start >= one.start && start < one.end) ?? runs[0];
  if (!run) {
    throw new ImpulseError('wrong-capture', `The capture ${capture.id} has no frames left to use.`, 'Change its trim.');
  }
  const span = spanOf(capture, resolved);
  const length = run.end - run.start;
  const isShort = length < span;
  const first = isShort
    ? run.start - Math.floor((span - length) / 2)
    : Math.max(run.start, Math.min(start, run.end - span));
  return { run, first, step: stepOf(capture, resolved), isShort };
}

const isSound = (capture: CaptureSummary, resolved: ResolvedImpulse): boolean =>
  capture.kind === 'audio' && resolved.shape.axes === 1;

/**
 * frames * axes values, interleaved, in the impulse's units and rate. `start` is a frame of the capture; where the
 * stretch without gaps around it is shorter than the window, the stretch is centred, and its first and last values are
 * held (a still hand, where zeros would be free fall) or, around a sound, its own background goes on. Resampling is linear
 * interpolation in double precision, so the same on every machine; it does not filter, so what is faster than half of the
 * new rate folds down (sounds are brought to the project's rate when they are imported).
 */
export function cutWindow(capture: Capture, start: number, resolved: ResolvedImpulse): Float32Array {
  const { frames, axes } = resolved.shape;
  const columns = columnsOf(capture, resolved);
  const { run, first, step, isShort } = placeOf(capture, start, resolved);
  if (isShort && isSound(capture, resolved))
    return soundWindow(capture, { column: columns[0].column, run, first, step, frames });
  const width = capture.axes.length;
  // One axis at its own rate and unit, sound above all: as it lies there.
  if (width === 1 && axes === 1 && step === 1 && columns[0].factor === 1 && !isShort)
    return capture.values.slice(first, first + frames);
  const window = new Float32Array(frames * axes);
  for (let frame = 0; frame < frames; frame++) {
    const position = Math.min(Math.max(first + frame * step, run.start), run.end - 1);
    const before = Math.floor(position);
    const share = position - before;
    for (let axis = 0; axis < axes; axis++) {
      const { column, factor } = columns[axis];
      const value = capture.values[before * width + column];
      const next = share > 0 ? capture.values[(before + 1) * width + column] : value;
      window[frame * axes + axis] = (value + (next - value) * share) * factor;
    }
  }
  return window;
}

/** The same window varied as `random` draws; undefined for what is no sound. */
export function variedWindow(
  capture: Capture,
  start: number,
  resolved: ResolvedImpulse,
  variation: SoundVariation,
  random: Random,
): Float32Array | undefined {
  if (!isSound(capture, resolved)) return undefined;
  const { run, first, step } = placeOf(capture, start, resolved);
  const place = { column: columnsOf(capture, resolved)[0].column, run, first, step, frames: resolved.shape.frames };
  return variedSound(capture, place, resolved.shape.rateHz, variation, random);
}

/**
 * Settings become exact: window, stride, rate, axes and units are taken from the captures where the settings leave
 * them open. Depends only on what the captures are, not on their ids or order.
 */
import { dspParameterTables, soundBins, type Core, type DspBlock } from '../core';
import type { CaptureSummary } from '../dataset';
import { makeBlock } from './block';
import { ImpulseError } from './errors';
import { resolvePictures } from './pictures';
import type { ImpulseSettings, ResolvedImpulse } from './types';
import { boardUnit, majority, unitWarnings } from './units';

/** Rates that differ by less than this share are one rate: clocks of boards are no better. */
export const RATE_TOLERANCE = 0.005;

/** Where the median capture is at least this long, captures are runs of something that goes on, not single events. */
const CONTINUOUS_MS = 8_000;
const LONGEST_WINDOW_MS = 10_000;
/** Fewer frames than this show no movement. */
const LEAST_FRAMES = 8;
const MAX_WINDOW_VALUES = 4_000_000;

/** What a task starts with. */
export function defaultImpulse(task: 'motion' | 'audio' | 'image' | 'anomaly'): ImpulseSettings {
  const open = { windowMs: 0, strideMs: 0, rateHz: 0, axes: [] };
  switch (task) {
    case 'motion':
      return { ...open, dsp: { kind: 'raw', params: {} } };
    case 'image':
      return { ...open, dsp: { kind: 'image', params: {} } };
    case 'audio':
      return { ...open, windowMs: 1000, strideMs: 500, dsp: { kind: 'mfcc', params: {} } };
    case 'anomaly':
      return { ...open, windowMs: 2000, strideMs: 1000, dsp: { kind: 'spectral', params: { 'fft-length': 64 } } };
  }
}

/** Milliseconds of the part that is used. */
function usedMs(capture: CaptureSummary): number {
  const { start, end } = capture.trim ?? { start: 0, end: capture.frames };
  return (Math.max(0, Math.min(end, capture.frames) - start) * 1000) / capture.rateHz;
}

/** The value at `share` of the way through the sorted values. */
function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

/**
 * Runs of something that goes on: 2 s, which holds a few strokes of what people and machines do. Events of one length:
 * that length, so that nothing is padded. Events of several lengths: the longest but a tenth, with as much rest around
 * it as lengths differ; a window that just holds an event leaves live recognition no slack. Found by trial on gestures
 * of people who were not trained on.
 */
function chooseWindowMs(captures: readonly CaptureSummary[]): number {
  const lengths = captures.map(usedMs).filter((length) => length > 0);
  lengths.sort((a, b) => a - b);
  if (lengths.length === 0) return 1000;
  if (quantile(lengths, 0.5) >= CONTINUOUS_MS) return 2000;
  const events = lengths.filter((length) => length <= LONGEST_WINDOW_MS);
  const [short, long] = [quantile(events, 0.1), quantile(events, 0.9)];
  const spread = long - short;
  return spread <= 0.1 * long ? short : Math.min(LONGEST_WINDOW_MS, long + spread);
}

/** The rate that most captures have, give or take a board's clock. */
function chooseRate(captures: readonly CaptureSummary[]): number {
  const rates = captures.map((capture) => capture.rateHz).sort((a, b) => a - b);
  let best: number[] = [];
  let run: number[] = [];
  for (const rate of rates) {
    if (run.length > 0 && rate > run[0] * (1 + RATE_TOLERANCE)) run = [];
    run.push(rate);
    if (run.length > best.length) best = run;
  }
  return best[best.length >> 1];
}

/** Axes that every capture has; where there are none (sounds among movements), those of the most common kind. */
function chooseAxes(captures: readonly CaptureSummary[]): readonly string[] {
  const common = captures[0].axes
    .map((axis) => axis.name)
    .filter((name) => captures.every((capture) => capture.axes.some((axis) => axis.name === name)));
  if (common.length > 0) return common;
  const sets = captures.map((capture) => JSON.stringify(capture.axes.map((axis) => axis.name)));
  return JSON.parse(majority(sets)) as string[];
}

export function hasAxes(capture: CaptureSummary, axes: readonly string[]): boolean {
  return axes.every((name) => capture.axes.some((axis) => axis.name === name));
}

function checkNumber(value: number, what: string): void {
  if (Number.isFinite(value) && value >= 0) return;
  throw new ImpulseError(
    'bad-window',
    `${value} is no ${what}.`,
    'Give a positive number, or 0 to have it chosen from the data.',
  );
}

/** Throws ImpulseError, or CoreError where the block does not take the window or a parameter's value. */
export function resolveImpulse(
  settings: ImpulseSettings,
  captures: readonly CaptureSummary[],
  core: Core,
): ResolvedImpulse {
  checkNumber(settings.windowMs, 'window length');
  checkNumber(settings.strideMs, 'stride');
  checkNumber(settings.rateHz, 'rate');
  if (captures.length === 0) {
    throw new ImpulseError(
      'no-captures',
      'There are no captures to make an impulse for.',
      'Record or import some first.',
    );
  }
  if (settings.dsp.kind === 'image') return resolvePictures(settings, captures, core);
  const ordered = [...captures].sort((a, b) => (a.hash < b.hash ? -1 : a.hash > b.hash ? 1 : 0));
  const axes = settings.axes.length > 0 ? settings.axes : chooseAxes(ordered);
  const fitting = ordered.filter((capture) => hasAxes(capture, axes));
  if (fitting.length === 0) {
    const there = [...new Set(ordered.flatMap((capture) => capture.axes.map((axis) => axis.name)))]
      .slice(0, 20)
      .join(', ');
    throw new ImpulseError('no-axes', `No capture has all of the axes ${axes.join(', ')}.`, `Choose among ${there}.`);
  }
  // In whole millihertz, as a model image carries it: the board must compute with the very same rate.
  const rateHz = Math.round((settings.rateHz || chooseRate(fitting)) * 1000) / 1000;
  const frames = settings.windowMs
    ? Math.max(1, Math.round((settings.windowMs * rateHz) / 1000))
    : Math.max(LEAST_FRAMES, Math.round((chooseWindowMs(fitting) * rateHz) / 1000));
  if (frames * axes.length > MAX_WINDOW_VALUES) {
    const what = `A window of ${frames} frames of ${axes.length} axes is longer than Dormouse can work with.`;
    throw new ImpulseError('bad-window', what, 'Choose a shorter window or a lower rate.');
  }
  const units = axes.map((name) =>
    majority(fitting.map((capture) => boardUnit(capture.axes.find((axis) => axis.name === name)?.units ?? ''))),
  );
  const shape = { frames, axes: axes.length, rateHz };
  const block = makeBlock(settings.dsp, core);
  const featureCount = core.featureCount(block, shape);
  const strideFrames = wholeStride(settings.strideMs ? (settings.strideMs * rateHz) / 1000 : frames / 2, block, rateHz);
  const bins = soundBins(block);
  const inputShape =
    block.kind === 'raw' ? [frames, axes.length] : bins > 0 ? [featureCount / bins, bins] : [featureCount];
  const warnings = [...leftOut(ordered.length - fitting.length, axes), ...unitWarnings(fitting, axes, units)];
  return { shape, strideFrames, axes, units, block, featureCount, inputShape, warnings };
}

/**
 * A stride of whole frames, at least one; for sound the nearest whole number of the block's own strides, so that a board
 * computes each spectrum once, however many windows it stands in.
 */
export function wholeStride(frames: number, block: DspBlock, rateHz: number): number {
  const step = strideStep(block, rateHz);
  return Math.max(1, Math.round(frames / step)) * step;
}

/** Samples from one spectrum of a sound block to the next, as the core rounds them; 1 for the other blocks. */
export function strideStep(block: DspBlock, rateHz: number): number {
  const index = dspParameterTables[block.kind].findIndex((parameter) => parameter.name === 'frame-stride');
  return index < 0 ? 1 : Math.max(1, Math.ceil(rateHz * block.params[index] - 0.001));
}

function leftOut(count: number, axes: readonly string[]): string[] {
  if (count === 0) return [];
  const many = count === 1 ? 'One capture lacks' : `${count} captures lack`;
  return [`${many} some of the axes ${axes.join(', ')} and will not be used.`];
}

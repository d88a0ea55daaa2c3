/**
 * From captures to rows of features. The order of the rows depends on what is in the recordings and never on ids or
 * on when they were made, so that training on the same recordings gives the same model anywhere.
 */
import { Random, type LongWork } from '../base';
import { soundBins, type Core, type Normalisation } from '../core';
import { planSplit, type Capture } from '../dataset';
import { ImpulseError } from './errors';
import { featuresOfWindows } from './features';
import type { FeatureRows, ResolvedImpulse } from './types';
import type { SoundVariation } from './sound';
import { labelAt, variedWindow, windowStarts } from './windows';

interface CaptureRows {
  readonly capture: Pick<Capture, 'id' | 'hash' | 'label' | 'person' | 'session'>;
  readonly starts: readonly number[];
  readonly y: readonly number[];
  readonly features: Float32Array;
}

/** Which windows become rows, and as what. */
export interface RowChoice {
  /** First frames of the windows by capture id; all windows of captures that are not in it, or where it is left out. */
  readonly starts?: ReadonlyMap<string, readonly number[]> | undefined;
  /** Instead of each window of sound as it was recorded, so many varied ones. */
  readonly variation?: SoundVariation | undefined;
}

/** `variation.copies` varied windows of each; none of what is no sound. The same for a seed and a recording. */
function variedFeatures(
  core: Core,
  capture: Capture,
  starts: readonly number[],
  resolved: ResolvedImpulse,
  variation: SoundVariation,
): { starts: number[]; features: Float32Array } {
  const random = new Random((parseInt(capture.hash.slice(0, 8), 16) ^ Math.imul(variation.seed, 0x9e3779b1)) >>> 0);
  const windows: Float32Array[] = [];
  const of: number[] = [];
  for (const start of starts)
    for (let copy = 0; copy < variation.copies; copy++) {
      const window = variedWindow(capture, start, resolved, variation, random);
      if (!window) return { starts: [], features: new Float32Array(0) };
      windows.push(window);
      of.push(start);
    }
  const all = new Float32Array(windows.length * resolved.shape.frames);
  for (const [i, window] of windows.entries()) all.set(window, i * resolved.shape.frames);
  return { starts: of, features: core.featuresOfMany(resolved.block, resolved.shape, all, windows.length) };
}

function rowsOf(
  core: Core,
  resolved: ResolvedImpulse,
  capture: Capture,
  labels: readonly string[],
  { starts: chosen, variation }: RowChoice,
): CaptureRows {
  const wanted = (chosen?.get(capture.id) ?? windowStarts(capture, resolved)).filter((start) =>
    labels.includes(labelAt(capture, start)),
  );
  const { starts, features } = variation
    ? variedFeatures(core, capture, wanted, resolved, variation)
    : { starts: wanted, features: featuresOfWindows(core, capture, wanted, resolved) };
  const { id, hash, label, person, session } = capture;
  return {
    capture: { id, hash, label, person, session },
    starts,
    y: starts.map((start) => labels.indexOf(labelAt(capture, start))),
    features,
  };
}

/** Fewer people (or sessions) than this cannot be split among without losing too much of the training data. */
const ENOUGH_GROUPS = 3;

/** What must stay on one side: people where there are several, else sessions, else each recording by itself. */
function groupsOf(parts: readonly CaptureRows[]): string[] {
  for (const who of ['person', 'session'] as const) {
    const known = new Set(parts.map((part) => part.capture[who]).filter((name) => name !== ''));
    if (known.size < ENOUGH_GROUPS) continue;
    return parts.map(({ capture }) => (capture[who] ? `${who}:${capture[who]}` : `capture:${capture.hash}`));
  }
  return parts.map(({ capture }) => `capture:${capture.hash}`);
}

/**
 * Cuts all windows of the captures and computes their features. Windows whose label is not among `labels` are left
 * out. Rejects with ImpulseError 'cancelled', or with what `getCapture` rejects with.
 */
export async function computeRows(
  core: Core,
  resolved: ResolvedImpulse,
  ids: readonly string[],
  getCapture: (id: string) => Promise<Capture>,
  labels: readonly string[],
  work: LongWork = {},
  choice: RowChoice = {},
): Promise<FeatureRows> {
  const parts: CaptureRows[] = [];
  const read = 8;
  for (let first = 0; first < ids.length; first += read) {
    if (work.signal?.aborted)
      throw new ImpulseError('cancelled', 'Computing features was cancelled.', 'Start it again whenever you like.');
    const captures = await Promise.all(ids.slice(first, first + read).map(getCapture));
    for (const capture of captures) parts.push(rowsOf(core, resolved, capture, labels, choice));
    work.onProgress?.({ step: 'Computing features', done: Math.min(first + read, ids.length), total: ids.length });
  }
  const key = ({ capture }: CaptureRows): string => `${capture.hash} ${capture.label} ${capture.id}`;
  parts.sort((a, b) => (key(a) < key(b) ? -1 : 1));
  return joinRows(parts, groupsOf(parts), resolved.featureCount, labels);
}

function joinRows(
  parts: readonly CaptureRows[],
  groups: readonly string[],
  width: number,
  labels: readonly string[],
): FeatureRows {
  const count = parts.reduce((sum, part) => sum + part.starts.length, 0);
  const rows = {
    count,
    width,
    values: new Float32Array(count * width),
    y: new Int32Array(count),
    labels,
    captureIds: [] as string[],
    starts: new Int32Array(count),
    groups: [] as string[],
  };
  let row = 0;
  for (const [i, part] of parts.entries()) {
    rows.values.set(part.features, row * width);
    rows.y.set(part.y, row);
    rows.starts.set(part.starts, row);
    for (let k = 0; k < part.starts.length; k++) {
      rows.captureIds.push(part.capture.id);
      rows.groups.push(groups[i]);
    }
    row += part.starts.length;
  }
  return rows;
}

export interface RowSplit {
  /** Row numbers, rising. */
  readonly training: Int32Array;
  readonly validation: Int32Array;
  readonly by: 'person' | 'session' | 'capture';
}

/**
 * Sets whole groups of rows aside for validation, with about `fraction` of each label's rows and several labels among
 * them where the groups allow it. Deterministic for a seed.
 */
export function splitRows(rows: FeatureRows, options: { readonly fraction: number; readonly seed: number }): RowSplit {
  const items = rows.groups.map((group, i) => ({ label: String(rows.y[i]), group, pinned: undefined }));
  const splits = planSplit(items, options.fraction, options.seed);
  const side = (wanted: string): Int32Array =>
    Int32Array.from(splits.flatMap((split, i) => (split === wanted ? i : [])));
  const by = (['person', 'session'] as const).find((who) => rows.groups.some((group) => group.startsWith(`${who}:`)));
  return { training: side('training'), validation: side('testing'), by: by ?? 'capture' };
}

/**
 * Mean and inverse standard deviation over the given rows (all where undefined): one per feature, or one per axis for
 * raw windows, one per colour for pictures and one per bin for sound. What never changes in them gets an inverse of 0 and
 * so counts for nothing, whatever it does later.
 */
export function fitNormalisation(
  rows: FeatureRows,
  resolved: ResolvedImpulse,
  indices?: ArrayLike<number>,
): Normalisation {
  const { block, shape } = resolved;
  const perAxis = block.kind === 'raw' || block.kind === 'image';
  // Of sound one per bin: a word may be said at any moment of the window.
  const period = perAxis ? shape.axes : soundBins(block) || rows.width;
  const count = indices?.length ?? rows.count;
  const sums = new Float64Array(period);
  const squares = new Float64Array(period);
  const each = (visit: (value: number, at: number) => void): void => {
    for (let i = 0; i < count; i++) {
      const from = (indices ? indices[i] : i) * rows.width;
      for (let k = 0; k < rows.width; k++) visit(rows.values[from + k], k % period);
    }
  };
  const perPlace = Math.max(1, (count * rows.width) / period);
  each((value, at) => (sums[at] += value));
  const mean = sums.map((sum) => sum / perPlace);
  // Two passes: the variance of gravity plus a little noise would drown in the square of the mean.
  each((value, at) => (squares[at] += (value - mean[at]) ** 2));
  const inverseStd = squares.map((sum, at) => {
    const deviation = Math.sqrt(sum / perPlace);
    return deviation > 1e-6 * (Math.abs(mean[at]) + 1e-6) ? 1 / deviation : 0;
  });
  return { mean: Float32Array.from(mean), inverseStd: Float32Array.from(inverseStd) };
}

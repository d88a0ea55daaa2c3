/**
 * What one file can say about another: label, split, person, labelled parts and boxes. Readers of lists give these;
 * the import turns them into notes once it has read the recording itself. Pure.
 */
import { unlabelled } from '../../notes';
import type { Box, CaptureNotes, Segment, Split } from '../../types';

export type Fields = Record<string, unknown>;

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);
}

export interface Span {
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
  readonly label: string;
}

/**
 * Labelled parts as a list gives them. 'frames or ms': whole numbers that the public export format's documentation
 * calls milliseconds and its tools write as frame indices, so that only the recording's length can tell. 'any time':
 * numbers on an axis that the list does not name: seconds, frames or milliseconds, the first that they fit into.
 */
export interface Spans {
  readonly unit: 'frames' | 'seconds' | 'frames or ms' | 'any time';
  readonly parts: readonly Span[];
}

export interface Said {
  readonly label?: string;
  readonly split?: Split;
  readonly person?: string;
  readonly session?: string;
  readonly note?: string;
  /** Files that lie beside it and belong to it, without being recordings; by path from the list's folder. */
  readonly attachments?: readonly string[];
  readonly spans?: Spans;
  /** Things in a picture, in its own pixels; [] = the list says that it shows none. */
  readonly boxes?: readonly Box[];
  /** The same as fractions of the picture's width and height, where that is how the list has them. */
  readonly boxFractions?: readonly Box[];
  /** Complete notes, where the list was written by Dormouse. */
  readonly notes?: CaptureNotes;
}

/** No recording or picture has more; a list that says otherwise is damaged. */
export const MAX_PARTS = 100_000;

/** 'train' and 'training' train; every kind of held-out set tests; anything else leaves the choice open. */
export function splitCalled(word: unknown): Split | undefined {
  if (typeof word !== 'string') return undefined;
  const plain = word.trim();
  if (/^(train|training)$/i.test(plain)) return 'training';
  return /^(test|testing|val|valid|validation|eval|evaluation|dev|holdout|post-processing)$/i.test(plain)
    ? 'testing'
    : undefined;
}

/** The label of the longest part, '' where there is none. */
export function longestLabel(spans: readonly Span[]): string {
  const lengths = new Map<string, number>();
  for (const { label, start, end } of spans)
    if (label !== unlabelled) lengths.set(label, (lengths.get(label) ?? 0) + end - start);
  return [...lengths].sort((a, b) => b[1] - a[1])[0]?.[0] ?? '';
}

export interface ResolvedSpans {
  readonly segments: readonly Segment[];
  /** Parts that lie outside of the recording, or have no length in it. */
  readonly dropped: number;
}

/** Frames for one unit of the spans. Frames or milliseconds: whichever covers the recording to its end, else frames. */
function framesPerUnit({ unit, parts }: Spans, frames: number, rateHz: number): number {
  const end = parts.reduce((last, part) => Math.max(last, part.end), 0);
  const seconds = frames / rateHz;
  const step = 1 / rateHz;
  switch (unit) {
    case 'frames':
      return 1;
    case 'seconds':
      return rateHz;
    case 'any time':
      if (end <= seconds + step) return rateHz;
      return end <= frames ? 1 : rateHz / 1000;
    case 'frames or ms': {
      if (end === frames) return 1;
      // Their ends are inclusive, and rounded: up to two steps of play.
      const play = 2 * Math.max(step * 1000, 1);
      const reaches = Math.abs(end - seconds * 1000) <= play;
      return reaches || (end > frames && end <= seconds * 1000 + play) ? rateHz / 1000 : 1;
    }
  }
}

/** Labelled parts as segments of a recording of `frames` frames; what reaches over its end is cut there. */
export function resolveSpans(spans: Spans, frames: number, rateHz: number): ResolvedSpans {
  const { parts } = spans;
  if (parts.length === 0) return { segments: [], dropped: 0 };
  const perUnit = framesPerUnit(spans, frames, rateHz);
  const segments: Segment[] = [];
  let nothing = 0;
  for (const { start, end, label } of parts) {
    const from = Math.max(0, Math.round(start * perUnit));
    const to = Math.min(frames, Math.max(Math.round(end * perUnit), from + 1));
    // Where nothing may stay unlabelled, as in the public export format, that word stands for it.
    if (label === unlabelled) nothing++;
    else if (from < to) segments.push({ start: from, end: to, label });
  }
  return { segments, dropped: parts.length - segments.length - nothing };
}

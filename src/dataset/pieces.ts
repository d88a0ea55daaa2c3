/** One long capture as several short ones, each with what is said of the whole. Knows nothing of how they are found. */
import { DatasetError } from './errors';
import type { Capture, CaptureNotes, NewCapture } from './types';

export interface Piece {
  /** In frames of the capture, `end` exclusive. */
  readonly start: number;
  readonly end: number;
  /** Left out: as the whole is labelled. */
  readonly label?: string | undefined;
}

/** No take holds more words; a list that says otherwise is damaged. */
const mostPieces = 10_000;

/** @throws DatasetError `bad-request` where a piece lies outside of the capture, or there is none. */
export function checkPieces(pieces: readonly Piece[], frames: number): void {
  const inside = ({ start, end }: Piece): boolean =>
    Number.isInteger(start) && Number.isInteger(end) && start >= 0 && start < end && end <= frames;
  const bad = pieces.find((piece) => !inside(piece));
  if (bad === undefined && pieces.length <= mostPieces) return;
  const what = bad
    ? `A capture of ${frames} frames has no part ${bad.start}..${bad.end}.`
    : `A capture cannot have ${pieces.length} parts.`;
  throw new DatasetError('bad-request', what, 'Choose parts with a start before their end, inside the capture.');
}

/** The pieces as captures of their own, gaps and labelled parts along with them; the split is that of the whole, pinned or not. */
export function piecesOf(capture: Capture, pieces: readonly Piece[]): NewCapture[] {
  const { axes, rateHz, kind, values, label, person, session, device, sensor, note } = capture;
  const { split, splitPinned, source, createdAt } = capture;
  const begun = Date.parse(createdAt);
  return pieces.map((piece, i) => {
    const { start, end } = piece;
    const notes: CaptureNotes = {
      ...{ label: piece.label ?? label, person, session, device, sensor, note, split, splitPinned, boxes: [] },
      source: source ? `${source}#${i + 1}` : '',
      createdAt: Number.isFinite(begun) ? new Date(begun + (start * 1000) / rateHz).toISOString() : createdAt,
      gaps: capture.gaps.filter(({ at }) => at > start && at < end).map(({ at, lost }) => ({ at: at - start, lost })),
      segments: capture.segments
        .map((part) => ({ ...part, start: Math.max(part.start, start) - start, end: Math.min(part.end, end) - start }))
        .filter((part) => part.start < part.end),
    };
    return { axes, rateHz, kind, values: values.slice(start * axes.length, end * axes.length), notes };
  });
}

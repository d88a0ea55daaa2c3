/** Compares two score reports and gathers the recordings behind a cell. Pure. */
import type { ScoredRow, ScoreReport } from '../../src/project/contract';

export interface Flip {
  readonly captureId: string;
  readonly start: number;
  readonly truth: number;
  readonly before: number;
  readonly after: number;
}

/** Windows whose answer differs between the two reports, in the order of the first. */
export function flipsBetween(before: ScoreReport, after: ScoreReport): Flip[] {
  const answers = new Map(after.rows.map((row) => [`${row.captureId}@${row.start}`, row.predicted]));
  return before.rows.flatMap((row) => {
    const now = answers.get(`${row.captureId}@${row.start}`);
    return now === undefined || now === row.predicted
      ? []
      : [{ captureId: row.captureId, start: row.start, truth: row.truth, before: row.predicted, after: now }];
  });
}

export interface CellCapture {
  readonly captureId: string;
  readonly windows: number;
  /** The most confident of its windows in this cell. */
  readonly score: number;
}

/** The recordings in a cell of the matrix, surest mistakes first. */
export function capturesInCell(rows: readonly ScoredRow[], truth: number, predicted: number): CellCapture[] {
  const found = new Map<string, CellCapture>();
  for (const row of rows) {
    if (row.truth !== truth || row.predicted !== predicted) continue;
    const before = found.get(row.captureId);
    found.set(row.captureId, {
      captureId: row.captureId,
      windows: (before?.windows ?? 0) + 1,
      score: Math.max(before?.score ?? 0, row.score),
    });
  }
  return [...found.values()].sort((a, b) => b.score - a.score || a.captureId.localeCompare(b.captureId, 'en'));
}

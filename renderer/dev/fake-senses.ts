/** What the fake adds to scores where a project is about things in pictures, or about what is unusual. */
import type { LiveResult } from '../../src/live/types';
import type { CaptureSummary } from '../../src/dataset/types';
import type { AnomalyView, ObjectsReport, ObjectScore, ScoreReport } from '../../src/project/contract';
import { shownSeed } from './fake-board';
import { drawObject, pictureSize, type World } from './worlds';

const bins = 40;
const bell = (centre: number, wide: number, size: number): number[] =>
  Array.from({ length: bins }, (_, i) =>
    Math.round(size * Math.exp(-(((i + 0.5) / bins - centre) ** 2) / (2 * wide ** 2))),
  );

export function anomalyView(quantile: number): AnomalyView {
  const [low, high] = [0, 4];
  const counts = bell(0.22, 0.06, 60);
  const total = counts.reduce((sum, n) => sum + n, 0);
  let below = 0;
  let at = 0;
  while (at < bins && below + counts[at] < quantile * total) below += counts[at++];
  return {
    kind: 'kmeans',
    threshold: low + ((at + 1) / bins) * (high - low),
    quantile,
    normal: ['fan'],
    histogram: { low, high, counts },
    others: [{ label: 'fan with a coin', histogram: { low, high, counts: bell(0.7, 0.1, 24) }, caught: 0.99 }],
  };
}

function objectsOf(testing: readonly CaptureSummary[]): ObjectsReport {
  const pictures = testing.map((capture, c) => ({
    captureId: capture.id,
    found: capture.boxes.flatMap((box, b) => {
      if ((c + b) % 5 === 2) return [];
      const middle = { x: (box.x + box.width / 2) / pictureSize, y: (box.y + box.height / 2) / pictureSize };
      const right = { label: box.label, score: 0.91, ...middle, right: true };
      return (c + b) % 7 === 3 ? [right, { ...right, x: 0.15, y: 0.2, score: 0.55, right: false }] : [right];
    }),
    missed: capture.boxes.flatMap((_, b) => ((c + b) % 5 === 2 ? [b] : [])),
  }));
  const score = (label?: string): ObjectScore => {
    const mine = (name: string): boolean => label === undefined || name === label;
    const there = testing.flatMap((capture) => capture.boxes).filter((box) => mine(box.label)).length;
    const found = pictures.flatMap((picture) => picture.found).filter((one) => mine(one.label));
    const right = found.filter((one) => one.right).length;
    const precision = right / Math.max(found.length, 1);
    const recall = right / Math.max(there, 1);
    return {
      precision,
      recall,
      f1: (2 * precision * recall) / Math.max(precision + recall, 1e-9),
      count: there,
      found: found.length,
    };
  };
  const labels = [...new Set(testing.flatMap((capture) => capture.boxes.map((box) => box.label)))].sort();
  return {
    ...score(),
    perLabel: labels.map((label) => ({ label, ...score(label) })),
    countError: 0.11,
    pictures,
  };
}

export function withSenses(world: World, report: ScoreReport, testing: readonly CaptureSummary[]): ScoreReport {
  if (world.task === 'image') return { ...report, objects: objectsOf(testing) };
  if (world.task !== 'anomaly') return report;
  const scores = report.rows.map((row, i) => (row.truth === 0 ? 0.5 : 1.7) + 0.1 * Math.sin(i));
  return {
    ...report,
    anomaly: {
      kind: 'kmeans',
      normal: ['fan'],
      threshold: 1.4,
      quantile: 0.99,
      auc: 0.994,
      falseAlarms: 0.012,
      caught: 0.981,
      scores,
    },
  };
}

/** What a board adds to its answers that finds things, or tells what is unusual. */
export function sensed(world: World, plays: string, result: LiveResult): LiveResult {
  if (world.task === 'image') {
    const { boxes } = drawObject(plays, shownSeed());
    const objects = boxes.map((box) => ({
      label: box.label,
      score: 0.93,
      x: (box.x + box.width / 2) / pictureSize,
      y: (box.y + box.height / 2) / pictureSize,
    }));
    return { ...result, label: objects.length > 0 ? result.label : '', objects };
  }
  if (world.task !== 'anomaly') return result;
  const anomaly = (plays === 'fan' ? 0.45 : 1.9) + 0.12 * Math.sin(result.window * 1.7);
  return { ...result, scores: [], label: '', anomaly, unusual: anomaly > 1 };
}

/**
 * Settings for a wished rate of false alarms: smoothing, suppression and a threshold for each label, by trying them on a
 * replay. Labels are judged one by one, since a threshold only decides about the label that it belongs to; what all of
 * them cost together is then chosen exactly, by dynamic programming over the false alarms that may be spent.
 */
import type { LiveSettings } from '../deploy';
import { answersOf, countedScore, eventsOf, matchEvents, scoreEvents } from './events';
import type { ReplayResults } from './replay';
import { nothing, ResultSmoother, Suppressor, unusual, type Likeliest } from './smoother';
import type { EventScore, Happening, Proposal } from './types';

export interface SolveQuestion {
  readonly results: ReplayResults;
  /** That have thresholds; 0 of a model that only knows the normal, whose settings then have a threshold of 0. */
  readonly labels: number;
  readonly truth: readonly Happening[];
  readonly told: (answer: number) => boolean;
  /** Seconds. */
  readonly tolerance: number;
}

const smoothings = [1, 2, 3, 4, 6, 8];
/** Results after which a label may be told again, in multiples of a second. */
const suppressSeconds = [0, 1];
const thresholds = Array.from({ length: 28 }, (_, i) => (i < 14 ? 0.25 + 0.05 * i : 0.91 + 0.0065 * (i - 14))).map(
  (value) => Math.min(1, Math.round(value * 1000) / 1000),
);
/** Of so many false alarms the curve tells; beyond, nobody would use it. */
const mostFalseAlarms = 400;

/** What a label costs at each threshold. */
interface Cost {
  readonly threshold: number;
  readonly misses: number;
  readonly falseAlarms: number;
}

/** Smooths once; thresholds and suppression are tried on what comes out. */
function likeliestOf(results: ReplayResults, smoothing: number): Likeliest[] {
  const { width, scores, ratios, scale, zeroPoint } = results;
  const smoother = new ResultSmoother({ threshold: 0, smoothing }, scale, zeroPoint);
  return Array.from({ length: results.count }, (_, i) =>
    smoother.likeliest(scores.subarray(i * width, (i + 1) * width), ratios?.[i]),
  );
}

function answersAt(likeliest: readonly Likeliest[], threshold: number, suppress: number): Int16Array {
  const suppressor = new Suppressor(suppress);
  const thousandths = Math.round(threshold * 1000);
  return Int16Array.from(likeliest, ({ label, reached, results }) =>
    suppressor.add(label === unusual || reached >= thousandths * results ? label : nothing),
  );
}

function costsOf(
  question: SolveQuestion,
  likeliest: readonly Likeliest[],
  { smoothing, suppress = 0 }: LiveSettings,
): Cost[][] {
  const { results, labels, truth, told, tolerance } = question;
  const own = Array.from({ length: labels }, (_, label) => truth.filter((one) => one.label === label));
  const costs: Cost[][] = Array.from({ length: labels }, () => []);
  for (const threshold of thresholds) {
    const events = eventsOf(answersAt(likeliest, threshold, suppress), results, smoothing, told);
    for (let label = 0; label < labels; label++) {
      const { found, falseAlarms } = matchEvents(
        events.filter((event) => event.label === label),
        own[label],
        tolerance,
      );
      costs[label].push({ threshold, misses: found.filter((one) => !one).length, falseAlarms });
    }
  }
  return costs;
}

/** What telling of the unusual costs, whatever the thresholds of the labels. */
function costOfUnusual(
  { results, truth, told, tolerance }: SolveQuestion,
  likeliest: readonly Likeliest[],
  smoothing: number,
): Omit<Cost, 'threshold'> {
  const answers = Int16Array.from(likeliest, ({ label }) => (label === unusual ? label : nothing));
  const own = truth.filter(({ label }) => label === unusual);
  const { found, falseAlarms } = matchEvents(eventsOf(answers, results, smoothing, told), own, tolerance);
  return { misses: found.filter((one) => !one).length, falseAlarms };
}

/** The fewest misses for each number of false alarms spent beyond the first `already`, and the thresholds that give them. */
function spend(
  costs: readonly Cost[][],
  already: number,
): { misses: number; falseAlarms: number; thresholds: number[] }[] {
  let best: ({ misses: number; thresholds: number[] } | undefined)[] = [];
  best[already] = { misses: 0, thresholds: [] };
  for (const ofLabel of costs) {
    const next: typeof best = [];
    best.forEach((so, spent) => {
      if (!so) return;
      for (const { threshold, misses, falseAlarms } of ofLabel) {
        const total = spent + falseAlarms;
        const sum = so.misses + misses;
        const there = next[total];
        if (total > mostFalseAlarms || (there && there.misses <= sum)) continue;
        next[total] = { misses: sum, thresholds: [...so.thresholds, threshold] };
      }
    });
    best = next;
  }
  return Array.from(best, (one, falseAlarms) => ({ one, falseAlarms })).flatMap(({ one, falseAlarms }) =>
    one ? [{ misses: one.misses, falseAlarms, thresholds: one.thresholds }] : [],
  );
}

/**
 * Everything worth choosing, from the fewest false alarms to the fewest misses: no other settings tried are better in
 * both. Of equals the quicker answer (less smoothing) stands. Empty where even the strictest settings alarm too often.
 */
export function tradeOff(question: SolveQuestion): Proposal[] {
  const { results, truth, labels } = question;
  const hours = results.seconds / 3600;
  const all: (Proposal & { readonly smoothing: number })[] = [];
  for (const smoothing of smoothings) {
    const likeliest = likeliestOf(results, smoothing);
    const ofUnusual = costOfUnusual(question, likeliest, smoothing);
    for (const seconds of suppressSeconds) {
      const suppress = Math.round(seconds / results.strideSeconds);
      const base = { threshold: 0, smoothing, ...(suppress > 0 ? { suppress } : {}) };
      for (const one of spend(costsOf(question, likeliest, base), ofUnusual.falseAlarms)) {
        const score = countedScore(hours, truth.length, one.misses + ofUnusual.misses, one.falseAlarms);
        const [first, ...others] = one.thresholds;
        const alike = others.every((threshold) => threshold === first);
        const settings = {
          ...base,
          threshold: labels > 0 ? Math.min(...one.thresholds) : 0,
          ...(alike ? {} : { thresholds: one.thresholds }),
        };
        all.push({ settings, score, smoothing });
      }
    }
  }
  all.sort(
    (a, b) => a.score.falseAlarms - b.score.falseAlarms || a.score.misses - b.score.misses || a.smoothing - b.smoothing,
  );
  let fewest = Infinity;
  return all
    .filter(({ score }) => score.misses < fewest && ((fewest = score.misses), true))
    .map(({ settings, score }) => ({ settings, score }));
}

/** The fewest misses among those that alarm no more often than wished; undefined where none does. */
export function choose(curve: readonly Proposal[], falseAlarmsPerHour: number): Proposal | undefined {
  return curve.filter(({ score }) => score.falseAlarmsPerHour <= falseAlarmsPerHour).at(-1);
}

/** What given settings do on the same recording. */
export function judge(question: SolveQuestion, settings: LiveSettings): EventScore {
  const { results, truth, told, tolerance } = question;
  const events = eventsOf(answersOf(results, settings), results, settings.smoothing, told);
  return scoreEvents(events, truth, results.seconds, tolerance);
}

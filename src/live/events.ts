/** From a replay's results to events as a person would count them, and how they compare with what really happened. */
import type { LiveSettings } from '../deploy';
import type { ReplayResults } from './replay';
import { ResultSmoother, unusual } from './smoother';
import type { EventScore, Happening } from './types';

/** The label that a board says after each result. */
export function answersOf(results: ReplayResults, settings: LiveSettings): Int16Array {
  const smoother = new ResultSmoother(settings, results.scale, results.zeroPoint);
  const { width } = results;
  return Int16Array.from({ length: results.count }, (_, i) =>
    smoother.add(results.scores.subarray(i * width, (i + 1) * width), results.ratios?.[i]),
  );
}

/**
 * What a board tells: each run of the same answer is one event. It reaches over all that its first answer was made of,
 * to its last. `told`: the answers that are events at all (not the background).
 */
export function eventsOf(
  answers: Int16Array,
  results: Pick<ReplayResults, 'strideSeconds' | 'windowSeconds'>,
  smoothing: number,
  told: (answer: number) => boolean,
): Happening[] {
  const { strideSeconds, windowSeconds } = results;
  const events: Happening[] = [];
  for (let i = 0; i < answers.length; i++) {
    const label = answers[i];
    if (!told(label)) continue;
    const first = i;
    while (i + 1 < answers.length && answers[i + 1] === label) i++;
    events.push({
      label,
      start: Math.max(0, (first - smoothing + 1) * strideSeconds),
      end: i * strideSeconds + Math.max(windowSeconds, strideSeconds),
    });
  }
  return events;
}

/** Which of the truth the events tell, and how many tell nothing that happened. Times may be off by `tolerance` seconds. */
export function matchEvents(
  events: readonly Happening[],
  truth: readonly Happening[],
  tolerance: number,
): { readonly found: readonly boolean[]; readonly falseAlarms: number } {
  const found = truth.map(() => false);
  // Events and truth in order of their starts: what ended before an event began need not be looked at again.
  const order = truth.map((_, i) => i).sort((a, b) => truth[a].start - truth[b].start);
  const longest = truth.reduce((most, { start, end }) => Math.max(most, end - start), 0) + 2 * tolerance;
  let from = 0;
  let falseAlarms = 0;
  for (const event of [...events].sort((a, b) => a.start - b.start)) {
    while (from < order.length && truth[order[from]].start + longest < event.start) from++;
    let right = false;
    for (let i = from; i < order.length && truth[order[i]].start - tolerance < event.end; i++) {
      const one = truth[order[i]];
      if (one.label !== event.label || one.end + tolerance <= event.start) continue;
      found[order[i]] = true;
      right = true;
    }
    if (!right) falseAlarms++;
  }
  return { found, falseAlarms };
}

export function scoreEvents(
  events: readonly Happening[],
  truth: readonly Happening[],
  seconds: number,
  tolerance: number,
): EventScore {
  const { found, falseAlarms } = matchEvents(events, truth, tolerance);
  const detections = found.filter(Boolean).length;
  return countedScore(seconds / 3600, truth.length, truth.length - detections, falseAlarms);
}

export function countedScore(hours: number, happened: number, misses: number, falseAlarms: number): EventScore {
  const perHour = (count: number): number => (hours > 0 ? count / hours : 0);
  return {
    hours,
    detections: happened - misses,
    misses,
    falseAlarms,
    missesPerHour: perHour(misses),
    falseAlarmsPerHour: perHour(falseAlarms),
    missShare: happened > 0 ? misses / happened : 0,
  };
}

/** Answers that are events: labels but those that mean that nothing happens, and what is unusual. */
export function toldOf(labels: readonly string[], quiet: readonly string[]): (answer: number) => boolean {
  const silent = labels.map((label) => quiet.includes(label));
  return (answer) => answer === unusual || (answer >= 0 && !silent[answer]);
}

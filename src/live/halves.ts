/**
 * What the solver's choice is worth on a recording that it was not made on: settings are chosen on one half and scored on
 * the other, both ways round. Knows nothing of captures.
 */
import { countedScore } from './events';
import { choose, judge, tradeOff, type SolveQuestion } from './solver';
import type { EventScore, Proposal } from './types';

/** The question about a part of the recording: results whose windows lie within it, and what happened there. */
export function partOf(question: SolveQuestion, from: number, to: number): SolveQuestion {
  const { results, truth } = question;
  const { strideSeconds, windowSeconds, width, scores, ratios } = results;
  const first = Math.ceil(from / strideSeconds - 1e-9);
  const fits = Math.floor((to - windowSeconds) / strideSeconds + 1e-9) + (windowSeconds > 0 ? 1 : 0);
  const end = Math.max(first, Math.min(results.count, fits));
  const begins = first * strideSeconds;
  const inside = truth
    .map((one) => ({ ...one, start: Math.max(one.start, begins) - begins, end: Math.min(one.end, to) - begins }))
    .filter(({ start, end: until }) => until > start);
  return {
    ...question,
    truth: inside,
    results: {
      ...results,
      count: end - first,
      scores: scores.subarray(first * width, end * width),
      ratios: ratios?.subarray(first, end),
      seconds: Math.max(0, to - begins),
    },
  };
}

/** Both scores as of one recording. */
function sumOf(a: EventScore, b: EventScore): EventScore {
  const happened = a.detections + a.misses + b.detections + b.misses;
  return countedScore(a.hours + b.hours, happened, a.misses + b.misses, a.falseAlarms + b.falseAlarms);
}

/** For a wished rate: what the settings chosen on each half do on the other; undefined where none keep to it on a half. */
export type HeldOutScore = (falseAlarmsPerHour: number) => EventScore | undefined;

/** `cut`: seconds from the recording's start. Undefined where a half has no result at all. */
export function heldOutScores(question: SolveQuestion, cut: number): HeldOutScore | undefined {
  const parts = [partOf(question, 0, cut), partOf(question, cut, question.results.seconds)];
  if (parts.some(({ results }) => results.count === 0)) return undefined;
  const curves = parts.map(tradeOff);
  const known = [0, 1].map(() => new Map<Proposal, EventScore>());
  const onOther = (half: number, wish: number): EventScore | undefined => {
    const chosen = choose(curves[half], wish);
    if (!chosen) return undefined;
    const before = known[half].get(chosen);
    const score = before ?? judge(parts[1 - half], chosen.settings);
    known[half].set(chosen, score);
    return score;
  };
  return (wish) => {
    const [second, first] = [onOther(0, wish), onOther(1, wish)];
    return first && second && sumOf(first, second);
  };
}

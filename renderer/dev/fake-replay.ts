/** What the fake tells of a replay: a curve as such curves are, and the settings that it was asked about on it. */
import type { LiveSettings } from '../../src/deploy/types';
import type { RequestOutput } from '../../src/project/contract';

type Report = RequestOutput<'live.replay'>;

function at(settings: LiveSettings): Report['curve'][number] {
  const falseAlarmsPerHour = (90 * (1 - settings.threshold) ** 2) / settings.smoothing;
  const missesPerHour = 4 + 60 * settings.threshold ** 4 + 2 * settings.smoothing;
  const hours = 0.5;
  const score = (worse: number): Report['current']['score'] => ({
    hours,
    detections: 86,
    misses: Math.round(missesPerHour * worse * hours),
    falseAlarms: Math.round(falseAlarmsPerHour * worse * hours),
    missesPerHour: missesPerHour * worse,
    falseAlarmsPerHour: falseAlarmsPerHour * worse,
    missShare: (missesPerHour * worse) / 200,
  });
  return { settings, score: score(1), heldOut: score(1.25) };
}

export function replayReport(settings: LiveSettings, captures: number, wished: number | undefined): Report {
  const curve = [0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95].map((threshold) =>
    at({ threshold, smoothing: threshold > 0.7 ? 3 : 2, suppress: 4 }),
  );
  return {
    seconds: 1800,
    captures,
    results: 7200,
    happened: 100,
    current: at(settings),
    curve: [...curve].sort((a, b) => a.score.falseAlarmsPerHour - b.score.falseAlarmsPerHour),
    proposal: curve.find(({ score }) => wished !== undefined && score.falseAlarmsPerHour <= wished) ?? null,
    wishedPerHour: wished ?? null,
    halves: 'recordings',
    told: [],
    truth: [],
  };
}

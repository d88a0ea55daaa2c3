/**
 * False alarms and misses per hour: captures joined to one long recording, replayed through the board's own code, and the
 * settings that would keep to a wished rate.
 */
import type { LongWork } from '../base';
import { loadCore } from '../core';
import type { Capture, CaptureSummary } from '../dataset';
import { cutWindow, isPictureImpulse, pictureOf, type ResolvedImpulse } from '../impulse';
import { choose, eventsOf, answersOf, judge, Replay, toldOf, tradeOff, type Happening } from '../live';
import { manifestOf } from './deploying';
import { ProjectError } from './errors';
import type { Project } from './project';
import type { ReplayEvent, ReplayReport } from './replay-report';
import { capturesOf } from './rows';

/** Labels of recordings in which nothing happens that should be told. */
const quietLabels = ['background', 'unknown', 'noise', 'idle', 'normal'];
/** Seconds by which a label may be told too early or too late. */
const tolerance = 0.5;
/** So many events are listed. */
const listed = 2000;

/** The whole capture in the impulse's axes, units and rate; gaps are passed over. */
function wholeOf(capture: Capture, resolved: ResolvedImpulse): Float32Array {
  const frames = Math.max(1, Math.floor((capture.frames * resolved.shape.rateHz) / capture.rateHz));
  const whole = { ...capture, segments: [], gaps: [], trim: undefined };
  return cutWindow(whole, 0, { ...resolved, shape: { ...resolved.shape, frames } });
}

/** What the capture says happens in it, seconds counted from `begins`. */
function truthOf(capture: CaptureSummary, begins: number, seconds: number, labels: readonly string[]): Happening[] {
  const parts =
    capture.segments.length > 0 ? capture.segments : [{ start: 0, end: capture.frames, label: capture.label }];
  const perFrame = seconds / capture.frames;
  return parts
    .map(({ start, end, label }) => ({
      label: labels.indexOf(label),
      start: begins + start * perFrame,
      end: begins + end * perFrame,
    }))
    .filter(({ label }) => label >= 0 && !quietLabels.includes(labels[label]));
}

function chosenCaptures(project: Project, ids: readonly string[]): CaptureSummary[] {
  const captures =
    ids.length > 0 ? project.dataset.list({ ids }, 0, Number.MAX_SAFE_INTEGER).items : capturesOf(project, 'testing');
  if (captures.length > 0) return [...captures];
  throw new ProjectError(
    'needs-data',
    'There is nothing to replay.',
    'Hold captures out for testing, or record a few minutes of everyday noise and movement.',
  );
}

/** @throws ProjectError `needs-data`, `needs-model`; the signal's reason where it is cancelled. */
export async function replayProject(
  project: Project,
  request: { readonly ids: readonly string[]; readonly falseAlarmsPerHour?: number | undefined },
  work: LongWork = {},
): Promise<ReplayReport> {
  const model = await project.needTrained();
  const core = await loadCore();
  const { labels } = model.report;
  const { resolved } = model;
  const captures = chosenCaptures(project, request.ids);
  const manifest = manifestOf(project.settings, core, model, labels);
  const replay = new Replay(core, { manifest, tflite: model.quantized.tflite });
  const truth: Happening[] = [];
  try {
    let seconds = 0;
    for (const [i, summary] of captures.entries()) {
      work.signal?.throwIfAborted();
      const capture = await project.dataset.get(summary.id);
      const pictures = isPictureImpulse(resolved);
      const values = pictures ? new Float32Array(0) : wholeOf(capture, resolved);
      const lasts = pictures ? 1 / manifest.shape.rateHz : values.length / manifest.shape.axes / manifest.shape.rateHz;
      if (pictures) replay.pushPicture(pictureOf(capture));
      else await replay.push(values, { signal: work.signal });
      truth.push(...truthOf(capture, seconds, lasts, labels));
      seconds += lasts;
      work.onProgress?.({ step: 'Replaying', done: i + 1, total: captures.length });
    }
    const results = replay.results();
    const told = toldOf(labels, quietLabels);
    const question = { results, labels: labels.length, truth, told, tolerance };
    const settings = project.settings.live;
    const curve = tradeOff(question);
    const wished = request.falseAlarmsPerHour;
    const named = (one: Happening): ReplayEvent => ({ ...one, label: one.label < 0 ? '' : labels[one.label] });
    return {
      seconds: results.seconds,
      captures: captures.length,
      results: results.count,
      happened: truth.length,
      current: { settings, score: judge(question, settings) },
      curve,
      proposal: wished === undefined ? null : (choose(curve, wished) ?? null),
      wishedPerHour: wished ?? null,
      told: eventsOf(answersOf(results, settings), results, settings.smoothing, told).slice(0, listed).map(named),
      truth: truth.slice(0, listed).map(named),
    };
  } finally {
    replay.close();
  }
}

/**
 * False alarms and misses per hour: captures joined to one long recording, replayed through the board's own code, and the
 * settings that would keep to a wished rate.
 */
import type { LongWork } from '../base';
import { loadCore } from '../core';
import type { Capture, CaptureSummary } from '../dataset';
import { cutWindow, isPictureImpulse, pictureOf, type ResolvedImpulse } from '../impulse';
import {
  choose,
  eventsOf,
  answersOf,
  heldOutScores,
  judge,
  Replay,
  toldOf,
  tradeOff,
  unusual,
  type Happening,
  type Proposal,
} from '../live';
import { manifestOf } from './deploying';
import { ProjectError } from './errors';
import type { Project } from './project';
import { inHalves, quietMoment } from './replay-order';
import type { CheckedProposal, ReplayEvent, ReplayReport } from './replay-report';
import { capturesOf } from './rows';
import { knowsNormalOnly, type TrainedModel } from './trained';

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

/** What a label means to this model: an index, -2 where it is to be told as unusual, nothing where it is no event. */
function meaningOf(model: TrainedModel): (label: string) => number | undefined {
  const { anomaly } = model;
  const { labels } = model.report;
  const normalOnly = knowsNormalOnly(model);
  return (label) => {
    if (anomaly?.view.normal.includes(label) && normalOnly) return undefined;
    if (quietLabels.includes(label)) return undefined;
    const index = normalOnly ? -1 : labels.indexOf(label);
    return index >= 0 ? index : anomaly ? unusual : undefined;
  };
}

/** What the capture says happens in it, seconds counted from `begins`. */
function truthOf(
  capture: CaptureSummary,
  begins: number,
  seconds: number,
  meaning: (label: string) => number | undefined,
): Happening[] {
  const parts =
    capture.segments.length > 0 ? capture.segments : [{ start: 0, end: capture.frames, label: capture.label }];
  const perFrame = seconds / capture.frames;
  return parts.flatMap(({ start, end, label: name }) => {
    const label = meaning(name);
    return label === undefined ? [] : [{ label, start: begins + start * perFrame, end: begins + end * perFrame }];
  });
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
  const { captures, first } = inHalves(chosenCaptures(project, request.ids));
  const meaning = meaningOf(model);
  const manifest = manifestOf(project.settings, core, model, labels);
  const replay = new Replay(core, { manifest, tflite: model.quantized.tflite });
  const truth: Happening[] = [];
  try {
    let seconds = 0;
    let border: number | undefined;
    for (const [i, summary] of captures.entries()) {
      work.signal?.throwIfAborted();
      if (i === first) border = seconds;
      const capture = await project.dataset.get(summary.id);
      const pictures = isPictureImpulse(resolved);
      const values = pictures ? new Float32Array(0) : wholeOf(capture, resolved);
      const lasts = pictures ? 1 / manifest.shape.rateHz : values.length / manifest.shape.axes / manifest.shape.rateHz;
      if (pictures) replay.pushPicture(pictureOf(capture));
      else await replay.push(values, { signal: work.signal });
      truth.push(...truthOf(capture, seconds, lasts, meaning));
      seconds += lasts;
      work.onProgress?.({ step: 'Replaying', done: i + 1, total: captures.length });
    }
    const results = replay.results();
    const normalOnly = knowsNormalOnly(model);
    const told = toldOf(labels, normalOnly ? labels : quietLabels);
    const question = { results, labels: normalOnly ? 0 : labels.length, truth, told, tolerance };
    const settings = project.settings.live;
    // No threshold of labels acts on a model without any: the project's stays.
    const usable = ({ settings: found, score }: Proposal): Proposal => ({
      settings: normalOnly ? { ...found, threshold: settings.threshold } : found,
      score,
    });
    const heldOut = heldOutScores(question, border ?? quietMoment(truth, seconds / 2, tolerance, seconds));
    const checked = (one: Proposal, rate: number): CheckedProposal => ({ ...one, heldOut: heldOut?.(rate) ?? null });
    const curve = tradeOff(question).map(usable);
    const wished = request.falseAlarmsPerHour;
    const proposal = wished === undefined ? undefined : choose(curve, wished);
    const named = (one: Happening): ReplayEvent => ({ ...one, label: one.label < 0 ? '' : labels[one.label] });
    return {
      seconds: results.seconds,
      captures: captures.length,
      results: results.count,
      happened: truth.length,
      current: { settings, score: judge(question, settings) },
      curve: curve.map((one) => checked(one, one.score.falseAlarmsPerHour)),
      proposal: proposal && wished !== undefined ? checked(proposal, wished) : null,
      wishedPerHour: wished ?? null,
      halves: !heldOut ? null : border === undefined ? 'time' : 'recordings',
      told: eventsOf(answersOf(results, settings), results, settings.smoothing, told).slice(0, listed).map(named),
      truth: truth.slice(0, listed).map(named),
    };
  } finally {
    replay.close();
  }
}

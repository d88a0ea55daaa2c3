/**
 * The first step of a training: from the project's captures to rows, with people kept apart, and what can be said
 * beforehand of the score. Knows nothing of models.
 */
import type { LongWork } from '../../base';
import type { CaptureSummary } from '../../dataset';
import type { Core } from '../../core';
import {
  balancedStarts,
  fitNormalisation,
  resolveImpulse,
  splitRows,
  type Balanced,
  type FeatureRows,
  type ResolvedImpulse,
} from '../../impulse';
import type { LabelledRows } from '../../train';
import type { TrainReport, TrainSettings } from '../contract';
import { ProjectError } from '../errors';
import type { Project } from '../project';
import { capturesOf, checkTrainable, labelsOf, normalisedRows, rowsOf } from '../rows';
import { isSoundImpulse, missingLabelWarnings, soundVariationFor } from './sound';
import type { TrainWork } from './work';

/** The part of the training rows on which training watches itself. */
const validationFraction = 0.2;

export interface PreparedRows {
  readonly labels: readonly string[];
  readonly resolved: ResolvedImpulse;
  /** All that may teach, watchers included, as they were recorded. */
  readonly rows: FeatureRows;
  /** Windows of sound among them that were varied before features were computed: they teach, too, and never watch. */
  readonly varied: FeatureRows | null;
  readonly heldOut: FeatureRows | null;
  /** What is never on both sides of the line between what teaches and what watches. */
  readonly splitBy: TrainReport['splitBy'];
  /** True where the captures held out for testing draw the curves, and all others teach. */
  readonly watchesHeldOut: boolean;
  readonly normalisation: ReturnType<typeof fitNormalisation>;
  readonly training: LabelledRows;
  /** Windows that teach, each counted once. */
  readonly trainingWindows: number;
  readonly validation: LabelledRows | undefined;
  readonly testedOn: TrainReport['testedOn'];
  readonly warnings: readonly string[];
}

/** The widest of person, session and capture that testing shares with training in no case; unknown names may be anybody's. */
export function testedOn(
  training: readonly CaptureSummary[],
  testing: readonly CaptureSummary[],
): TrainReport['testedOn'] {
  const apart = (key: 'person' | 'session'): boolean => {
    const known = new Set(training.map((capture) => capture[key]));
    return !known.has('') && testing.every((capture) => capture[key] !== '' && !known.has(capture[key]));
  };
  return apart('person') ? 'person' : apart('session') ? 'session' : 'capture';
}

const quoted = (labels: readonly string[]): string => labels.map((label) => `"${label}"`).join(', ');

/** What the two sides of the split lack of each other's labels, and what that means for the score. */
function splitWarnings(labels: readonly string[], testing: readonly CaptureSummary[]): string[] {
  const held = labelsOf(testing);
  const unknown = held.filter((label) => !labels.includes(label));
  const unseen = labels.filter((label) => !held.includes(label));
  const warnings: string[] = [];
  if (unknown.length > 0)
    warnings.push(`Held-out captures labelled ${quoted(unknown)} are left out: no training capture has that label.`);
  if (held.length > unknown.length && unseen.length > 0)
    warnings.push(`No captures labelled ${quoted(unseen)} are held out, so the score says nothing of that label.`);
  if (held.length === unknown.length)
    warnings.push('No captures are held out for testing, so there is no honest score. Set some aside in Data.');
  return warnings;
}

/** Throws ProjectError `bad-data` naming the capture, for whoever must mend it; an engine could only name a row. */
export function checkFinite(rows: FeatureRows, project: Project): void {
  const at = rows.values.findIndex((value) => !Number.isFinite(value));
  if (at < 0) return;
  const id = rows.captureIds[Math.floor(at / rows.width)];
  const label = capturesOf(project).find((capture) => capture.id === id)?.label ?? '';
  throw new ProjectError(
    'bad-data',
    `The capture ${id} ("${label}") gives features that are not finite numbers.`,
    'Delete or trim that capture, then train again; everything else is whole.',
  );
}

function joined(a: LabelledRows, b: LabelledRows | null): LabelledRows {
  if (!b) return a;
  const x = new Float32Array(a.x.length + b.x.length);
  x.set(a.x);
  x.set(b.x, a.x.length);
  const y = new Int32Array(a.y.length + b.y.length);
  y.set(a.y);
  y.set(b.y, a.y.length);
  return { count: a.count + b.count, x, y };
}

/** All that may teach, varied windows among it; of these, with `indices`, only those of the groups that `indices` are of. */
export function teachingRows(
  core: Core,
  { rows, varied, normalisation }: Pick<PreparedRows, 'rows' | 'varied' | 'normalisation'>,
  indices?: Int32Array,
): LabelledRows {
  const own = normalisedRows(core, rows, normalisation, indices);
  if (!varied || varied.count === 0) return own;
  const groups = indices && new Set(Array.from(indices, (row) => rows.groups[row]));
  const chosen = groups && varied.groups.flatMap((group, row) => (groups.has(group) ? [row] : []));
  return joined(own, normalisedRows(core, varied, normalisation, chosen));
}

function thinnedWarnings({ thinned }: Balanced): string[] {
  return thinned.map(
    ({ label, windows, kept }) =>
      `Of the ${windows} windows of "${label}" ${kept}, spread over all of it, are learned from, so that it does not drown the other labels.`,
  );
}

export async function prepareRows(
  project: Project,
  core: Core,
  settings: TrainSettings,
  work: TrainWork,
): Promise<PreparedRows> {
  const training = capturesOf(project, 'training');
  const labels = checkTrainable(training);
  // From all captures, as the Impulse screen shows it; lengths and rates say nothing of what is to be recognised.
  const resolved = resolveImpulse(project.settings.impulse, capturesOf(project), core);
  const tell: LongWork = {
    signal: work.signal,
    onProgress: (progress) => work.onTrain?.({ phase: 'features', done: progress.done, total: progress.total }),
  };
  const isSound = isSoundImpulse(resolved);
  const balanced = isSound ? balancedStarts(training, resolved, labels) : undefined;
  const choice = { starts: balanced?.starts };
  const rows = await rowsOf(project, core, resolved, training, labels, tell, choice);
  checkFinite(rows, project);
  const variation = await soundVariationFor(project, resolved, training, settings);
  const varied = variation
    ? await rowsOf(project, core, resolved, training, labels, tell, { ...choice, variation })
    : null;
  const testing = capturesOf(project, 'testing');
  const scorable = testing.filter((capture) => labels.includes(capture.label));
  const heldOut = scorable.length > 0 ? await rowsOf(project, core, resolved, scorable, labels, tell) : null;
  if (heldOut) checkFinite(heldOut, project);
  const apart = testedOn(training, scorable);
  // Nothing is chosen by the curves where training goes on to its last epoch, so the held-out captures may draw them.
  const watchesHeldOut = heldOut !== null && settings.patience === 0;
  const split = watchesHeldOut ? undefined : splitRows(rows, { fraction: validationFraction, seed: settings.seed });
  const normalisation = fitNormalisation(rows, resolved, split?.training);
  const watching = split ? (split.validation.length > 0 ? rows : null) : heldOut;
  return {
    labels,
    resolved,
    rows,
    varied,
    heldOut,
    splitBy: split?.by ?? apart,
    watchesHeldOut,
    normalisation,
    training: teachingRows(core, { rows, varied, normalisation }, split?.training),
    trainingWindows: split?.training.length ?? rows.count,
    validation: watching ? normalisedRows(core, watching, normalisation, split?.validation) : undefined,
    testedOn: apart,
    warnings: [
      ...(resolved.warnings ?? []),
      ...splitWarnings(labels, testing),
      ...(balanced ? thinnedWarnings(balanced) : []),
      ...(isSound && project.settings.task === 'audio' ? missingLabelWarnings(labels) : []),
    ],
  };
}

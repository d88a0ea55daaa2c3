/** From a project's captures to rows a model can learn from or be scored on. */
import type { LongWork } from '../base';
import type { Core } from '../core';
import type { CaptureSummary, Split } from '../dataset';
import { computeRows, type FeatureRows, type ResolvedImpulse, type RowChoice } from '../impulse';
import type { LabelledRows } from '../train';
import { ProjectError } from './errors';
import type { Project } from './project';

export function capturesOf(project: Project, split?: Split): readonly CaptureSummary[] {
  return project.dataset.list(split ? { split } : {}, 0, Number.MAX_SAFE_INTEGER).items;
}

export function labelsOf(captures: readonly CaptureSummary[]): string[] {
  return [...new Set(captures.map((capture) => capture.label))].sort();
}

/** Throws ProjectError `needs-data` with the one thing that is missing first. */
export function checkTrainable(training: readonly CaptureSummary[]): string[] {
  const labels = labelsOf(training);
  if (training.length === 0)
    throw new ProjectError(
      'needs-data',
      'There are no captures to train on.',
      'Record or import some, with at least two labels.',
    );
  if (labels.length < 2)
    throw new ProjectError(
      'needs-data',
      `All ${training.length} captures for training are labelled "${labels[0]}"; a model needs at least two labels to tell apart.`,
      'Record another label, for example "idle" with nothing happening.',
    );
  return labels;
}

export async function rowsOf(
  project: Project,
  core: Core,
  resolved: ResolvedImpulse,
  captures: readonly CaptureSummary[],
  labels: readonly string[],
  work: LongWork,
  choice?: RowChoice,
): Promise<FeatureRows> {
  const ids = captures.map((capture) => capture.id);
  return computeRows(core, resolved, ids, (id) => project.dataset.get(id), labels, work, choice);
}

/** Some of the rows, normalised with the board's own arithmetic. `indices` undefined = all. */
export function normalisedRows(
  core: Core,
  rows: FeatureRows,
  normalisation: Parameters<Core['normalise']>[1],
  indices?: ArrayLike<number>,
): LabelledRows {
  const count = indices?.length ?? rows.count;
  const picked = new Float32Array(count * rows.width);
  const y = new Int32Array(count);
  for (let i = 0; i < count; i++) {
    const row = indices ? indices[i] : i;
    picked.set(rows.values.subarray(row * rows.width, (row + 1) * rows.width), i * rows.width);
    y[i] = rows.y[row];
  }
  return { count, x: core.normalise(picked, normalisation), y };
}

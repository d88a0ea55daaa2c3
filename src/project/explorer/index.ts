/** The data explorer: all captures as points on a plane, alike ones near each other, with what stands out among them. */
import { loadCore } from '../../core';
import type { CaptureSummary } from '../../dataset';
import { resolveImpulse } from '../../impulse';
import { ProjectError } from '../errors';
import type { Project } from '../project';
import { capturesOf, labelsOf } from '../rows';
import { DescriptionStore } from './descriptions';
import { runLayout } from './running';
import type { ExplorerMap, ExplorerProgress, MapMethod } from './types';

export type * from './types';

/** More points than this are neither told apart on a screen nor compared with each other in seconds. */
const mostPoints = 10_000;

const stores = new WeakMap<Project, DescriptionStore>();

/** Evenly over the list, which is in no order of meaning. */
function atMost(captures: readonly CaptureSummary[], most: number): readonly CaptureSummary[] {
  if (captures.length <= most) return captures;
  return Array.from({ length: most }, (_, i) => captures[Math.floor((i * captures.length) / most)]);
}

/** By the held-out windows of the last training: a capture is right where most of its windows are. */
async function verdictsOf(project: Project): Promise<(id: string) => number> {
  const tested = (await project.trained())?.report.int8?.rows ?? [];
  const balance = new Map<string, number>();
  for (const row of tested)
    balance.set(row.captureId, (balance.get(row.captureId) ?? 0) + (row.predicted === row.truth ? 1 : -1));
  return (id) => {
    const sum = balance.get(id);
    return sum === undefined ? -1 : sum > 0 ? 1 : 0;
  };
}

export interface ExploreOptions {
  readonly method: MapMethod;
  readonly seed?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: ExplorerProgress) => void;
}

/** Rejects with ProjectError `needs-data` where there is nothing to compare, `cancelled`, or what reading rejects with. */
export async function exploreProject(project: Project, options: ExploreOptions): Promise<ExplorerMap> {
  const core = await loadCore();
  const all = capturesOf(project);
  if (all.length < 3)
    throw new ProjectError(
      'needs-data',
      'A map needs at least three captures.',
      'Record or import some more, then open it again.',
    );
  const resolved = resolveImpulse(project.settings.impulse, all, core);
  const store = stores.get(project) ?? new DescriptionStore();
  stores.set(project, store);
  const { signal, onProgress } = options;
  const chosen = atMost(all, mostPoints);
  const { captures, width, values } = await store.describeAll(project, core, resolved, chosen, {
    ...(signal && { signal }),
    ...(onProgress && { onProgress }),
  });
  const labels = labelsOf(captures);
  const label = Int32Array.from(captures, (capture) => labels.indexOf(capture.label));
  const verdict = await verdictsOf(project);
  const found = await runLayout(
    { method: options.method, count: captures.length, width, values, label, seed: options.seed ?? 1 },
    ({ done, total, points }) => onProgress?.({ step: 'Laying out the map', done, total, points }),
    signal,
  ).finally(() => store.settled());
  const ids = captures.map(({ id }) => id);
  return {
    method: options.method,
    ids,
    points: found.points,
    labels,
    label,
    verdict: Int8Array.from(ids, verdict),
    duplicates: found.duplicates.map(([a, b]) => [ids[a], ids[b]] as const),
    suspects: found.doubts.map(({ point, suggested, agreement }) => ({
      id: ids[point],
      label: captures[point].label,
      suggested: labels[suggested],
      agreement,
    })),
    leftOut: all.length - captures.length,
    shown: found.shown,
  };
}

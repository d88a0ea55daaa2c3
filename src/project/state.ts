/** The whole of a project in one small object, for the interface's shell. */
import type { ImpulseSettings, ResolvedImpulse } from '../impulse';
import type { ProjectState } from './contract';
import type { DeviceHub } from './hub';
import type { Project } from './project';
import { closedProject, stepStates } from './steps';

function windowSummary(settings: ImpulseSettings, resolved: ResolvedImpulse | null): string {
  if (settings.dsp.kind === 'image') {
    const [rows, columns, channels] = resolved?.inputShape ?? [];
    return rows === undefined ? 'pictures' : `${columns} x ${rows} ${channels === 1 ? 'gray' : 'RGB'}`;
  }
  if (settings.windowMs > 0) return `${settings.windowMs} ms windows`;
  return resolved
    ? `${Math.round((1000 * resolved.shape.frames) / resolved.shape.rateHz)} ms windows`
    : 'automatic windows';
}

export async function projectState(
  project: Project,
  hub: DeviceHub | null,
  running: ReadonlyMap<string, unknown>,
): Promise<ProjectState> {
  const summary = project.dataset.summary();
  const model = await project.trained();
  const stale = model !== null && model.fingerprint !== project.fingerprint();
  const active = hub?.info.slots.find((slot) => slot.state === 'active');
  const captures = project.dataset.count;
  const steps = stepStates({
    captures,
    labels: summary.labels.length,
    testing: summary.labels.reduce((sum, entry) => sum + entry.testing, 0),
    trained: model ? { int8: model.report.int8, stale } : null,
    tested: Boolean(model?.report.int8) && !stale,
    onBoard: active !== undefined && model !== null && active.name === project.settings.name,
    recognising: running.has('live'),
    window: windowSummary(project.settings.impulse, model?.resolved ?? null),
  });
  return {
    ...closedProject,
    open: true,
    name: project.settings.name,
    folder: project.folder,
    task: project.settings.task,
    labels: summary.labels,
    captures,
    persons: summary.persons,
    sessions: summary.sessions,
    steps,
    undo: project.dataset.undoName,
    redo: project.dataset.redoName,
    modelStale: stale,
  };
}

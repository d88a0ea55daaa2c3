/** From a trained model to a board: the image, whether it fits, the flash. */
import type { BoardProfile } from '../boards';
import { boardById } from '../boards';
import type { LongWork } from '../base';
import { plannedTflite } from '../compress';
import { loadCore, type Core } from '../core';
import { buildImage, deployImage, type DeployProgress, type DeployReport, type ModelManifest } from '../deploy';
import { estimateFit, type BoardRun, type FitReport, type Measurement } from '../fit';
import type { Device } from '../link';
import { ProjectError } from './errors';
import { loadMeasured } from './measured';
import type { Project, ProjectSettings } from './project';
import { headOf, type TrainedModel } from './trained';
import { boardPace } from './ways';

export const sensorOf = (task: ProjectSettings['task']) =>
  task === 'audio' ? 'audio' : task === 'image' ? 'camera' : 'motion';

function arenaOf(core: Core, tflite: Uint8Array): number {
  if (tflite.length === 0) return 0;
  const opened = core.openModel(plannedTflite(core, tflite));
  const bytes = opened.arenaBytes + opened.persistentBytes;
  opened.close();
  return bytes;
}

/** Thresholds that a model brings for finding things stand in for those of the project. */
export const liveSettingsOf = ({ live }: ProjectSettings, { thresholds }: Pick<TrainedModel, 'thresholds'>) =>
  thresholds ? { ...live, thresholds } : live;

/** What the app tells the board beside the .tflite: how to make its input and how to judge its output. */
export function manifestOf(
  settings: ProjectSettings,
  core: Core,
  model: Pick<TrainedModel, 'resolved' | 'normalisation' | 'quantized' | 'anomaly' | 'thresholds'> & {
    readonly report: Pick<TrainedModel['report'], 'settings'>;
  },
  labels: readonly string[],
): ModelManifest {
  const { resolved, anomaly } = model;
  const arenaBytes = arenaOf(core, model.quantized.tflite);
  return {
    name: settings.name,
    labels,
    sensor: sensorOf(settings.task),
    axes: resolved.axes,
    // An empty unit means that nothing is known of it; the board then takes its sensor's word.
    units: resolved.units.map((unit) => (unit === 'N/A' ? '' : unit)),
    ...boardPace(resolved, sensorOf(settings.task)),
    block: resolved.block,
    normalisation: model.normalisation,
    live: liveSettingsOf(settings, model),
    head: headOf(model),
    ...(anomaly ? { anomaly: anomaly.detector } : {}),
    arenaBytes,
  };
}

export async function imageOf(project: Project): Promise<Uint8Array> {
  const model = await project.needTrained();
  const core = await loadCore();
  return buildImage(
    manifestOf(project.settings, core, model, model.report.labels),
    plannedTflite(core, model.quantized.tflite),
    model.golden,
  );
}

export function needBoard(id: string): BoardProfile {
  const board = boardById(id);
  if (!board)
    throw new ProjectError(
      'bad-argument',
      `No board is called "${id}".`,
      'See "dormouse devices --json" or the README for the names.',
    );
  return board;
}

/** What the manifest says of the way a board runs the model. */
const runOf = ({ head, labels, anomaly, live, strideFrames, normalisation }: ModelManifest): BoardRun => ({
  head,
  labels: labels.length,
  anomaly: anomaly !== undefined,
  suppresses: (live.suppress ?? 0) > 0,
  strideFrames,
  normalised: normalisation.mean.length,
});

/** `measured`: what boards said of the project's models; by default all that was kept. */
export async function fitProject(
  project: Project,
  boardId: string,
  measured?: readonly Measurement[],
): Promise<FitReport> {
  const board = needBoard(boardId);
  const model = await project.needTrained();
  const image = await imageOf(project);
  const core = await loadCore();
  return estimateFit(core, {
    board,
    tflite: model.quantized.tflite,
    resolved: model.resolved,
    imageBytes: image.length,
    smoothing: project.settings.live.smoothing,
    sensor: sensorOf(project.settings.task),
    measured: measured ?? (await loadMeasured(project.folder)),
    run: runOf(manifestOf(project.settings, core, model, model.report.labels)),
  });
}

export interface DeployWork extends LongWork {
  readonly onDeploy?: ((progress: DeployProgress) => void) | undefined;
}

export async function deployProject(project: Project, device: Device, work: DeployWork = {}): Promise<DeployReport> {
  if (!device.info.dormouse)
    throw new ProjectError(
      'device-cannot',
      'The connected board runs a sketch of its own that prints numbers; a model cannot be flashed to it.',
      'Put the Dormouse sketch on it first ("dormouse firmware" shows how).',
    );
  return deployImage(device, await imageOf(project), work);
}

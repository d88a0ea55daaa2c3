/** What may be chosen for a project as it is now, and what the choice would cost: asked by whoever shows the settings. */
import { loadCore } from '../../core';
import { costOfSpec } from '../../fit';
import { resolveImpulse } from '../../impulse';
import { isClassifier, modelAdvice, modelKindsFor, parameterCount } from '../../model';
import { modelKinds, type TrainChoices } from '../contract';
import type { Project } from '../project';
import { capturesOf, checkTrainable } from '../rows';
import { chooseModel, suggestedKind, type Chosen } from './choice';
import { findsObjects, hasBoxes, objectsModel } from './objects-project';
import { loadUnfinished, unfinishedKey } from './unfinished';

/** The network as it would be trained now; null where it cannot be: training itself says why. */
async function chosenNow(project: Project, inputShape: readonly number[]): Promise<Chosen | null> {
  const { training, task } = project.settings;
  try {
    if (findsObjects(project, training)) return { spec: objectsModel(project, training, inputShape).spec };
    const labels = checkTrainable(capturesOf(project, 'training'));
    return await chooseModel(training, task, inputShape, labels.length);
  } catch {
    return null;
  }
}

function costOf({ spec }: Chosen, board: string): TrainChoices['cost'] {
  const { bytes, macs, latencyMs } = costOfSpec(spec);
  return { parameters: parameterCount(spec), macs, bytes, latencyMs: board === '' ? NaN : latencyMs(board) };
}

/** How far a cancelled training came that could be continued now; null where there is none. */
async function unfinishedOf(project: Project, chosen: Chosen): Promise<TrainChoices['unfinished']> {
  const key = unfinishedKey(project.fingerprint(), project.settings.training, chosen);
  const found = await loadUnfinished(project.folder, key);
  return found && { epoch: found.history.length, epochs: found.epochs };
}

/** @throws FitError `unknown-board`. */
export async function choicesFor(project: Project, board = ''): Promise<TrainChoices> {
  const { settings } = project;
  let shape: readonly number[] | undefined;
  try {
    shape = resolveImpulse(settings.impulse, capturesOf(project), await loadCore()).inputShape;
  } catch {
    // No captures yet, or an impulse that cannot be: the Impulse screen says so. Everything is on offer until then.
  }
  const chosen = shape ? await chosenNow(project, shape) : null;
  return {
    suggested: shape && suggestedKind(shape, settings.task, hasBoxes(project)),
    models: (shape ? modelKindsFor(shape).filter(isClassifier) : modelKinds).map((kind) => ({
      kind,
      advice: modelAdvice[kind],
    })),
    cost: chosen && costOf(chosen, board),
    unfinished: chosen && (await unfinishedOf(project, chosen)),
  };
}

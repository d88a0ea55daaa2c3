/** Example projects: what the simulated board plays, recorded from several simulated people on this machine in a few seconds. */
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { LongWork } from '../base';
import type { ImpulseSettings } from '../impulse';
import type { Task } from './contract';
import { ProjectError } from './errors';
import { Project } from './project';
import { recordSimulatedTakes, type TakesPlan } from './simulated-takes';

export interface ExampleOptions {
  readonly name: string;
  /** Motion if left out. */
  readonly task?: Task | undefined;
  /** Of the simulated people's tries. */
  readonly seed: number;
}

interface ExamplePlan {
  /** What its project is called in the app. */
  readonly name: string;
  readonly takes: Omit<TakesPlan, 'seed' | 'task'>;
  readonly impulse?: Partial<ImpulseSettings>;
}

/** In all of them the last person is held out. A task that is missing has no example yet. */
const plans: Partial<Record<Task, ExamplePlan>> = {
  // Five seconds of each try, so that every one gives several windows.
  motion: {
    name: 'Example gestures',
    takes: { persons: 6, takesEach: 4, seconds: 5, rateHz: 100 },
    impulse: { windowMs: 2000, strideMs: 500 },
  },
  audio: {
    name: 'Example words',
    takes: { persons: 6, takesEach: 5, seconds: 1, rateHz: 16_000, backgroundSeconds: 15 },
  },
  // Shapes of any colour before any wall are hard to tell from few pictures, so there are more rooms than people elsewhere.
  image: {
    name: 'Example pictures',
    takes: { persons: 12, takesEach: 6, seconds: 0, rateHz: 5 },
    impulse: { dsp: { kind: 'image', params: { 'image-width': 48, 'image-height': 48 } } },
  },
  // Half a minute of each machine, in pieces.
  anomaly: { name: 'Example machine', takes: { persons: 6, takesEach: 6, seconds: 5, rateHz: 100 } },
};

function planOf(task: Task): ExamplePlan {
  const plan = plans[task];
  if (plan) return plan;
  throw new ProjectError('bad-argument', 'There is no example of this yet.', 'Try the one of movement or of sound.');
}

/** What the example of a task is called. @throws ProjectError `bad-argument` where there is none. */
export const exampleName = (task: Task): string => planOf(task).name;

/** Makes the project whole or not at all. */
export async function makeExample(folder: string, options: ExampleOptions, work: LongWork = {}): Promise<Project> {
  const { task = 'motion', name, seed } = options;
  const { takes, impulse } = planOf(task);
  const before = await readdir(folder).catch(() => null);
  const project = await Project.create(folder, { task, name });
  try {
    if (impulse) await project.change({ impulse: { ...project.settings.impulse, ...impulse } });
    await recordSimulatedTakes(project.dataset, { ...takes, task, seed }, work);
    // Nobody did this, so nobody should be offered to undo it.
    await project.dataset.forgetHistory();
    return project;
  } catch (error) {
    await project.close();
    // Only what was made here: an empty folder was somebody's choice, and may hold a .git.
    const made = before ? (await readdir(folder)).filter((name) => !before.includes(name)) : [''];
    for (const name of made) await rm(join(folder, name), { recursive: true, force: true });
    throw error;
  }
}

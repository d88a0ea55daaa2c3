/** The example project: four gestures of six simulated people, made on this machine in a few seconds. */
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { LongWork } from '../base';
import { Project } from './project';
import { recordSimulatedTakes } from './simulated-takes';

export interface ExampleOptions {
  readonly name: string;
  /** Of the simulated people's tries. */
  readonly seed: number;
}

/** Six people, the last of them held out; five seconds of each try, so that every one gives several windows. */
const plan = { persons: 6, takesEach: 4, seconds: 5, rateHz: 100 };
const window = { windowMs: 2000, strideMs: 500 };

/** Makes the project whole or not at all. */
export async function makeExample(folder: string, options: ExampleOptions, work: LongWork = {}): Promise<Project> {
  const before = await readdir(folder).catch(() => null);
  const project = await Project.create(folder, { task: 'motion', name: options.name });
  try {
    await project.change({ impulse: { ...project.settings.impulse, ...window } });
    await recordSimulatedTakes(project.dataset, { ...plan, seed: options.seed }, work);
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

/** The example project: four gestures of four simulated people, made on this machine in a few seconds. */
import { rm } from 'node:fs/promises';
import type { LongWork } from '../base';
import { Project } from './project';
import { recordSimulatedTakes } from './simulated-takes';

/** Makes the project whole or not at all. */
export async function makeExample(folder: string, work: LongWork = {}): Promise<Project> {
  const project = await Project.create(folder, { task: 'motion', name: 'Example gestures' });
  try {
    await recordSimulatedTakes(project.dataset, { persons: 4, takesEach: 4, seconds: 2, rateHz: 100, seed: 7 }, work);
    return project;
  } catch (error) {
    await project.close();
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

/** A small project of simulated gestures, recorded once and copied for every test that wants one of its own. */
import { cp, rm } from 'node:fs/promises';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Project, type TrainSettings } from '../../src/project';
import { recordSimulatedTakes } from '../../src/project/simulated-takes';

export interface SmallProjects {
  /** An open project of its own: four gestures, three people, the last held out; 1 s windows, 3 epochs. */
  open(settings?: Partial<TrainSettings>): Promise<Project>;
  readonly folder: string;
  remove(): Promise<void>;
}

export async function smallProjects(): Promise<SmallProjects> {
  const folder = mkdtempSync(join(tmpdir(), 'dormouse-training-'));
  const pattern = join(folder, 'pattern');
  const project = await Project.create(pattern, { task: 'motion', name: 'p' });
  await project.change(({ impulse, training }) => ({
    impulse: { ...impulse, windowMs: 1000, strideMs: 500 },
    training: { ...training, epochs: 3, threads: 2, size: 'small' },
  }));
  await recordSimulatedTakes(project.dataset, { persons: 3, takesEach: 1, seconds: 2, rateHz: 100, seed: 3 });
  await project.close();
  const opened: Project[] = [];
  let copies = 0;
  return {
    folder,
    open: async (settings = {}) => {
      const copy = join(folder, `copy-${copies++}`);
      await cp(pattern, copy, { recursive: true });
      const one = await Project.open(copy);
      opened.push(one);
      await one.change(({ training }) => ({ training: { ...training, ...settings } }));
      return one;
    },
    remove: async () => {
      for (const one of opened) await one.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Opening, making and closing projects; undo and redo. */
import { rename, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { LongWork } from '../../base';
import type { Task } from '../contract';
import { Project } from '../project';
import type { Handlers, Session } from '../services';
import { exampleName, makeExample } from '../example';

type Names =
  | 'project.create'
  | 'project.open'
  | 'project.example'
  | 'project.close'
  | 'project.state'
  | 'project.undo'
  | 'project.redo';

/** Made aside and then renamed: an end in the middle (kill -9, a power cut) leaves no half example to be opened later. */
async function makeWhole(folder: string, task: Task, work: LongWork): Promise<void> {
  const aside = `${folder}.unfinished`;
  await rm(aside, { recursive: true, force: true });
  await (await makeExample(aside, { name: exampleName(task), task, seed: 7 }, work)).close();
  await rename(aside, folder);
}

export function projectHandlers(session: Session): Pick<Handlers, Names> {
  return {
    'project.create': async ({ folder, name, task }) => session.use(await Project.create(folder, { name, task })),
    'project.open': async ({ folder }) =>
      // Opened twice at once it would stand in its own way.
      session.project?.folder === resolve(folder) ? session.tellProject() : session.use(await Project.open(folder)),
    'project.example': async (input) => {
      const task = input?.task ?? 'motion';
      const folder = join(session.options.projectsFolder, exampleName(task));
      const there = await stat(join(folder, 'dormouse.json')).catch(() => null);
      if (session.project?.folder === resolve(folder)) return session.tellProject();
      if (there) return session.use(await Project.open(folder));
      await session.exclusively('example', (signal) =>
        makeWhole(folder, task, { signal, onProgress: (progress) => session.emit('import.progress', progress) }),
      );
      return session.use(await Project.open(folder));
    },
    'project.close': async () => {
      await session.leave();
      return session.tellProject();
    },
    'project.state': () => session.state(),
    'project.undo': async () => {
      await session.need().dataset.undo();
      return session.tellProject();
    },
    'project.redo': async () => {
      await session.need().dataset.redo();
      return session.tellProject();
    },
  };
}

/** Opening, making and closing projects; undo and redo. */
import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Project } from '../project';
import type { Handlers, Session } from '../services';
import { makeExample } from '../example';

type Names =
  | 'project.create'
  | 'project.open'
  | 'project.example'
  | 'project.close'
  | 'project.state'
  | 'project.undo'
  | 'project.redo';

export function projectHandlers(session: Session): Pick<Handlers, Names> {
  return {
    'project.create': async ({ folder, name, task }) => session.use(await Project.create(folder, { name, task })),
    'project.open': async ({ folder }) =>
      // Opened twice at once it would stand in its own way.
      session.project?.folder === resolve(folder) ? session.tellProject() : session.use(await Project.open(folder)),
    'project.example': async () => {
      const folder = join(session.options.projectsFolder, 'Example gestures');
      const there = await stat(join(folder, 'dormouse.json')).catch(() => null);
      if (session.project?.folder === resolve(folder)) return session.tellProject();
      if (there) return session.use(await Project.open(folder));
      const project = await session.exclusively('example', (signal) =>
        makeExample(
          folder,
          { name: 'Example gestures', seed: 7 },
          { signal, onProgress: (progress) => session.emit('import.progress', progress) },
        ),
      );
      return session.use(project);
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

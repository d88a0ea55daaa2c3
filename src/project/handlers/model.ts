/** Impulse, training, testing, fit, flash and export of the open project's model. */
import { exportModel } from '../exporting';
import { deployProject, fitProject } from '../deploying';
import { changeImpulse, impulseState, previewFeatures } from '../impulse-view';
import type { Handlers, Session } from '../services';
import { testCompression, testProject } from '../testing';
import { choicesFor, trainProject } from '../training';
import { reportOf } from '../../base';

type Names =
  | 'impulse.get'
  | 'impulse.set'
  | 'impulse.preview'
  | 'train.settings'
  | 'train.configure'
  | 'train.choices'
  | 'train.start'
  | 'train.cancel'
  | 'train.report'
  | 'test.run'
  | 'test.compression'
  | 'test.cancel'
  | 'anomaly.view'
  | 'fit.estimate'
  | 'deploy.start'
  | 'deploy.cancel'
  | 'export.model';

function given<T extends object>(part: T): Partial<T> {
  return Object.fromEntries(Object.entries(part).filter(([, value]) => value !== undefined)) as Partial<T>;
}

async function train(session: Session, resume: boolean) {
  const project = session.need();
  return session.exclusively('train', async (signal) => {
    try {
      const model = await trainProject(project, {
        signal,
        resume,
        onTrain: (progress) => session.emit('train.progress', progress),
      });
      await session.tellProject();
      return model.report;
    } catch (error) {
      const report = reportOf(error);
      session.emit(
        'train.progress',
        // Features and scoring have cancellations of their own.
        report.code === 'cancelled'
          ? { phase: 'cancelled' }
          : { phase: 'failed', problem: report.message, action: report.action },
      );
      throw error;
    }
  });
}

export function modelHandlers(session: Session): Pick<Handlers, Names> {
  return {
    'impulse.get': () => impulseState(session.need()),
    'impulse.set': async (part) => {
      const state = await changeImpulse(session.need(), given(part));
      await session.tellProject();
      return state;
    },
    'impulse.preview': ({ id, start }) => previewFeatures(session.need(), id, start),
    'train.settings': () => Promise.resolve().then(() => session.need().settings.training),
    'train.configure': async (part) => {
      const project = session.need();
      await project.change((before) => ({ training: { ...before.training, ...given(part) } }));
      return project.settings.training;
    },
    'train.choices': async (input) => choicesFor(session.need(), input?.board),
    'train.start': (input) => train(session, input?.resume ?? false),
    'train.cancel': () => Promise.resolve({ cancelled: session.cancel('train') }),
    'train.report': async () => (await session.need().trained())?.report ?? null,
    'test.run': ({ engine }) =>
      session.exclusively('test', async (signal) => {
        const project = session.need();
        if (engine === 'device') await session.endLive();
        return testProject(project, engine, session.devices.connected?.device ?? null, {
          signal,
          onProgress: ({ done, total }) => session.emit('test.progress', { done, total }),
        });
      }),
    'test.compression': () =>
      session.exclusively('test', async (signal) => testCompression(session.need(), { signal })),
    'test.cancel': () => Promise.resolve({ cancelled: session.cancel('test') }),
    'anomaly.view': async () => (await session.need().trained())?.anomaly?.view ?? null,
    'fit.estimate': ({ board }) => fitProject(session.need(), board),
    'deploy.start': () =>
      session.exclusively('deploy', async (signal) => {
        const hub = session.devices.need();
        const project = session.need();
        await session.endLive();
        const report = await deployProject(project, hub.device, {
          signal,
          onDeploy: (progress) => session.emit('deploy.progress', progress),
        });
        await session.devices.refreshSlots();
        await session.tellProject();
        return report;
      }),
    'deploy.cancel': () => Promise.resolve({ cancelled: session.cancel('deploy') }),
    'export.model': async ({ format, path }) => ({ bytes: await exportModel(session.need(), format, path), path }),
  };
}

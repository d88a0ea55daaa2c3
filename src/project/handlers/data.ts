/** Listing and editing captures, import and export, and the map of all of them. */
import type { Progress } from '../../base';
import type { Dataset } from '../../dataset';
import { soundRateOf } from '../defaults';
import { exploreProject } from '../explorer';
import { Outlines } from '../outlines';
import { setBoxes, thumbnail } from '../pictures';
import type { Handlers, Session } from '../services';
import { wordsOf } from '../words';

type Names =
  | 'data.list'
  | 'data.get'
  | 'data.label'
  | 'data.split'
  | 'data.person'
  | 'data.autoSplit'
  | 'data.trim'
  | 'data.boxes'
  | 'data.thumbnail'
  | 'data.outline'
  | 'data.delete'
  | 'data.words'
  | 'data.splitWords'
  | 'data.segments'
  | 'data.import'
  | 'import.cancel'
  | 'data.export'
  | 'export.cancel'
  | 'explorer.start'
  | 'explorer.cancel';

export function dataHandlers(session: Session): Pick<Handlers, Names> {
  const dataset = () => session.need().dataset;
  const known = new WeakMap<Dataset, Outlines>();
  const outlines = (): Outlines => {
    const there = known.get(dataset()) ?? new Outlines(dataset());
    known.set(dataset(), there);
    return there;
  };
  return {
    'data.list': ({ query, offset, limit }) => Promise.resolve().then(() => dataset().list(query, offset, limit)),
    'data.get': async ({ id }) => dataset().get(id),
    'data.label': async ({ ids, label }) => {
      await dataset().update(ids, { label });
      return session.tellProject();
    },
    'data.split': async ({ ids, split }) => {
      await dataset().update(ids, { split, splitPinned: true });
      return session.tellProject();
    },
    'data.person': async ({ ids, person, session: name }) => {
      await dataset().update(ids, {
        ...(person === undefined ? {} : { person }),
        ...(name === undefined ? {} : { session: name }),
      });
      return session.tellProject();
    },
    'data.autoSplit': async ({ by, testing }) => {
      await dataset().autoSplit({ by, testing, seed: session.need().settings.training.seed });
      return session.tellProject();
    },
    'data.trim': async ({ id, start, end }) => {
      await dataset().trim(id, { start, end });
      return session.tellProject();
    },
    'data.boxes': async ({ id, boxes }) => {
      await setBoxes(dataset(), id, boxes);
      return session.tellProject();
    },
    'data.thumbnail': ({ id, size }) => thumbnail(dataset(), id, size),
    'data.outline': ({ id, points }) => Promise.resolve().then(() => outlines().get(id, points)),
    'data.delete': async ({ ids }) => {
      await dataset().remove(ids);
      return session.tellProject();
    },
    'data.words': async ({ id, wordMs, sensitivity }) => wordsOf(await dataset().get(id), { wordMs, sensitivity }),
    'data.splitWords': async ({ id, segments }) => {
      await dataset().cut(id, segments);
      return session.tellProject();
    },
    'data.segments': async ({ id, segments }) => {
      await dataset().segment(id, segments);
      return session.tellProject();
    },
    'import.cancel': () => Promise.resolve({ cancelled: session.cancel('import') }),
    'export.cancel': () => Promise.resolve({ cancelled: session.cancel('export') }),
    'data.import': ({ paths, label, hmacKey }) =>
      session.exclusively('import', async (signal) => {
        const report = await dataset().importPaths(
          paths,
          { label, hmacKey, soundRateHz: soundRateOf(session.need().settings.task) },
          { signal, onProgress: (progress) => session.emit('import.progress', progress) },
        );
        await session.tellProject();
        return report;
      }),
    'data.export': ({ format, path, hmacKey }) =>
      session.exclusively('export', async (signal) => {
        const work = { signal, onProgress: (progress: Progress) => session.emit('export.progress', progress) };
        const { files } = await dataset().exportTo(format, path, work, { hmacKey });
        return { files, path };
      }),
    'explorer.start': ({ method }) =>
      session.exclusively('explorer', async (signal) =>
        exploreProject(session.need(), {
          method,
          signal,
          onProgress: (progress) => session.emit('explorer.progress', progress),
        }),
      ),
    'explorer.cancel': () => Promise.resolve({ cancelled: session.cancel('explorer') }),
  };
}

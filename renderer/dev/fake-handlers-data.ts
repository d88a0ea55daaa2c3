/** The fake's answers about recordings: making them, listing, editing, import and export, the map. */
import type { Handlers, FakeDormouse } from './fake-dormouse';
import { fakeMap } from './fake-explorer';
import { FakeError, FakeRecording } from './fake-runs';

export function dataHandlers(fake: FakeDormouse): Handlers {
  return {
    'capture.start': (input) => {
      fake.run = new FakeRecording(
        input,
        (progress) => fake.emit('capture.progress', progress),
        (seconds) => {
          const saved = fake.data.make(input.label, {
            person: input.person ?? '',
            session: input.session ?? '',
            frames: Math.max(1, Math.round(seconds * fake.world.rateHz)),
          });
          fake.edit(() => fake.data.add(saved));
          return saved;
        },
      );
      return { started: true };
    },
    'capture.stop': ({ keep }) => {
      fake.run?.stop(keep);
      return { stopped: true };
    },
    'data.list': ({ query, offset, limit }) => {
      const found = fake.data.find(query);
      return { total: found.length, items: found.slice(offset, offset + limit) };
    },
    'data.get': ({ id }) => {
      const capture = fake.data.get(id);
      if (!capture) throw new FakeError('That recording is gone.', 'Choose another one.');
      return capture;
    },
    'data.outline': ({ id }) => {
      const capture = fake.data.get(id);
      if (!capture) throw new FakeError('That recording is gone.', 'Choose another one.');
      return { axes: capture.axes, rateHz: capture.rateHz, frames: capture.frames, values: capture.values };
    },
    'data.label': ({ ids, label }) => fake.edit(() => fake.data.update(`label ${label}`, ids, { label })),
    'data.split': ({ ids, split }) =>
      fake.edit(() => fake.data.update(`set ${split}`, ids, { split, splitPinned: true })),
    'data.person': ({ ids, person, session }) =>
      fake.edit(() =>
        fake.data.update('person', ids, {
          ...(person !== undefined && { person }),
          ...(session !== undefined && { session }),
        }),
      ),
    'data.autoSplit': ({ by, testing }) => fake.edit(() => fake.data.split(by, testing)),
    'data.trim': ({ id, start, end }) => fake.edit(() => fake.data.update('trim', [id], { trim: { start, end } })),
    'data.delete': ({ ids }) => fake.edit(() => fake.data.remove(ids)),
    'import.cancel': fake.cancel,
    'export.cancel': fake.cancel,
    'data.import': async ({ paths }) => {
      fake.cancelled = false;
      for (let done = 0; done <= 4; done++) {
        fake.emit('import.progress', { done, total: 4, step: paths[0] });
        await fake.cancellablePause(60);
      }
      const item = fake.data.make('wave', { person: 'Ada' });
      fake.edit(() => fake.data.add(item));
      return {
        imported: 1,
        duplicates: 0,
        labels: { wave: 1 },
        warnings: ['wave.csv: 3 lines were not numbers and were left out; the 197 good lines were kept.'],
        ids: [item.id],
      };
    },
    'data.export': async ({ path }) => {
      fake.cancelled = false;
      for (let done = 0; done <= 4; done++) {
        fake.emit('export.progress', { done: done * 15, total: 60, step: 'Exporting' });
        await fake.cancellablePause(60);
      }
      return { files: fake.data.items.length, path };
    },
    'explorer.start': (input) => fakeMap(fake.data.items, input),
    'explorer.cancel': fake.cancel,
  };
}

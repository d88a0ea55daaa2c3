/** The fake's answers about impulse, training, scores, flashing and live recognition. */
import type { ImpulseSettings } from '../../src/impulse/types';
import type { TrainSettings } from '../../src/project/contract';
import { firmwarePlan } from './fake-board';
import { compressionReport } from './fake-compression';
import type { Handlers, FakeDormouse } from './fake-dormouse';
import { impulseState, previewOf } from './fake-impulse';
import { replayReport } from './fake-replay';
import { anomalyView, sensed, withSenses } from './fake-senses';
import { boards, fitReport, scoreReport, startChoices } from './fake-reports';
import { FakeError, playDeploy, playLive } from './fake-runs';

export function modelHandlers(fake: FakeDormouse): Handlers {
  return {
    'impulse.get': () => impulseState(fake.impulse, fake.world),
    'impulse.set': (change) => {
      fake.impulse = { ...fake.impulse, ...(change as Partial<ImpulseSettings>) };
      return impulseState(fake.impulse, fake.world);
    },
    'impulse.preview': ({ id, start }) => {
      const capture = fake.data.items.find((one) => one.id === id);
      if (!capture) throw new FakeError('That recording is gone.', 'Choose another one.');
      return previewOf(fake.impulse, fake.world, capture, start);
    },
    'train.settings': () => fake.settings,
    'train.configure': (change) => (fake.settings = { ...fake.settings, ...(change as Partial<TrainSettings>) }),
    'train.choices': () => ({ ...startChoices, unfinished: fake.unfinished }),
    'train.start': () => fake.train(),
    'anomaly.view': () => (fake.world.task === 'anomaly' ? anomalyView(fake.settings.anomaly.quantile) : null),
    'train.cancel': fake.cancel,
    'train.report': () => fake.report,
    'test.compression': () => compressionReport(fake.report?.int8?.labels ?? []),
    'test.cancel': fake.cancel,
    'test.run': async ({ engine }) => {
      fake.cancelled = false;
      for (let done = 0; done <= 60; done += 20) {
        fake.emit('test.progress', { done, total: 60 });
        await fake.cancellablePause(80);
      }
      const labels = fake.data.counts().map((entry) => entry.label);
      const testing = fake.data.find({ split: 'testing' });
      return withSenses(fake.world, scoreReport(engine, labels, testing), testing);
    },
    'boards.list': () => boards,
    'fit.estimate': ({ board }) => {
      const profile = boards.find((one) => one.id === board);
      if (!profile) throw new FakeError('That board is not known.', 'Choose one of the list.');
      return fitReport(profile);
    },
    'deploy.start': async () => {
      fake.cancelled = false;
      await playDeploy(
        () => fake.cancelled,
        (progress) => fake.emit('deploy.progress', progress),
      );
      fake.modelOnBoard = true;
      const { streaming, health } = fake.device;
      if (fake.device.port) fake.setDevice({ ...fake.connected(fake.device.port), streaming, health });
      fake.emit('project.changed', fake.state());
      return { slot: 0, bytes: 9504, seconds: 0.62, bytesPerSecond: 15_329, goldenVectors: 4, selfTestMicros: 16_480 };
    },
    'deploy.cancel': fake.cancel,
    'firmware.plan': ({ board, file }) => firmwarePlan(board ?? '', fake.device.port?.path ?? '', file ?? ''),
    'firmware.install': async ({ board, file }) => {
      fake.cancelled = false;
      for (const phase of [file ? 'bootloader' : 'compiling', 'uploading', 'waiting'] as const) {
        for (let step = 0; step <= 4; step++) {
          const fraction = phase === 'uploading' ? step / 4 : null;
          fake.emit('firmware.progress', { phase, fraction, detail: '' });
          await fake.cancellablePause(150);
        }
      }
      return { board: board ?? '', way: 'arduino-cli', port: '/dev/ttyACM0', seconds: 2.4 };
    },
    'firmware.cancel': fake.cancel,
    'export.model': ({ path }) => ({ bytes: 7912, path }),
    'live.start': () => {
      fake.recognising = true;
      fake.emit('project.changed', fake.state());
      const known = fake.data.counts().map((entry) => entry.label);
      const labels = fake.world.task === 'anomaly' ? [] : known;
      fake.stopLive = playLive(
        known,
        () => fake.gesture,
        (gesture) => (fake.gesture = gesture),
        () => fake.liveSettings.threshold,
        (result) => fake.emit('live.result', sensed(fake.world, fake.gesture, result)),
      );
      return { labels, strideSeconds: 0.2, windowSeconds: 1, mayReject: false, settings: fake.liveSettings };
    },
    'live.stop': () => {
      fake.stopLive();
      fake.recognising = false;
      fake.emit('project.changed', fake.state());
      return { stopped: true };
    },
    'live.replay': async (input) => {
      fake.cancelled = false;
      const long = fake.data.find(input.ids.length > 0 ? { ids: input.ids } : { split: 'testing' });
      for (let done = 0; done < 4; done++) {
        fake.emit('live.replayProgress', { done, total: 4 });
        await fake.cancellablePause(80);
      }
      return replayReport(fake.liveSettings, long.length, input.falseAlarmsPerHour);
    },
    'live.replayCancel': fake.cancel,
    'live.settings': ({ threshold, smoothing }) =>
      (fake.liveSettings = {
        threshold: threshold ?? fake.liveSettings.threshold,
        smoothing: smoothing ?? fake.liveSettings.smoothing,
      }),
    'live.feedback': ({ label }) => {
      const item = fake.data.make(label);
      fake.edit(() => fake.data.add(item));
      return item;
    },
  };
}

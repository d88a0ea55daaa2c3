/** Recognition on the board, as it happens, and its mistakes fed back into the dataset. */
import { startLive, type LiveResult, type LiveRun } from '../../live';
import type { DeviceResult } from '../../link';
import type { RequestOutput } from '../contract';
import { ProjectError } from '../errors';
import { liveModelOf } from '../recognition';
import type { Handlers, Session } from '../services';

type Names = 'live.start' | 'live.stop' | 'live.settings' | 'live.feedback';

/** Results that feedback can still refer to. */
const remembered = 200;

interface Running {
  readonly change: LiveRun['change'];
  readonly stop: () => Promise<void>;
  readonly windowFrames: number;
  /** Device clock at the end of each window, by window number. */
  readonly ends: Map<number, number>;
}

async function begin(
  session: Session,
  onGone: () => void,
): Promise<{ running: Running; answer: RequestOutput<'live.start'> }> {
  const project = session.need();
  const hub = session.devices.need();
  const model = await project.needTrained();
  const { shape } = model.resolved;
  const sensor = hub.sensorByKind(project.settings.task === 'audio' ? 'audio' : 'motion');
  await session.devices.stream(sensor.id, shape.rateHz);
  const ends = new Map<number, number>();
  const live = await startLive(
    hub.device,
    liveModelOf(project.settings, model),
    (result: LiveResult, raw: DeviceResult) => {
      ends.set(raw.window, raw.micros);
      if (ends.size > remembered) ends.delete(ends.keys().next().value as number);
      session.emit('live.result', result);
    },
  );
  const stopOnLoss = session.devices.onLost((reason) => {
    onGone();
    session.emit('live.stopped', { problem: `The board was disconnected (${reason}).` });
  });
  return {
    running: {
      change: (settings) => live.change(settings),
      windowFrames: shape.frames,
      ends,
      stop: async () => {
        stopOnLoss();
        await live.stop();
      },
    },
    answer: {
      labels: model.report.labels,
      strideSeconds: live.info.strideMicros / 1e6,
      windowSeconds: shape.frames / shape.rateHz,
      settings: project.settings.live,
    },
  };
}

export function liveHandlers(session: Session): Pick<Handlers, Names> {
  let running: Running | null = null;
  /** The rail says that recognition runs, so the end of it is news of the project. */
  const ended = async (): Promise<void> => {
    running = null;
    if (session.running.delete('live')) await session.tellProject();
  };
  const stop = async (): Promise<void> => {
    const stopping = running;
    await ended();
    await stopping?.stop();
  };
  return {
    'live.start': async () => {
      await stop();
      const { running: started, answer } = await begin(session, () => void ended());
      running = started;
      const controller = new AbortController();
      // The project is being closed: what the board says no longer belongs to one, and that is news enough.
      controller.signal.addEventListener('abort', () => {
        session.running.delete('live');
        void stop().catch(() => undefined);
      });
      session.running.set('live', controller);
      await session.tellProject();
      return answer;
    },
    'live.stop': async () => {
      await stop();
      return { stopped: true };
    },
    'live.settings': async (settings) => {
      await session.need().change({ live: settings });
      running?.change(settings);
      return settings;
    },
    'live.feedback': async ({ window, label }) => {
      const project = session.need();
      const hub = session.devices.need();
      const end = running?.ends.get(window);
      const stream = hub.streaming;
      const recalled = end === undefined || !stream || !running ? null : hub.recall(end, running.windowFrames);
      if (!recalled || !stream)
        throw new ProjectError(
          'needs-data',
          'The sensor data of that result is no longer in memory.',
          'Correct a result within half a minute.',
        );
      return project.dataset.add({
        values: recalled.values,
        axes: stream.sensor.axes.map((axis) => ({ name: axis.name, units: axis.units })),
        rateHz: stream.rateHz,
        kind: stream.sensor.kind === 'audio' ? 'audio' : 'motion',
        notes: {
          label,
          device: hub.device.info.board,
          sensor: stream.sensor.name,
          session: 'live corrections',
          note: 'Corrected while live.',
        },
      });
    },
  };
}

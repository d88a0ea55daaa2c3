/** Recognition on the board, as it happens, and its mistakes fed back into the dataset. */
import { startLive, type LiveResult, type LiveRun } from '../../live';
import type { DeviceResult } from '../../link';
import type { RequestOutput } from '../contract';
import { ProjectError } from '../errors';
import type { DeviceHub } from '../hub';
import { seenNow } from '../impulse-view';
import { liveModelOf } from '../recognition';
import { replayProject } from '../replaying';
import type { Handlers, Session } from '../services';

type Names =
  'live.start' | 'live.stop' | 'live.seen' | 'live.settings' | 'live.feedback' | 'live.replay' | 'live.replayCancel';

/** Results that feedback can still refer to. */
const remembered = 600;

const sensorOf = { motion: 'motion', audio: 'audio', image: 'camera', anomaly: 'motion' } as const;

interface Running {
  readonly change: LiveRun['change'];
  readonly stop: () => Promise<void>;
  readonly hub: DeviceHub;
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
  const sensor = hub.sensorByKind(sensorOf[project.settings.task]);
  // Each picture is an example of its own, so a camera keeps its own rate.
  await session.devices.stream(sensor.id, sensor.kind === 'camera' ? undefined : shape.rateHz);
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
  const stopOnLoss = session.devices.onGone((reason) => {
    stopOnLoss();
    onGone();
    session.emit('live.stopped', { problem: reason });
  });
  return {
    running: {
      change: (settings) => live.change(settings),
      hub,
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
      mayReject: model.report.settings.head === 'oneVsRest',
      settings: project.settings.live,
    },
  };
}

export function liveHandlers(session: Session): Pick<Handlers, Names> {
  let running: Running | null = null;
  let turn: Promise<unknown> = Promise.resolve();
  /** One start or stop after the other: a stop that comes while the board still starts must not be lost. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const result = turn.then(work);
    turn = result.catch(() => undefined);
    return result;
  };
  /** The rail says that recognition runs, so the end of it is news of the project. */
  const ended = async (): Promise<void> => {
    running = null;
    if (session.running.delete('live') && session.project) await session.tellProject();
  };
  const stop = async (): Promise<void> => {
    const stopping = running;
    await ended();
    await stopping?.stop();
  };
  const start = async (): Promise<RequestOutput<'live.start'>> => {
    if (session.running.has('deploy'))
      throw new ProjectError('busy', 'A model is being flashed.', 'Wait for it to end, or cancel it.');
    await stop();
    const { running: started, answer } = await begin(session, () => void ended());
    running = started;
    const controller = new AbortController();
    // What the board says belongs to the project: it ends with it.
    const over = new Promise<unknown>((resolve) => {
      controller.signal.addEventListener('abort', () => resolve(inTurn(stop).catch(() => undefined)));
    });
    session.running.set('live', { controller, ended: over });
    await session.tellProject();
    return answer;
  };
  return {
    'live.start': () => inTurn(start),
    'live.stop': async () => {
      await inTurn(stop);
      return { stopped: true };
    },
    'live.seen': () => seenNow(session.need(), session.devices.need()),
    'live.settings': async ({ threshold, smoothing, suppress, thresholds }) => {
      const project = session.need();
      const before = project.settings.live;
      if ([threshold, smoothing, suppress, thresholds].every((value) => value === undefined)) return before;
      // One threshold that is set anew is meant for all labels.
      const kept = threshold === undefined ? before.thresholds : undefined;
      const each = thresholds === undefined ? kept : thresholds.length > 0 ? thresholds : undefined;
      const quiet = suppress ?? before.suppress;
      const settings = {
        threshold: threshold ?? before.threshold,
        smoothing: smoothing ?? before.smoothing,
        ...(quiet ? { suppress: quiet } : {}),
        ...(each ? { thresholds: each } : {}),
      };
      await project.change({ live: settings });
      running?.change(settings);
      return settings;
    },
    'live.replay': (request) =>
      session.exclusively('test', async (signal) =>
        replayProject(session.need(), request, {
          signal,
          onProgress: ({ done, total }) => session.emit('live.replayProgress', { done, total }),
        }),
      ),
    'live.replayCancel': () => Promise.resolve({ cancelled: session.cancel('test') }),
    'live.feedback': async ({ window, label }) => {
      const project = session.need();
      const hub = session.devices.need();
      // A board that was connected anew began a clock of its own.
      const seen = running?.hub === hub ? running : null;
      const end = seen?.ends.get(window);
      const stream = hub.streaming;
      const picture = seen && end !== undefined && stream?.sensor.picture ? hub.recallPicture(end) : null;
      const recalled = seen && end !== undefined && !stream?.sensor.picture ? hub.recall(end, seen.windowFrames) : null;
      if (!stream || !(picture ?? recalled))
        throw new ProjectError(
          'needs-data',
          'The sensor data of that result is no longer in memory.',
          'Correct a result within half a minute.',
        );
      const notes = {
        label,
        device: hub.device.info.board,
        sensor: stream.sensor.name,
        session: 'live corrections',
        note: 'Corrected while live.',
      };
      const axes = stream.sensor.axes.map(({ name, units }) => ({ name, units }));
      if (picture)
        return project.dataset.add({
          kind: 'image',
          values: Float32Array.from(picture.pixels),
          axes,
          rateHz: 1,
          width: picture.width,
          notes,
        });
      return project.dataset.add({
        kind: stream.sensor.kind === 'audio' ? 'audio' : 'motion',
        values: recalled!.values,
        axes,
        rateHz: stream.rateHz,
        notes: { ...notes, gaps: recalled!.gaps },
      });
    },
  };
}

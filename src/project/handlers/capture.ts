/** Recording into the open project from the connected board. */
import { reportOf } from '../../base';
import { ProjectError } from '../errors';
import { Recorder } from '../recording';
import { Shooter, type ShootingPlan } from '../shooting';
import type { Handlers, Session } from '../services';

/** Makes a recorder on the sensor that streams, or starts the one that the project's task asks for. */
async function prepare(session: Session): Promise<Recorder | Shooter> {
  const project = session.need();
  const hub = session.devices.need();
  if (!hub.streaming) {
    const wanted = { motion: 'motion', audio: 'audio', image: 'camera', anomaly: 'motion' }[project.settings.task];
    const { sensors } = hub.device.info;
    await session.devices.stream((sensors.find((sensor) => sensor.kind === wanted) ?? hub.sensorById(0)).id);
  }
  const stream = hub.streaming;
  if (!stream || session.project !== project)
    throw new ProjectError('cancelled', 'The recording did not begin.', 'Record again.');
  const Kind = stream.sensor.picture ? Shooter : Recorder;
  return new Kind(hub, project.dataset, stream, hub.device.info.board || hub.device.port.title);
}

/** Runs to the end of the recording, whichever way; what happens is told by events. */
async function run(session: Session, recorder: Recorder | Shooter, plan: ShootingPlan): Promise<void> {
  const stopWhenGone = session.devices.onGone(() => recorder.finish(true));
  try {
    await recorder.run(plan, (progress) => session.emit('capture.progress', progress));
  } catch (error) {
    const report = reportOf(error);
    session.emit('capture.progress', {
      index: 0,
      count: plan.count,
      phase: 'failed',
      seconds: 0,
      ofSeconds: plan.seconds,
      saved: null,
      problem: `${report.message} ${report.action}`,
    });
  } finally {
    stopWhenGone();
  }
}

export function captureHandlers(session: Session): Pick<Handlers, 'capture.start' | 'capture.stop'> {
  let preparing: Promise<Recorder | Shooter> | null = null;
  let recorder: Recorder | Shooter | null = null;
  return {
    'capture.start': async (plan) => {
      session.need();
      session.devices.need();
      if (preparing || recorder)
        throw new ProjectError('busy', 'A recording is running already.', 'Wait for it to end, or stop it.');
      preparing = prepare(session);
      const ready = await preparing.finally(() => {
        preparing = null;
      });
      recorder = ready;
      const ended = run(session, ready, plan).then(() => {
        recorder = null;
        session.running.delete('capture');
      });
      // A project that closes keeps what was recorded of the running take, as when the board goes.
      const controller = new AbortController();
      controller.signal.addEventListener('abort', () => ready.finish(true));
      session.running.set('capture', { controller, ended });
      return { started: true };
    },
    'capture.stop': async ({ keep }) => {
      // One that comes while the sensor still starts must not be lost.
      const running = recorder ?? (await preparing?.catch(() => null));
      running?.finish(keep);
      return { stopped: true };
    },
  };
}

/** Recording into the open project from the connected board. */
import { reportOf } from '../../base';
import { ProjectError } from '../errors';
import { Recorder } from '../recording';
import type { Handlers, Session } from '../services';

export function captureHandlers(session: Session): Pick<Handlers, 'capture.start' | 'capture.stop'> {
  let recorder: Recorder | null = null;
  return {
    'capture.start': async (plan) => {
      const project = session.need();
      const hub = session.devices.need();
      if (recorder)
        throw new ProjectError('busy', 'A recording is running already.', 'Wait for it to end, or stop it.');
      const wanted = project.settings.task === 'audio' ? 'audio' : 'motion';
      const stream =
        hub.streaming ??
        (await hub.start((hub.device.info.sensors.find((s) => s.kind === wanted) ?? hub.sensorById(0)).id));
      const running = new Recorder(hub, project.dataset, stream, hub.device.info.board || hub.device.port.title);
      recorder = running;
      const stopOnLoss = session.devices.onLost(() => running.finish(true));
      // Answers at once; what happens from here on is told by events.
      void running
        .run(plan, (progress) => session.emit('capture.progress', progress))
        .catch((error: unknown) => {
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
        })
        .finally(() => {
          recorder = null;
          stopOnLoss();
        });
      return { started: true };
    },
    'capture.stop': ({ keep }) => {
      recorder?.finish(keep);
      return Promise.resolve({ stopped: true });
    },
  };
}

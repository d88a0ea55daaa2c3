/** Ports, the connected board, its stream, and the one thing that only the simulated board can do. */
import { openTransport, SimulatedTransport } from '../../link';
import { ProjectError } from '../errors';
import type { Handlers, Session } from '../services';

type Names =
  | 'devices.list'
  | 'device.connect'
  | 'device.disconnect'
  | 'device.state'
  | 'device.stream'
  | 'device.stopStream'
  | 'device.simulate'
  | 'device.press'
  | 'device.rollback';

export function deviceHandlers(session: Session): Pick<Handlers, Names> {
  const { devices } = session;
  const simulated = (): SimulatedTransport => {
    const port = devices.state().port;
    const line = port?.simulated ? openTransport(port.path) : null;
    if (line instanceof SimulatedTransport) return line;
    throw new ProjectError(
      'device-cannot',
      'Only the simulated board can be told what to do.',
      'Move the real board, or press its button, instead.',
    );
  };
  return {
    'devices.list': () => devices.list(),
    'device.connect': async ({ path }) => {
      const state = await devices.connect(path);
      await session.tellProject();
      return state;
    },
    'device.disconnect': async () => {
      const state = await devices.disconnect();
      await session.tellProject();
      return state;
    },
    'device.state': () => Promise.resolve(devices.state()),
    'device.stream': ({ sensor, rateHz }) => devices.stream(sensor, rateHz),
    'device.stopStream': () => devices.stopStream(),
    'device.press': async ({ pressed }) => {
      await simulated().press(pressed);
      return { pressed };
    },
    'device.simulate': async ({ gesture }) => {
      const line = simulated();
      if (gesture !== '') await line.play(gesture);
      return { gestures: await line.gestures(session.project?.settings.task), playing: await line.playing() };
    },
    'device.rollback': async () => {
      await devices.need().device.rollback();
      await devices.refreshSlots();
      await session.tellProject();
      return devices.state();
    },
  };
}

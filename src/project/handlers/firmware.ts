/** The Dormouse sketch onto a board: the port is let go of first, and connected to again where it comes back. */
import { firmwarePlan, installFirmware } from '../../deploy';
import type { Handlers, Session } from '../services';

type Names = 'firmware.plan' | 'firmware.install' | 'firmware.cancel';

export function firmwareHandlers(session: Session): Pick<Handlers, Names> {
  return {
    'firmware.plan': (question) => firmwarePlan(question),
    'firmware.install': (question) =>
      session.exclusively('firmware', async (signal) => {
        const { devices } = session;
        const held = devices.state().port;
        const { port } = question;
        if (held && !held.simulated && (port === undefined || port === '' || port === held.path))
          await devices.disconnect();
        const report = await installFirmware(question, {
          signal,
          onProgress: (progress) => session.emit('firmware.progress', progress),
        });
        // A board that is not ready yet is no failure of the upload: its port stands in the list.
        if (report.port) await devices.connect(report.port).catch(() => undefined);
        await session.tellProject();
        return report;
      }),
    'firmware.cancel': () => Promise.resolve({ cancelled: session.cancel('firmware') }),
  };
}

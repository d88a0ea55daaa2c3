/** Held-out rows through the board that runs the model, one inference each; every answer that differs from the app's own is counted. */
import type { LongWork } from '../base';
import type { Device, DeviceInference } from '../link';
import { ProjectError } from './errors';

export function needDevice(device: Device | null): Device {
  if (device) return device;
  throw new ProjectError(
    'no-device',
    'No board is connected.',
    'Connect the board that runs this model, then test again.',
  );
}

export const testCancelled = (): ProjectError =>
  new ProjectError('cancelled', 'The test was cancelled.', 'Run it again when you like.');

export const otherModel = (): ProjectError =>
  new ProjectError(
    'device-cannot',
    'The board runs another model than this project.',
    'Flash this model to it, then test again.',
  );

export interface BoardTest {
  readonly mismatches: number;
  readonly microsPerInference: number;
}

/** `ask` has the board answer row number `row`; `same` keeps the answer and says whether it is the app's own. */
export async function testOnDevice(
  count: number,
  ask: (row: number) => Promise<DeviceInference>,
  same: (answer: DeviceInference, row: number) => boolean,
  work: LongWork,
): Promise<BoardTest> {
  let mismatches = 0;
  let micros = 0;
  for (let row = 0; row < count; row++) {
    if (work.signal?.aborted) throw testCancelled();
    const answer = await ask(row);
    micros += answer.dspMicros + answer.modelMicros;
    if (!same(answer, row)) mismatches++;
    work.onProgress?.({ step: 'Testing on the board', done: row + 1, total: count });
  }
  return { mismatches, microsPerInference: micros / count };
}

/**
 * Records a whole little dataset from the simulated board: several people, each gesture several times, over the same
 * link, recorder and dataset as real captures. Makes the example project and feeds `dormouse demo`.
 */
import { connectDevice, simulatedPort, SimulatedTransport } from '../link';
import type { LongWork } from '../base';
import type { CaptureSummary, Dataset } from '../dataset';
import { DeviceHub } from './hub';
import { Recorder } from './recording';

export interface TakesPlan {
  readonly persons: number;
  readonly takesEach: number;
  readonly seconds: number;
  readonly rateHz: number;
  /** How much faster than real time the simulated board runs. */
  readonly speed: number;
  readonly seed: number;
}

export async function recordSimulatedTakes(
  dataset: Dataset,
  plan: TakesPlan,
  work: LongWork = {},
): Promise<readonly CaptureSummary[]> {
  const transport = new SimulatedTransport('sim', { speed: plan.speed, seed: plan.seed });
  const device = await connectDevice(transport, simulatedPort);
  const saved: CaptureSummary[] = [];
  try {
    const hub = new DeviceHub(device);
    const stream = await hub.start(hub.sensorByKind('motion').id, plan.rateHz);
    const gestures = await transport.gestures();
    const total = plan.persons * gestures.length * plan.takesEach;
    for (let person = 1; person <= plan.persons; person++) {
      for (const gesture of gestures) {
        work.signal?.throwIfAborted();
        await transport.play(gesture, person);
        const recorder = new Recorder(hub, dataset, stream, 'simulated board');
        const takes = await recorder.run(
          {
            label: gesture,
            seconds: plan.seconds,
            count: plan.takesEach,
            countdownSeconds: 0,
            pauseSeconds: 0,
            person: `person ${person}`,
            session: 'example',
            // The last person is kept apart from the start: what the score shows is what a stranger would get.
            split: person === plan.persons ? 'testing' : 'training',
          },
          () => undefined,
        );
        saved.push(...takes);
        work.onProgress?.({ step: 'Recording from the simulated board', done: saved.length, total });
      }
    }
    await hub.stop();
  } finally {
    await device.close();
  }
  return saved;
}

/**
 * Records a whole little dataset from the simulated board: several people, each gesture several times, over the same
 * link, recorder and dataset as real captures. Makes the example project and feeds `dormouse demo`.
 */
import { connectDevice, simulatedPort, SimulatedTransport, type Simulation } from '../link';
import type { LongWork } from '../base';
import type { CaptureSummary, Dataset } from '../dataset';
import { ProjectError } from './errors';
import { DeviceHub } from './hub';
import { Recorder, type RecordingPlan } from './recording';

export interface TakesPlan {
  readonly persons: number;
  readonly takesEach: number;
  readonly seconds: number;
  readonly rateHz: number;
  readonly seed: number;
}

/** Seconds from the start of a try to the start of its recording: what is on its way from before has arrived by then. */
const lead = 0.2;

/** Moves the board's time and lets what it sends arrive, so that a recording is the same at every run and at any load. */
export async function passTime(world: Simulation, seconds: number): Promise<void> {
  for (let left = seconds; left > 0; left -= 0.05) {
    world.advance(Math.min(left, 0.05) * 1e6);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function takePlan(gesture: string, person: number, plan: TakesPlan): Omit<RecordingPlan, 'seconds'> {
  return {
    label: gesture,
    count: 1,
    countdownSeconds: 0,
    pauseSeconds: 0,
    person: `person ${person}`,
    session: 'example',
    // The last person is kept apart from the start: what the score shows is what a stranger would get.
    split: person === plan.persons ? 'testing' : 'training',
  };
}

export async function recordSimulatedTakes(
  dataset: Dataset,
  plan: TakesPlan,
  work: LongWork = {},
): Promise<readonly CaptureSummary[]> {
  const transport = new SimulatedTransport('sim', { seed: plan.seed });
  const device = await connectDevice(transport, simulatedPort);
  const saved: CaptureSummary[] = [];
  try {
    const hub = new DeviceHub(device);
    const stream = await hub.start(hub.sensorByKind('motion').id, plan.rateHz);
    const world = await transport.world();
    world.setSpeed(0);
    const gestures = await transport.gestures();
    const total = plan.persons * gestures.length * plan.takesEach;
    for (let person = 1; person <= plan.persons; person++) {
      for (const gesture of gestures) {
        for (let take = 0; take < plan.takesEach; take++) {
          if (work.signal?.aborted)
            throw new ProjectError(
              'cancelled',
              'Making the recordings was cancelled.',
              'Start it again when you like.',
            );
          await transport.play(gesture, person);
          await passTime(world, lead);
          const recorder = new Recorder(hub, dataset, stream, 'simulated board');
          const recorded = recorder.run({ ...takePlan(gesture, person, plan), seconds: plan.seconds }, () => undefined);
          await passTime(world, plan.seconds + lead);
          saved.push(...(await recorded));
          work.onProgress?.({ step: 'Recording from the simulated board', done: saved.length, total });
        }
      }
    }
    world.setSpeed(1);
    await hub.stop();
  } finally {
    await device.close();
  }
  return saved;
}

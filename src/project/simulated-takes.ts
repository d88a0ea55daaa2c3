/**
 * Records a whole little dataset from the simulated board: several people (or machines, or cameras), each label several
 * times, over the same link, recorder and dataset as real captures. Makes the example projects and feeds `dormouse demo`.
 */
import { connectDevice, simulatedPort, SimulatedTransport } from '../link';
import type { LongWork } from '../base';
import type { CaptureSummary, Dataset, Split } from '../dataset';
import type { Task } from './contract';
import { ProjectError } from './errors';
import { DeviceHub } from './hub';
import { Recorder, type RecordingPlan } from './recording';
import { recordPicture } from './simulated-pictures';
import { passTime, type Studio, type TakeNotes } from './simulated-studio';

export interface TakesPlan {
  /** What is recorded: gestures, words, things before the camera, a machine. Motion if left out. */
  readonly task?: Task;
  readonly persons: number;
  /** Of each label by each person. Pictures: so many pictures. */
  readonly takesEach: number;
  /** Of one take; pictures take none. */
  readonly seconds: number;
  readonly rateHz: number;
  readonly seed: number;
  /** Sound: each person's room is recorded for so long besides, in one piece labelled 'background'. */
  readonly backgroundSeconds?: number;
  /** Pictures: up to four things in each, said by boxes, `takesEach` of them by each person. */
  readonly scenes?: boolean;
}

/** Seconds from the start of a try to the start of its recording: what is on its way from before has arrived by then. */
const lead = 0.2;
const step = 'Recording from the simulated board';

const sensorKinds: Readonly<Record<Task, string>> = {
  motion: 'motion',
  audio: 'audio',
  image: 'camera',
  anomaly: 'motion',
};

/** One thing to do: somebody plays a label, and so many seconds of it are recorded. */
interface Turn {
  readonly label: string;
  readonly person: number;
  readonly seconds: number;
}

function turnsOf(labels: readonly string[], plan: TakesPlan): Turn[] {
  const turns: Turn[] = [];
  for (let person = 1; person <= plan.persons; person++) {
    for (const label of labels)
      for (let take = 0; take < plan.takesEach; take++) turns.push({ label, person, seconds: plan.seconds });
    if (plan.backgroundSeconds !== undefined && plan.backgroundSeconds > 0)
      turns.push({ label: 'background', person, seconds: plan.backgroundSeconds });
  }
  return turns;
}

/**
 * The last person is kept apart from the start: what the score shows is what a stranger would get. Of a machine only its
 * ordinary running teaches; everything else is there to test with.
 */
function splitOf({ label, person }: Turn, normal: string | undefined, plan: TakesPlan): Split {
  if (normal !== undefined && label !== normal) return 'testing';
  return person === plan.persons ? 'testing' : 'training';
}

export async function recordSimulatedTakes(
  dataset: Dataset,
  plan: TakesPlan,
  work: LongWork = {},
): Promise<readonly CaptureSummary[]> {
  const task = plan.task ?? 'motion';
  const transport = new SimulatedTransport('sim', { seed: plan.seed });
  // Before anything else: what passed on the computer's clock would be in the recordings.
  const world = await transport.world();
  world.setSpeed(0);
  const device = await connectDevice(transport, simulatedPort);
  const saved: CaptureSummary[] = [];
  try {
    const hub = new DeviceHub(device);
    const stream = await hub.start(hub.sensorByKind(sensorKinds[task]).id, plan.rateHz);
    const labels = await transport.gestures(task);
    const turns = turnsOf(plan.scenes ? ['scene'] : labels, plan);
    const normal = task === 'anomaly' ? labels[0] : undefined;
    for (const turn of turns) {
      if (work.signal?.aborted)
        throw new ProjectError('cancelled', 'Making the recordings was cancelled.', 'Start it again when you like.');
      const notes = { person: `person ${turn.person}`, session: 'example', split: splitOf(turn, normal, plan) };
      if (plan.scenes) world.player.showScene(turn.person);
      else await transport.play(turn.label, turn.person);
      if (task === 'image') saved.push(await recordPicture({ world, hub, dataset, stream }, turn.label, notes));
      else saved.push(...(await recordTake({ world, hub, dataset, stream }, turn, notes)));
      work.onProgress?.({ step, done: saved.length, total: turns.length });
    }
    await hub.stop();
  } finally {
    await device.close();
  }
  return saved;
}

async function recordTake(studio: Studio, turn: Turn, notes: TakeNotes): Promise<readonly CaptureSummary[]> {
  const { world, hub, dataset, stream } = studio;
  await passTime(world, lead);
  const plan: RecordingPlan = {
    ...notes,
    label: turn.label,
    seconds: turn.seconds,
    count: 1,
    countdownSeconds: 0,
    pauseSeconds: 0,
  };
  const recorded = new Recorder(hub, dataset, stream, 'simulated board').run(plan, () => undefined);
  await passTime(world, turn.seconds + lead);
  return recorded;
}

/** demo: the whole main job on the simulated board, start to finish, printing what it measured. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { connectDevice, simulatedPort, SimulatedTransport } from '../../link';
import {
  deployProject,
  fitProject,
  makeExample,
  testProject,
  trainProject,
  type Task,
  type TrainReport,
} from '../../project';
import { Context, oneOf, whole } from '../context';
import { bytes, percent } from '../output';
import { recogniseLive } from './demo-live';
import { withoutRows } from './train';

interface DemoOptions {
  readonly task: string;
  readonly seed: string;
  readonly keep?: string;
}

/** What the demo of a task says while it works. */
interface Story {
  readonly project: string;
  readonly recordings: string;
  /** Whom the recordings are of, and what one more of them is called. */
  readonly who: string;
  readonly one: string;
}

const people = { who: 'people', one: 'person' };
const stories: Readonly<Record<Task, Story>> = {
  motion: { ...people, project: 'Demo gestures', recordings: 'recordings of six simulated people' },
  audio: { ...people, project: 'Demo words', recordings: 'words and rooms of six simulated people' },
  image: {
    who: 'places',
    one: 'place',
    project: 'Demo pictures',
    recordings: 'drawn objects in twelve simulated places',
  },
  anomaly: { who: 'fans', one: 'fan', project: 'Demo machine', recordings: 'the running of six simulated fans' },
};
const tasks = Object.keys(stories) as Task[];

async function demo(context: Context, options: DemoOptions): Promise<void> {
  const task = oneOf(options.task, '--task', tasks);
  const seed = whole(options.seed, '--seed', 0, 4294967295);
  context.catchInterrupt();
  if (options.keep !== undefined) return runIn(options.keep, context, task, seed);
  const folder = await mkdtemp(join(tmpdir(), 'dormouse-demo-'));
  try {
    await runIn(join(folder, 'demo'), context, task, seed);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** How good the model became, of which size. */
function quality({ float, int8, testingRows, tfliteBytes, parameters }: TrainReport, { one }: Story): string[] {
  const network = `model           ${bytes(tfliteBytes)} .tflite, ${parameters} parameters`;
  const unseen = `windows of a ${one} it has not seen`;
  const anomaly = int8?.anomaly;
  if (!anomaly)
    return [
      `accuracy        float ${percent(float?.accuracy ?? NaN)}, int8 ${percent(int8?.accuracy ?? NaN)} on ${testingRows} ${unseen}`,
      network,
    ];
  return [
    `anomalies       ${percent(anomaly.caught)} of the unusual and ${percent(anomaly.falseAlarms)} of the normal windows called unusual, of ${testingRows} (area under the curve ${anomaly.auc.toFixed(3)})`,
    tfliteBytes > 0 ? network : `model           ${anomaly.kind === 'kmeans' ? 'clusters' : 'a mixture'}, no network`,
  ];
}

async function runIn(folder: string, context: Context, task: Task, seed: number): Promise<void> {
  const begun = performance.now();
  const { output } = context;
  const story = stories[task];
  output.say(`A project, and ${story.recordings} from the simulated board`);
  const work = { signal: context.signal, onProgress: output.progress };
  const project = await makeExample(folder, { name: story.project, task, seed }, work);
  try {
    output.say(`Training on ${project.dataset.count} captures; the last ${story.one} is held out`);
    const model = await trainProject(project, { signal: context.signal, settings: { seed } });
    const fit = await fitProject(project, 'nano33ble-sense');
    output.say('Flashing to the simulated board');
    const transport = new SimulatedTransport('sim', { seed: seed + 1 });
    const device = await connectDevice(transport, simulatedPort);
    try {
      const deployed = await deployProject(project, device, { signal: context.signal });
      output.say('Running every held-out window on the board');
      const board = await testProject(project, 'device', device, {
        signal: context.signal,
        onProgress: output.progress,
      });
      output.say(`Recognising a new ${story.one} live`);
      const live = await recogniseLive(transport, device, project, context.signal);
      const seconds = (performance.now() - begun) / 1000;
      const report = model.report;
      output.result(
        {
          captures: project.dataset.count,
          train: withoutRows(report),
          fit,
          deploy: deployed,
          device: { windows: board.count, accuracy: board.accuracy, mismatches: board.mismatches },
          live,
          seconds,
        },
        [
          `captures        ${project.dataset.count} from ${project.dataset.summary().persons.length} ${story.who}`,
          `training        ${report.trainSeconds.toFixed(2)} s, features ${report.featureSeconds.toFixed(2)} s (${report.engine})`,
          ...quality(report, story),
          `on ${fit.boardName}: RAM ${bytes(fit.ram.used)} of ${bytes(fit.ram.available)}, flash ${bytes(fit.flash.used)} of ${bytes(fit.flash.available)}, ${fit.latency.dspMs.toFixed(2)} ms features, ${fit.latency.modelMs.toFixed(2)} ms model (${fit.latency.basis})`,
          `flashed         ${bytes(deployed.bytes)} in ${deployed.seconds.toFixed(2)} s, ${deployed.goldenVectors} golden vectors passed`,
          `board = app     ${board.count - board.mismatches} of ${board.count} held-out windows bit for bit`,
          ...live.map((entry) => `live            ${entry.gesture}: ${entry.right} of ${entry.results} results right`),
          `all of it       ${seconds.toFixed(1)} s`,
        ],
      );
    } finally {
      await device.close();
    }
  } finally {
    await project.close();
  }
}

export function addDemo(root: Command): void {
  root
    .command('demo')
    .description('the whole main job on the simulated board, start to finish')
    .option('--task <task>', tasks.join(' or '), 'motion')
    .option('--seed <n>', 'of the simulated people and of the training', '1')
    .option('--keep <dir>', 'keep the project there')
    .action((options: DemoOptions, command: Command) => demo(Context.of(command), options));
}

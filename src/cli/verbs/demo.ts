/** demo: the whole main job on the simulated board, start to finish, printing what it measured. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { connectDevice, simulatedPort, SimulatedTransport, type Device } from '../../link';
import { startLive, type LiveResult } from '../../live';
import {
  deployProject,
  fitProject,
  liveModelOf,
  makeExample,
  passTime,
  ProjectError,
  testProject,
  trainProject,
  type Project,
} from '../../project';
import { Context, oneOf, whole } from '../context';
import { bytes, percent } from '../output';
import { withoutRows } from './train';

interface DemoOptions {
  readonly task: string;
  readonly seed: string;
  readonly keep?: string;
}

const secondsEach = 6;

/** Plays one gesture after the other on the board that runs the model, and counts how many it names. */
async function recogniseLive(transport: SimulatedTransport, device: Device, project: Project, signal: AbortSignal) {
  const model = await project.needTrained();
  const labels = model.report.labels;
  const windowSeconds = model.resolved.shape.frames / model.resolved.shape.rateHz;
  const results: LiveResult[] = [];
  const live = await startLive(device, liveModelOf(project.settings, model), (result) => results.push(result));
  // The first windows after a change still hold the gesture before: count from one whole window (and the smoothing) later.
  const settle = windowSeconds + (project.settings.live.smoothing * live.info.strideMicros) / 1e6;
  const world = await transport.world();
  world.setSpeed(0);
  const heard: { gesture: string; results: number; right: number }[] = [];
  for (const gesture of labels) {
    const from = (results.at(-1)?.seconds ?? 0) + settle;
    const until = from + secondsEach;
    await transport.play(gesture, 'somebody new');
    await passTime(world, settle + secondsEach);
    if (signal.aborted) throw new ProjectError('cancelled', 'The demo was cancelled.', 'Start it again when you like.');
    const counted = results.filter((result) => result.seconds > from && result.seconds <= until);
    heard.push({
      gesture,
      results: counted.length,
      right: counted.filter((result) => result.label === gesture).length,
    });
  }
  world.setSpeed(1);
  await live.stop();
  return heard;
}

async function demo(context: Context, options: DemoOptions): Promise<void> {
  oneOf(options.task, '--task', ['motion'] as const);
  const seed = whole(options.seed, '--seed', 0, 4294967295);
  context.catchInterrupt();
  if (options.keep !== undefined) return runIn(options.keep, context, seed);
  const folder = await mkdtemp(join(tmpdir(), 'dormouse-demo-'));
  try {
    await runIn(join(folder, 'demo'), context, seed);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function runIn(folder: string, context: Context, seed: number): Promise<void> {
  const begun = performance.now();
  const { output } = context;
  output.say('A project, and recordings of six simulated people from the simulated board');
  const work = { signal: context.signal, onProgress: output.progress };
  const project = await makeExample(folder, { name: 'Demo gestures', seed }, work);
  try {
    output.say(`Training on ${project.dataset.count} captures; the last person is held out`);
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
      output.say('Recognising a new person live');
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
          `captures        ${project.dataset.count} from ${project.dataset.summary().persons.length} people`,
          `training        ${report.trainSeconds.toFixed(2)} s, features ${report.featureSeconds.toFixed(2)} s (${report.engine})`,
          `accuracy        float ${percent(report.float?.accuracy ?? NaN)}, int8 ${percent(report.int8?.accuracy ?? NaN)} on ${report.testingRows} windows of a person it has not seen`,
          `model           ${bytes(report.tfliteBytes)} .tflite, ${report.parameters} parameters`,
          `on ${fit.boardName}: RAM ${bytes(fit.ram.used)} of ${bytes(fit.ram.available)}, flash ${bytes(fit.flash.used)} of ${bytes(fit.flash.available)}, ${fit.latency.modelMs.toFixed(2)} ms (${fit.latency.basis})`,
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
    .option('--task <task>', 'motion', 'motion')
    .option('--seed <n>', 'of the simulated people and of the training', '1')
    .option('--keep <dir>', 'keep the project there')
    .action((options: DemoOptions, command: Command) => demo(Context.of(command), options));
}

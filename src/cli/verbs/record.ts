/** devices, sim, new, record. */
import type { Command } from 'commander';
import { listPorts, startSimulatedPty } from '../../link';
import { DeviceHub, Project, Recorder, needBoard } from '../../project';
import { Context, number, oneOf, whole } from '../context';
import { table } from '../output';

async function devices(context: Context, options: { probe: boolean }): Promise<void> {
  const ports = await listPorts();
  const found = [];
  for (const port of ports) {
    // Asking a port what it is resets some boards, so only on request; the simulated board may always be asked.
    const info =
      options.probe || port.simulated
        ? await context.withDevice(port.path, (device) => Promise.resolve(device.info)).catch(() => null)
        : null;
    found.push({ ...port, info });
  }
  const lines = table([
    ['PORT', 'WHAT', 'BOARD', 'FIRMWARE', 'MODEL'],
    ...found.map(({ path, title, boardId, info, bootloader }) => [
      path,
      title,
      info?.board ?? boardId,
      bootloader ? 'bootloader' : (info?.firmware ?? 'unknown'),
      info?.slots.find((slot) => slot.state === 'active')?.name ?? 'none',
    ]),
  ]);
  context.output.result(found, lines);
}

async function sim(
  context: Context,
  options: { pty: string; board: string; play?: string; speed: string },
): Promise<void> {
  needBoard(options.board);
  context.catchInterrupt();
  const pty = await startSimulatedPty({
    path: options.pty,
    board: options.board,
    ...(options.play === undefined ? {} : { play: options.play }),
    speed: number(options.speed, '--speed', 0.01, 1000),
  });
  context.output.line(
    { path: pty.path, board: options.board },
    `A simulated ${options.board} board is at ${pty.path}; Ctrl-C ends it.`,
  );
  try {
    await context.waitSeconds(0);
  } finally {
    await pty.close();
  }
}

async function create(context: Context, folder: string, options: { task: string; name?: string }): Promise<void> {
  const task = oneOf(options.task, '--task', ['motion', 'audio', 'image', 'anomaly'] as const);
  const project = await Project.create(folder, { task, ...(options.name === undefined ? {} : { name: options.name }) });
  await project.close();
  context.output.result({ folder: project.folder, name: project.settings.name, task }, [
    `Made the ${task} project "${project.settings.name}" in ${project.folder}.`,
  ]);
}

interface RecordOptions {
  readonly port: string;
  readonly sensor: string;
  readonly label: string;
  readonly seconds: string;
  readonly count: string;
  readonly rate?: string;
  readonly countdown: string;
  readonly pause: string;
  readonly person?: string;
  readonly session?: string;
  readonly split?: string;
  readonly follow: boolean;
}

const sensorKinds: Readonly<Record<string, string>> = { imu: 'motion', microphone: 'audio', mic: 'audio' };

async function record(context: Context, options: RecordOptions): Promise<void> {
  const plan = {
    label: options.label,
    seconds: number(options.seconds, '--seconds', 0.05, 600),
    count: whole(options.count, '--count', 1, 1000),
    countdownSeconds: number(options.countdown, '--countdown', 0, 10),
    pauseSeconds: number(options.pause, '--pause', 0, 60),
    person: options.person,
    session: options.session,
    split: options.split === undefined ? undefined : oneOf(options.split, '--split', ['training', 'testing'] as const),
  };
  const rate = options.rate === undefined ? undefined : number(options.rate, '--rate', 0.1, 100_000);
  context.catchInterrupt();
  await context.withProject((project) =>
    context.withDevice(options.port, async (device) => {
      const hub = new DeviceHub(device);
      const stream = await hub.start(hub.sensorByKind(sensorKinds[options.sensor] ?? options.sensor).id, rate);
      const recorder = new Recorder(hub, project.dataset, stream, device.info.board || device.port.title);
      context.onInterrupt(() => recorder.finish(false));
      const saved = await recorder.run(plan, (progress) => {
        context.output.progress({
          step: `${progress.phase} "${plan.label}" ${progress.index}/${progress.count}`,
          done: 0,
          total: 0,
        });
        if (options.follow && progress.saved) context.output.line(progress.saved, progress.saved.id);
      });
      await hub.stop();
      const health = device.health();
      if (!options.follow)
        context.output.result({ saved, health }, [
          `Recorded ${saved.length} of ${plan.count} "${plan.label}" (${stream.sensor.name}, ${stream.rateHz} Hz, ${health.lost} frames lost).`,
        ]);
    }),
  );
}

export function addRecordVerbs(root: Command): void {
  root
    .command('devices')
    .description('ports, boards, firmware, model')
    .option('--probe', 'ask every port what it is (resets some boards)', false)
    .action((options: { probe: boolean }, command: Command) => devices(Context.of(command), options));
  root
    .command('sim')
    .description('a simulated board on a pseudo-terminal')
    .requiredOption('--pty <path>', 'where the pseudo-terminal appears')
    .option('--board <id>', 'which board it plays', 'sim')
    .option('--play <dir>', 'sensor recordings to play')
    .option('--speed <times>', 'faster than real time', '1')
    .action((options: { pty: string; board: string; play?: string; speed: string }, command: Command) =>
      sim(Context.of(command), options),
    );
  root
    .command('new')
    .argument('<dir>')
    .description('a project with sensible defaults')
    .requiredOption('--task <task>', 'motion, audio, image or anomaly')
    .option('--name <name>')
    .action((folder: string, options: { task: string; name?: string }, command: Command) =>
      create(Context.of(command), folder, options),
    );
  root
    .command('record')
    .description('captures from a board')
    .requiredOption('--port <port>', 'a port, or "sim"')
    .requiredOption('--label <label>')
    .option('--sensor <sensor>', 'imu or microphone', 'imu')
    .option('--seconds <n>', 'length of each', '2')
    .option('--count <n>', 'how many', '1')
    .option('--rate <hz>')
    .option('--countdown <seconds>', 'before the first', '0')
    .option('--pause <seconds>', 'between two', '0.5')
    .option('--person <name>')
    .option('--session <name>')
    .option('--split <split>', 'training or testing')
    .option('--follow', 'one line for each capture as it is saved', false)
    .action((options: RecordOptions, command: Command) => record(Context.of(command), options));
}

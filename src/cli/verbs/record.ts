/** devices, sim, new; record is in capture.ts. */
import type { Command } from 'commander';
import { listPorts, startSimulatedPty } from '../../link';
import { Project, needBoard } from '../../project';
import { Context, number, oneOf } from '../context';
import { table } from '../output';
import { addRecord } from './capture';

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
  addRecord(root);
}

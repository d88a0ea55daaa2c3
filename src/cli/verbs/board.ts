/** deploy, live: what happens on a board. */
import type { Command } from 'commander';
import type { Device } from '../../link';
import { startLive } from '../../live';
import { deployProject, liveModelOf, ProjectError } from '../../project';
import { Context, number } from '../context';
import { bytes } from '../output';

async function deploy(context: Context, options: { port: string }): Promise<void> {
  context.catchInterrupt();
  await context.withProject(
    (project) =>
      context.withDevice(options.port, async (device) => {
        const report = await deployProject(project, device, {
          signal: context.signal,
          onDeploy: ({ phase, bytes: done, total }) => context.output.progress({ step: phase, done, total }),
        });
        context.output.result(report, [
          `Flashed ${bytes(report.bytes)} to slot ${report.slot} in ${report.seconds.toFixed(2)} s; ${report.goldenVectors} golden vectors passed on the board (${report.selfTestMicros} µs).`,
        ]);
      }),
    true,
  );
}

const gone = (device: Device, reason: string) =>
  new ProjectError(
    'no-device',
    `The connection to ${device.port.path} was lost: ${reason}.`,
    'Plug the board in, then start again.',
  );

async function live(context: Context, options: { port: string; seconds: string }): Promise<void> {
  const seconds = number(options.seconds, '--seconds', 0, 1e6);
  context.catchInterrupt();
  await context.withProject(
    (project) =>
      context.withDevice(options.port, async (device) => {
        const model = await project.needTrained();
        const nothing = model.report.settings.head === 'oneVsRest' ? 'none of these' : '-';
        const session = await startLive(device, liveModelOf(project.settings, model), (result) => {
          const scores = result.scores
            .map((score, i) => `${model.report.labels[i]} ${(score * 100).toFixed(0)} %`)
            .join('  ');
          context.output.line(
            result,
            `${result.seconds.toFixed(2).padStart(8)} s  ${(result.label || nothing).padEnd(12)}  ${scores}`,
          );
        });
        const lost = new Promise<never>((_, reject) => {
          device.onLost((reason) => reject(gone(device, reason)));
        });
        await context.waitSeconds(seconds, lost);
        await session.stop();
      }),
    true,
  );
}

export function addBoardVerbs(root: Command): void {
  root
    .command('deploy')
    .description('flash the model, verify it on the board, start it')
    .requiredOption('--port <port>', 'a port, or "sim"')
    .action((options: { port: string }, command: Command) => deploy(Context.of(command), options));
  root
    .command('live')
    .description('results from the board')
    .requiredOption('--port <port>', 'a port, or "sim"')
    .option('--seconds <n>', '0 = until Ctrl-C', '0')
    .action((options: { port: string; seconds: string }, command: Command) => live(Context.of(command), options));
}

/** firmware: the Dormouse sketch onto a board. */
import type { Command } from 'commander';
import { firmwarePlan, installFirmware } from '../../deploy';
import { Context, whole } from '../context';

interface Options {
  readonly board: string;
  readonly port: string;
  readonly file: string;
  readonly offset: string;
  readonly steps: boolean;
}

async function firmware(context: Context, options: Options): Promise<void> {
  context.catchInterrupt();
  const question = {
    board: options.board,
    port: options.port,
    file: options.file,
    offset: whole(options.offset, '--offset', 0, 2 ** 31),
  };
  const plan = await firmwarePlan(question);
  if (options.steps || plan.way === 'steps') {
    context.output.result(plan, [
      `How to put the Dormouse sketch on ${plan.name}:`,
      ...plan.steps.map((step, i) => `${i + 1}. ${step}`),
      ...(plan.commands.length > 0 ? ['In a terminal:', ...plan.commands.map((command) => `  ${command}`)] : []),
    ]);
    return;
  }
  const report = await installFirmware(question, {
    signal: context.signal,
    onProgress: ({ phase, fraction, detail }) =>
      context.output.progress({
        step: detail ? `${phase}: ${detail.slice(0, 60)}` : phase,
        done: fraction === null ? 0 : Math.round(fraction * 100),
        total: fraction === null ? 0 : 100,
      }),
  });
  context.output.result(report, [
    report.port
      ? `The sketch is on ${plan.name}, which is back at ${report.port}, after ${report.seconds.toFixed(1)} s.`
      : `The sketch is on ${plan.name}; its port has not come back yet: unplug it and plug it in again.`,
  ]);
}

export function addFirmwareVerb(root: Command): void {
  root
    .command('firmware')
    .description('put the Dormouse sketch on a board, or show the steps')
    .option('--board <id>', 'as in "dormouse devices"; the one that is plugged in, if there is one', '')
    .option('--port <port>', 'where there is more than one such board', '')
    .option('--file <path>', 'copy this .uf2 (or .bin) to the board’s drive, or write this .merged.bin to an ESP32', '')
    .option('--offset <address>', 'where an ESP32’s file goes, if it is not a merged one', '0')
    .option('--steps', 'only show how it is done', false)
    .action((options: Options, command: Command) => firmware(Context.of(command), options));
}

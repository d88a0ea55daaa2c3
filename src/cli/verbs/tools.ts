/** infer, features: the core on files. */
import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { replaceFile } from '../../base';
import { plannedTflite, readTflite } from '../../compress';
import { loadCore, type CoreModel } from '../../core';
import { readCaptures } from '../../dataset';
import { featuresAt, resolveImpulse, windowStarts } from '../../impulse';
import { ProjectError, soundRateOf } from '../../project';
import { Context } from '../context';

async function readInput(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new ProjectError('storage', `${path} cannot be read.`, 'Check the name and that you may read it.', cause);
  }
}

/** The whole file or none of it. */
async function writeOutput(path: string, bytes: Uint8Array): Promise<void> {
  try {
    await replaceFile(path, bytes);
  } catch (cause) {
    throw new ProjectError(
      'storage',
      `${path} cannot be written.`,
      'Check that its folder exists, that you may write there, and that the disk has room.',
      cause,
    );
  }
}

/** Cuts the input file into the model's input tensors, one behind the other. */
function inputsOf(model: CoreModel, bytes: Uint8Array): Uint8Array[] {
  const wanted = model.inputs.reduce((sum, tensor) => sum + tensor.bytes, 0);
  if (bytes.length !== wanted)
    throw new ProjectError(
      'bad-argument',
      `The input has ${bytes.length} bytes, the model takes ${wanted} (${model.inputs.map((tensor) => `${tensor.name} ${tensor.type}[${tensor.shape.join('x')}]`).join(', ')}).`,
      'Give the raw bytes of the input tensors, one behind the other, little-endian.',
    );
  let at = 0;
  return model.inputs.map((tensor) => bytes.subarray(at, (at += tensor.bytes)));
}

async function infer(context: Context, path: string, options: { in: string; out: string }): Promise<void> {
  const core = await loadCore();
  const file = await readInput(path);
  readTflite(file);
  // As it would lie in a board's memory.
  const model = core.openModel(plannedTflite(core, file));
  try {
    const outputs = model.invoke(inputsOf(model, await readInput(options.in)));
    await writeOutput(options.out, Buffer.concat(outputs));
    const { inputs, arenaBytes, persistentBytes, operators } = model;
    context.output.result(
      { inputs, outputs: model.outputs, operators, arenaBytes, persistentBytes, out: options.out },
      [
        `Wrote ${model.outputs.map((tensor) => `${tensor.name} ${tensor.type}[${tensor.shape.join('x')}]`).join(', ')} to ${options.out}; the arena took ${arenaBytes} bytes.`,
      ],
    );
  } finally {
    model.close();
  }
}

async function features(context: Context, options: { in: string; out?: string }): Promise<void> {
  await context.withProject(async (project) => {
    const core = await loadCore();
    const captures = await readCaptures(options.in, { soundRateHz: soundRateOf(project.settings.task) });
    const known = project.dataset.list({}, 0, Number.MAX_SAFE_INTEGER).items;
    const trained = await project.trained();
    // What the model computes, as long as nothing changed since it was trained; else what a training would compute now.
    const resolved =
      trained && trained.fingerprint === project.fingerprint()
        ? trained.resolved
        : resolveImpulse(
            project.settings.impulse,
            known.length > 0 ? known : captures.map((capture) => capture.summary),
            core,
          );
    const rows = captures.flatMap(({ capture }) =>
      windowStarts(capture, resolved).map((start) => featuresAt(core, capture, start, resolved)),
    );
    const all = new Uint8Array(
      Buffer.concat(rows.map((row) => new Uint8Array(row.buffer, row.byteOffset, row.byteLength))),
    );
    if (options.out !== undefined) {
      await writeOutput(options.out, all);
      context.output.result({ windows: rows.length, features: resolved.featureCount, out: options.out }, [
        `Wrote ${rows.length} windows of ${resolved.featureCount} features (float32) to ${options.out}.`,
      ]);
    } else if (context.output.json) {
      context.output.result({ windows: rows.length, features: resolved.featureCount, values: rows }, []);
    } else {
      // Not by writeSync: a pipe that is full would make it fail.
      await new Promise<void>((resolve) => process.stdout.write(all, () => resolve()));
    }
  }, true);
}

export function addToolVerbs(root: Command): void {
  root
    .command('infer')
    .argument('<model.tflite>')
    .description('any .tflite through the core: raw input tensor(s) in, raw output tensor(s) out')
    .requiredOption('--in <file>')
    .requiredOption('--out <file>')
    .action((path: string, options: { in: string; out: string }, command: Command) =>
      infer(Context.of(command), path, options),
    );
  root
    .command('features')
    .description("a capture through the project's DSP block, float32")
    .requiredOption('--in <file>', 'a capture in any format that import takes')
    .option('--out <file>', 'default: stdout')
    .action((options: { in: string; out?: string }, command: Command) => features(Context.of(command), options));
}

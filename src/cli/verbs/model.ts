/** impulse, test, fit, export. */
import type { Command } from 'commander';
import { dspKinds, type DspKind } from '../../core';
import {
  changeImpulse,
  exportModel,
  fitProject,
  impulseState,
  modelFormats,
  replayProject,
  type ReplayReport,
  testCompression,
  testProject,
  type CompressionReport,
  type CompressionVariant,
  type EventScore,
  type Proposal,
  type RequestOutput,
  type ScoreReport,
  type TrainSettings,
} from '../../project';
import { Context, UsageError, number, oneOf } from '../context';
import { bytes, percent, table } from '../output';
import { modelNames, scoreLine, sizeNames } from './train';

function impulseLines(state: RequestOutput<'impulse.get'>): string[] {
  const { settings, resolved } = state;
  const lines = [
    `window-ms   ${settings.windowMs === 0 ? 'auto' : settings.windowMs}`,
    `stride-ms   ${settings.strideMs === 0 ? 'auto' : settings.strideMs}`,
    `rate-hz     ${settings.rateHz === 0 ? 'auto' : settings.rateHz}`,
    `axes        ${settings.axes.length === 0 ? 'all in common' : settings.axes.join(',')}`,
    `dsp         ${settings.dsp.kind}`,
    ...state.parameters.map(
      (parameter) => `  ${parameter.name}  ${settings.dsp.params[parameter.name] ?? parameter.default}`,
    ),
  ];
  if (resolved)
    lines.push(
      `so: ${resolved.shape.frames} frames of ${resolved.shape.axes} axes at ${resolved.shape.rateHz} Hz, every ${resolved.strideFrames} frames, ${resolved.featureCount} features`,
    );
  if (state.problem) lines.push(state.problem);
  return lines;
}

/** `key=value` pairs into parts of the settings; what is no setting is taken for a parameter of the DSP block. */
function parseSettings(pairs: readonly string[], kind: DspKind) {
  const part: { windowMs?: number; strideMs?: number; rateHz?: number; axes?: string[] } = {};
  const params: Record<string, number> = {};
  let dspKind = kind;
  for (const pair of pairs) {
    const at = pair.indexOf('=');
    if (at < 1) throw new UsageError(`--set takes key=value, not "${pair}".`);
    const key = pair.slice(0, at);
    const text = pair.slice(at + 1);
    const time = text === 'auto' ? '0' : text;
    if (key === 'window-ms') part.windowMs = number(time, key, 0, 60_000);
    else if (key === 'stride-ms') part.strideMs = number(time, key, 0, 60_000);
    else if (key === 'rate-hz') part.rateHz = number(time, key, 0, 100_000);
    else if (key === 'axes')
      part.axes = text === '' || text === 'all' ? [] : text.split(',').map((name) => name.trim());
    else if (key === 'dsp') dspKind = oneOf(text, key, dspKinds);
    else if (trainingKeys.has(key)) continue;
    else params[key] = number(text, key, -1e9, 1e9);
  }
  return { ...part, dsp: { kind: dspKind, params } };
}

const trainingKeys = new Set(['model', 'size']);

function parseModel(pairs: readonly string[]): Partial<Pick<TrainSettings, 'model' | 'size'>> {
  let part: ReturnType<typeof parseModel> = {};
  for (const pair of pairs) {
    const [key, value] = pair.split('=');
    if (key === 'model') part = { ...part, model: oneOf(value, key, modelNames) };
    if (key === 'size') part = { ...part, size: oneOf(value, key, sizeNames) };
  }
  return part;
}

async function impulse(context: Context, options: { set: string[] }): Promise<void> {
  await context.withProject(async (project) => {
    if (options.set.length > 0) {
      // All is read before anything is changed: a mistake in one setting must not leave the others half done.
      const model = parseModel(options.set);
      await changeImpulse(project, parseSettings(options.set, project.settings.impulse.dsp.kind));
      await project.change(({ training }) => ({ training: { ...training, ...model } }));
    }
    const state = await impulseState(project);
    const { model, size } = project.settings.training;
    context.output.result({ ...state, model, size }, [
      ...impulseLines(state),
      `model       ${model}`,
      `size        ${size}`,
    ]);
  }, options.set.length === 0);
}

function confusionLines(report: ScoreReport): string[] {
  return [
    ...table([
      ['', ...report.labels.map((label) => `-> ${label}`), 'precision', 'recall', 'F1'],
      ...report.labels.map((label, truth) => [
        label,
        ...report.confusion[truth].map(String),
        ...[report.perLabel[truth].precision, report.perLabel[truth].recall, report.perLabel[truth].f1].map((value) =>
          value.toFixed(3),
        ),
      ]),
    ]),
    scoreLine(report),
  ];
}

const variantNames: Readonly<Record<CompressionVariant['id'], string>> = {
  float: 'float',
  int8: 'int8',
  pruned: 'pruned',
  prunedInt8: 'pruned int8',
  aware: 'int8 aware',
};

/** One column for each form of the model; the one that goes on the board is marked. */
function compressionLines({ count, labels, variants }: CompressionReport): string[] {
  const line = (name: string, show: (variant: CompressionVariant) => string) => [name, ...variants.map(show)];
  const worst = variants.find(({ used }) => used)?.worst;
  return [
    ...table([
      line(`on ${count} held-out windows`, ({ id, used }) => `${variantNames[id]}${used ? ' *' : ''}`),
      line('accuracy', ({ accuracy }) => percent(accuracy)),
      line('F1, mean of labels', ({ macroF1 }) => macroF1.toFixed(3)),
      ...labels.map((label, i) => line(`F1 of ${label}`, ({ perLabel }) => perLabel[i].f1.toFixed(3))),
      line('answers changed', ({ flipped }) => String(flipped.length)),
      line('.tflite', (variant) => bytes(variant.bytes)),
      line('deflated', ({ deflatedBytes }) => bytes(deflatedBytes)),
      line('arena', ({ arenaBytes }) => (arenaBytes === null ? '-' : bytes(arenaBytes))),
      line('multiply-accumulates', ({ macs }) => String(macs)),
      line('weights at zero', ({ zeroShare }) => percent(zeroShare)),
      line('noisiest layer', (variant) => (variant.worst ? `${variant.worst.snrDb.toFixed(1)} dB` : '-')),
    ]),
    '* goes on the board',
    ...(worst
      ? [
          `Rounding is loudest in ${worst.name} (${worst.operator}): the signal is ${worst.snrDb.toFixed(1)} dB above it.`,
        ]
      : []),
  ];
}

interface TestOptions {
  readonly engine: string;
  readonly port?: string;
  readonly continuous?: boolean;
  readonly falseAlarmsPerHour?: string;
}

/** What the board took, and the layers that took most of it. */
function timeLines({ measured }: ScoreReport): string[] {
  if (!measured) return [];
  const { dspMicros, modelMicros, layers } = measured;
  const slowest = layers.map((layer, i) => ({ ...layer, i })).sort((a, b) => b.micros - a.micros);
  return [
    `Measured on the board: features ${dspMicros.toFixed(0)} µs, model ${modelMicros.toFixed(0)} µs.`,
    ...slowest.slice(0, 10).map(({ operator, micros, i }) => `  ${micros.toFixed(0).padStart(8)} µs  ${i} ${operator}`),
  ];
}

async function test(context: Context, options: { engine: string; port?: string }): Promise<void> {
  const engine = oneOf(options.engine, '--engine', ['float', 'int8', 'device'] as const);
  if (engine === 'device' && options.port === undefined) throw new UsageError('--engine device needs --port.');
  context.catchInterrupt();
  await context.withProject(async (project) => {
    const work = { signal: context.signal, onProgress: context.output.progress };
    const report =
      engine === 'device' && options.port !== undefined
        ? await context.withDevice(options.port, (device) => testProject(project, engine, device, work))
        : await testProject(project, engine, null, work);
    const extra =
      engine === 'device'
        ? [
            `${report.mismatches === 0 ? 'Every answer equals' : `${report.mismatches} answers differ from`} the app's, bit for bit; ${report.microsPerInference.toFixed(0)} µs per inference on the board.`,
            ...(report.sensed
              ? [`${report.sensed} of ${report.count} windows were sent as the sensor gives them.`]
              : []),
            ...timeLines(report),
          ]
        : [];
    const compression = await testCompression(project, work);
    context.output.result({ ...report, compression }, [
      ...confusionLines(report),
      ...extra,
      '',
      ...compressionLines(compression),
    ]);
  }, true);
}

/** "0.7 false alarms and 3 misses an hour (12 of 15 told)". */
function ratesOf({ falseAlarmsPerHour, missesPerHour, detections, misses }: EventScore): string {
  return `${falseAlarmsPerHour.toFixed(1)} false alarms and ${missesPerHour.toFixed(1)} misses an hour (${detections} of ${detections + misses} told)`;
}

function settingsOf({ settings, score }: Proposal, labels: readonly string[]): string {
  const { threshold, thresholds, smoothing, suppress = 0 } = settings;
  const limits = thresholds ? thresholds.map((one, i) => `${labels[i]} ${one}`).join(', ') : String(threshold);
  return `threshold ${limits}; smoothing ${smoothing}; suppression ${suppress}: ${ratesOf(score)}`;
}

/** What is promised on the recording that the settings were chosen on is too good; halves say how much. */
function heldOutLines({ halves, proposal, wishedPerHour }: ReplayReport): string[] {
  if (halves === null)
    return ['Too short to be halved: these figures are of the recording that the settings were chosen on.'];
  const by = halves === 'recordings' ? 'other recordings' : 'the other part of the recording';
  if (!proposal) return [`Chosen on this very recording; --false-alarms-per-hour also tries a choice on ${by}.`];
  return [
    proposal.heldOut
      ? `Chosen for ${wishedPerHour} an hour on one half, tried on ${by}: ${ratesOf(proposal.heldOut)}`
      : `On half of it no settings keep to ${wishedPerHour} an hour, so that nothing can be tried on ${by}.`,
  ];
}

async function continuous(context: Context, wish: string | undefined): Promise<void> {
  const falseAlarmsPerHour = wish === undefined ? undefined : Number(wish);
  if (falseAlarmsPerHour !== undefined && !(falseAlarmsPerHour >= 0 && falseAlarmsPerHour <= 3600))
    throw new UsageError('--false-alarms-per-hour needs a number from 0 to 3600.');
  context.catchInterrupt();
  await context.withProject(async (project) => {
    const work = { signal: context.signal, onProgress: context.output.progress };
    const report = await replayProject(project, { ids: [], falseAlarmsPerHour }, work);
    const { labels } = (await project.needTrained()).report;
    const nothing = 'No settings tried keep to that rate: record more of what is no event, and train again.';
    context.output.result(report, [
      `${report.captures} captures, ${(report.seconds / 60).toFixed(1)} minutes, ${report.results} results; ${report.happened} things happened.`,
      `now:      ${settingsOf(report.current, labels)}`,
      ...(falseAlarmsPerHour === undefined
        ? []
        : [report.proposal ? `proposed: ${settingsOf(report.proposal, labels)}` : nothing]),
      'What can be had:',
      ...report.curve.map((one) => `  ${settingsOf(one, labels)}`),
      ...heldOutLines(report),
    ]);
  }, true);
}

async function fit(context: Context, options: { board: string }): Promise<void> {
  await context.withProject(async (project) => {
    const report = await fitProject(project, options.board);
    const { ram, flash, latency } = report;
    context.output.result(report, [
      `${report.fits ? 'Fits' : 'Does not fit'} ${report.boardName}.`,
      `RAM    ${bytes(ram.used)} of ${bytes(ram.available)}`,
      ...ram.items.map((item) => `         ${bytes(item.bytes)}  ${item.what}`),
      `flash  ${bytes(flash.used)} of ${bytes(flash.available)}`,
      ...flash.items.map((item) => `         ${bytes(item.bytes)}  ${item.what}`),
      `time   features ${latency.dspMs.toFixed(2)} ms, model ${latency.modelMs.toFixed(2)} ms (${latency.basis}: ${latency.explanation})`,
      `busy   ${percent(report.busy.share)} at ${+report.busy.resultsPerSecond.toFixed(2)} results a second`,
      ...report.advice,
    ]);
  }, true);
}

async function exportVerb(context: Context, options: { format: string; out: string }): Promise<void> {
  const format = oneOf(options.format, '--format', modelFormats);
  await context.withProject(async (project) => {
    const written = await exportModel(project, format, options.out);
    context.output.result({ path: options.out, bytes: written }, [`Wrote ${bytes(written)} to ${options.out}.`]);
  }, true);
}

export function addModelVerbs(root: Command): void {
  const collect = (value: string, before: string[]): string[] => [...before, value];
  root
    .command('impulse')
    .description('show or change window, DSP block, model')
    .option('--set <key=value>', 'change one setting (repeatable)', collect, [])
    .action((options: { set: string[] }, command: Command) => impulse(Context.of(command), options));
  root
    .command('test')
    .description('the held-out captures: confusion matrix, per-label figures, per-row results')
    .option('--engine <engine>', 'float, int8 or device', 'int8')
    .option('--port <port>', 'for --engine device')
    .option('--continuous', 'as one long recording: false alarms and misses per hour')
    .option('--false-alarms-per-hour <rate>', 'with --continuous: propose settings for this rate')
    .action((options: TestOptions, command: Command) =>
      options.continuous || options.falseAlarmsPerHour !== undefined
        ? continuous(Context.of(command), options.falseAlarmsPerHour)
        : test(Context.of(command), options),
    );
  root
    .command('fit')
    .description('RAM, flash and latency of the trained model on a board')
    .requiredOption('--board <id>')
    .action((options: { board: string }, command: Command) => fit(Context.of(command), options));
  root
    .command('export')
    .description('the model as a file, or as source code for any C++11 compiler (cpp) or the Arduino IDE (arduino)')
    .requiredOption('--format <format>', modelFormats.join(', '))
    .requiredOption('--out <path>', 'a file (of arduino a .zip); of cpp and tfjs a new folder')
    .action((options: { format: string; out: string }, command: Command) => exportVerb(Context.of(command), options));
}

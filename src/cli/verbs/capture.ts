/** record: captures from a board, one by one or, of words, many in one take that is cut where they were said. */
import type { Command } from 'commander';
import type { CaptureSummary } from '../../dataset';
import {
  DeviceHub,
  Recorder,
  Shooter,
  wordsOf,
  type Project,
  type RecordingPlan,
  type RecordingStart,
  type Task,
} from '../../project';
import { Context, UsageError, number, oneOf, whole } from '../context';

interface RecordOptions {
  readonly port: string;
  readonly sensor?: string;
  readonly label: string;
  readonly seconds?: string;
  readonly count: string;
  readonly rate?: string;
  readonly countdown: string;
  readonly pause: string;
  readonly person?: string;
  readonly session?: string;
  readonly split?: string;
  readonly words: boolean;
  readonly every: string;
  readonly follow: boolean;
  readonly level?: string;
  readonly before: string;
  readonly button: boolean;
}

const sensorKinds: Readonly<Record<string, string>> = { imu: 'motion', microphone: 'audio', mic: 'audio' };
/** What is listened to, and for how long, where nothing is said. */
const usual: Readonly<Record<Task, { readonly sensor: string; readonly seconds: string }>> = {
  motion: { sensor: 'imu', seconds: '2' },
  audio: { sensor: 'microphone', seconds: '1' },
  image: { sensor: 'camera', seconds: '2' },
  anomaly: { sensor: 'imu', seconds: '2' },
};

/** Before the first word, so that it is not cut off, and so that the room is heard without it. */
const leadSeconds = 1;

interface Wanted {
  readonly plan: Omit<RecordingPlan, 'seconds'> & { readonly seconds: number | undefined };
  readonly rate: number | undefined;
  /** Of a take of words: seconds from one to the next; 0 where each capture is recorded by itself. */
  readonly every: number;
}

/** What each recording waits for; nothing where it begins at once. */
function beginOf({ level, before, button, words }: RecordOptions): RecordingStart | undefined {
  if (button && level !== undefined) throw new UsageError('Choose --button or --level.');
  if (words && (button || level !== undefined))
    throw new UsageError('Words are said to a beat: no --button, no --level.');
  if (button) return { on: 'button' };
  if (level === undefined) return undefined;
  return {
    on: 'level',
    level: number(level, '--level', 0, 1e6),
    beforeSeconds: number(before, '--before', 0, 10),
  };
}

function wantedFrom(options: RecordOptions): Wanted {
  const every = options.words ? number(options.every, '--every', 0.5, 30) : 0;
  const count = whole(options.count, '--count', 1, 1000);
  if (every * count > 600 - leadSeconds)
    throw new UsageError(`${count} words, one every ${every} seconds, are longer than the 600 seconds of a take.`);
  return {
    plan: {
      label: options.label,
      seconds: options.seconds === undefined ? undefined : number(options.seconds, '--seconds', 0.05, 600),
      count,
      countdownSeconds: number(options.countdown, '--countdown', 0, 10),
      pauseSeconds: number(options.pause, '--pause', 0, 60),
      person: options.person,
      session: options.session,
      begin: beginOf(options),
      split:
        options.split === undefined ? undefined : oneOf(options.split, '--split', ['training', 'testing'] as const),
    },
    rate: options.rate === undefined ? undefined : number(options.rate, '--rate', 0.1, 100_000),
    every,
  };
}

/** The beat: which word is due now, told once each. */
function beats({ plan, every }: Wanted, say: (text: string) => void): (seconds: number) => void {
  let told = 0;
  return (seconds) => {
    const due = Math.min(plan.count, Math.floor((seconds - leadSeconds) / every) + 1);
    if (due <= told) return;
    told = due;
    say(`${due}/${plan.count}  "${plan.label}"`);
  };
}

/** Cuts the one take into its words; as it was recorded where none is heard in it. */
async function cutIntoWords(context: Context, project: Project, take: CaptureSummary, wanted: Wanted) {
  const { segments } = wordsOf(await project.dataset.get(take.id), { wordMs: Math.min(1000, wanted.every * 1000) });
  if (segments.length !== wanted.plan.count)
    context.output.warn(
      `${segments.length} words were heard where ${wanted.plan.count} were asked for; listen to them in Data, or undo and cut again with another sensitivity.`,
    );
  if (segments.length === 0) return [take];
  const ids = await project.dataset.cut(take.id, segments);
  return ids.flatMap((id) => project.dataset.list({ ids: [id] }).items);
}

async function record(context: Context, options: RecordOptions): Promise<void> {
  const wanted = wantedFrom(options);
  context.catchInterrupt();
  await context.withProject((project) =>
    context.withDevice(options.port, async (device) => {
      const { sensor, seconds } = usual[project.settings.task];
      const kind = options.sensor ?? sensor;
      const hub = new DeviceHub(device);
      const stream = await hub.start(hub.sensorByKind(sensorKinds[kind] ?? kind).id, wanted.rate);
      const Kind = stream.sensor.picture ? Shooter : Recorder;
      const recorder = new Kind(hub, project.dataset, stream, device.info.board || device.port.title);
      context.onInterrupt(() => recorder.finish(false));
      const { label, count } = wanted.plan;
      const inWords = wanted.every > 0;
      const plan: RecordingPlan = inWords
        ? { ...wanted.plan, count: 1, seconds: leadSeconds + count * wanted.every }
        : { ...wanted.plan, seconds: wanted.plan.seconds ?? Number(seconds) };
      const beat = inWords ? beats(wanted, (text) => context.output.say(text)) : undefined;
      const takes = await recorder.run(plan, (progress) => {
        if (progress.phase === 'recording') beat?.(progress.seconds);
        if (!inWords)
          context.output.progress({
            step: `${progress.phase} "${label}" ${progress.index}/${count}`,
            done: 0,
            total: 0,
          });
        if (options.follow && !inWords && progress.saved) context.output.line(progress.saved, progress.saved.id);
      });
      await hub.stop();
      const saved = inWords && takes.length > 0 ? await cutIntoWords(context, project, takes[0], wanted) : takes;
      if (options.follow && inWords) for (const capture of saved) context.output.line(capture, capture.id);
      const health = device.health();
      if (!options.follow)
        context.output.result({ saved, health }, [
          `Recorded ${saved.length} of ${count} "${label}" (${stream.sensor.name}, ${stream.rateHz} Hz, ${health.lost} frames lost).`,
        ]);
    }),
  );
}

export function addRecord(root: Command): void {
  root
    .command('record')
    .description('captures from a board')
    .requiredOption('--port <port>', 'a port, or "sim"')
    .requiredOption('--label <label>')
    .option('--sensor <sensor>', 'imu or microphone; left out: what the project is about')
    .option('--seconds <n>', 'length of each; left out: 2, of sound 1')
    .option('--count <n>', 'how many', '1')
    .option('--words', 'one take, in which the word is said --count times, cut where it was said', false)
    .option('--every <seconds>', 'with --words: the beat', '2')
    .option('--rate <hz>')
    .option('--countdown <seconds>', 'before the first', '0')
    .option('--pause <seconds>', 'between two', '0.5')
    .option('--level <n>', 'each begins by itself, when so much goes on: m/s2 from rest, or % of full scale of sound')
    .option('--before <seconds>', 'with --level: what came before is part of it', '0.3')
    .option('--button', 'each begins when the button of the board is pressed', false)
    .option('--person <name>')
    .option('--session <name>')
    .option('--split <split>', 'training or testing')
    .option('--follow', 'one line for each capture as it is saved', false)
    .action((options: RecordOptions, command: Command) => record(Context.of(command), options));
}

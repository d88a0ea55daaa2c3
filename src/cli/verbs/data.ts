/** import, export-data, samples, label, split, delete, restore. */
import type { Command } from 'commander';
import { soundRateOf, wordsOf } from '../../project';
import { Context, UsageError, needText, number, oneOf, whole } from '../context';
import { table } from '../output';

const splits = ['training', 'testing'] as const;

interface ImportOptions {
  readonly label?: string;
  readonly split?: string;
  readonly person?: string;
  readonly session?: string;
  readonly rate?: string;
  readonly axes?: string;
  readonly hmacKey?: string;
}

async function importData(context: Context, paths: readonly string[], options: ImportOptions): Promise<void> {
  context.catchInterrupt();
  await context.withProject(async (project) => {
    const report = await project.dataset.importPaths(
      paths,
      {
        label: options.label,
        split: options.split === undefined ? undefined : oneOf(options.split, '--split', splits),
        person: options.person,
        session: options.session,
        hmacKey: options.hmacKey,
        rateHz: options.rate === undefined ? undefined : number(options.rate, '--rate', 1e-5, 1e6),
        axes: options.axes === undefined ? undefined : whole(options.axes, '--axes', 1, 1024),
        soundRateHz: soundRateOf(project.settings.task),
      },
      { signal: context.signal, onProgress: context.output.progress },
    );
    if (!context.output.json) for (const warning of report.warnings) context.output.warn(warning);
    const labels = Object.entries(report.labels).map(([label, count]) => `${count} ${label}`);
    context.output.result(report, [
      `Imported ${report.imported} captures${labels.length > 0 ? ` (${labels.join(', ')})` : ''}, ${report.duplicates} were there already.`,
    ]);
  });
}

async function exportData(context: Context, options: { format: string; out: string; hmacKey?: string }): Promise<void> {
  const format = oneOf(options.format, '--format', [
    'acquisition',
    'wav',
    'csv',
    'zip',
    'coco',
    'voc',
    'yolo',
  ] as const);
  context.catchInterrupt();
  await context.withProject(async (project) => {
    const work = { signal: context.signal, onProgress: context.output.progress };
    const { files } = await project.dataset.exportTo(format, options.out, work, { hmacKey: options.hmacKey });
    context.output.result({ files, path: options.out }, [`Wrote ${files} files to ${options.out}.`]);
  }, true);
}

interface Filter {
  readonly label?: string;
  readonly split?: string;
  readonly person?: string;
}

async function samples(context: Context, options: Filter): Promise<void> {
  await context.withProject(async (project) => {
    const { items } = project.dataset.list(
      {
        label: options.label,
        split: options.split === undefined ? undefined : oneOf(options.split, '--split', splits),
        person: options.person,
      },
      0,
      Number.MAX_SAFE_INTEGER,
    );
    const rows = items.map((item) => [
      item.id,
      item.label,
      item.split,
      `${(item.frames / item.rateHz).toFixed(2)} s`,
      item.person || item.session,
      item.gaps.length > 0 ? `${item.gaps.reduce((sum, gap) => sum + gap.lost, 0)} frames lost` : '',
    ]);
    context.output.result(items, table([['ID', 'LABEL', 'SPLIT', 'LENGTH', 'WHO', 'GAPS'], ...rows]));
    await Promise.resolve();
  }, true);
}

async function relabel(context: Context, ids: readonly string[], label: string): Promise<void> {
  await context.withProject(async (project) => {
    await project.dataset.update(ids, { label: needText(label, '--label') });
    context.output.result({ ids, label }, [`Labelled ${ids.length} captures "${label}".`]);
  });
}

async function split(
  context: Context,
  ids: readonly string[],
  options: { to?: string; by?: string; testing: string },
): Promise<void> {
  if ((options.to === undefined) === (options.by === undefined))
    throw new UsageError('Give either --to with capture ids, or --by.');
  await context.withProject(async (project) => {
    if (options.to !== undefined) {
      const to = oneOf(options.to, '--to', splits);
      if (ids.length === 0) throw new UsageError('--to needs the ids of captures.');
      await project.dataset.update(ids, { split: to, splitPinned: true });
    } else {
      const by = oneOf(options.by ?? '', '--by', ['person', 'session', 'capture'] as const);
      await project.dataset.autoSplit({
        by,
        testing: number(options.testing, '--testing', 0, 0.9),
        seed: project.settings.training.seed,
      });
    }
    const { labels } = project.dataset.summary();
    context.output.result(
      labels,
      table([
        ['LABEL', 'TRAINING', 'TESTING'],
        ...labels.map((entry) => [entry.label, `${entry.training}`, `${entry.testing}`]),
      ]),
    );
  });
}

async function remove(context: Context, ids: readonly string[]): Promise<void> {
  await context.withProject(async (project) => {
    await project.dataset.remove(ids);
    context.output.result({ deleted: ids }, [`Deleted ${ids.length} captures; "dormouse restore" brings them back.`]);
  });
}

async function restore(context: Context, ids: readonly string[]): Promise<void> {
  await context.withProject(async (project) => {
    const restored = await project.dataset.restore(ids);
    context.output.result({ restored }, [`Brought back ${restored.length} captures.`]);
  });
}

interface WordsOptions {
  readonly wordMs: string;
  readonly sensitivity: string;
  readonly cut: boolean;
}

/** Shows where words are in a take, and with --cut makes captures of them. */
async function words(context: Context, id: string, options: WordsOptions): Promise<void> {
  const wordMs = number(options.wordMs, '--word-ms', 100, 10_000);
  const sensitivity = number(options.sensitivity, '--sensitivity', 0, 1);
  await context.withProject(async (project) => {
    const capture = await project.dataset.get(id);
    const { segments } = wordsOf(capture, { wordMs, sensitivity });
    const ids = options.cut && segments.length > 0 ? await project.dataset.cut(id, segments) : [];
    const seconds = (frame: number): string => (frame / capture.rateHz).toFixed(2);
    const found = segments.map(
      ({ start, end }, i) => `${seconds(start)} s to ${seconds(end)} s${ids[i] ? `  ${ids[i]}` : ''}`,
    );
    const done = options.cut ? ', cut; undo brings the take back' : '';
    context.output.result({ segments, ids }, [`${segments.length} words${done}`, ...found]);
  }, !options.cut);
}

export function addDataVerbs(root: Command): void {
  root
    .command('import')
    .argument('<path...>')
    .description('WAV, CSV, JSON/CBOR acquisition files, folders by label, zips, other tools’ exports')
    .option('--label <label>')
    .option('--split <split>', 'training or testing')
    .option('--person <name>')
    .option('--session <name>')
    .option('--rate <hz>', 'for tables without timestamps')
    .option('--axes <n>', 'for tables with a whole signal in each line')
    .option('--hmac-key <key>', 'checks the signatures of acquisition files')
    .action((paths: string[], options: ImportOptions, command: Command) =>
      importData(Context.of(command), paths, options),
    );
  root
    .command('export-data')
    .description('the dataset, re-importable here and elsewhere')
    .requiredOption('--format <format>', 'acquisition, wav, csv or zip; pictures with boxes also as coco, voc or yolo')
    .requiredOption('--out <path>')
    .option('--hmac-key <key>', 'signs acquisition files')
    .action((options: { format: string; out: string; hmacKey?: string }, command: Command) =>
      exportData(Context.of(command), options),
    );
  root
    .command('samples')
    .description('list the captures')
    .option('--label <label>')
    .option('--split <split>')
    .option('--person <name>')
    .action((options: Filter, command: Command) => samples(Context.of(command), options));
  root
    .command('label')
    .argument('<id...>')
    .description('give captures another label')
    .requiredOption('--label <label>')
    .action((ids: string[], options: { label: string }, command: Command) =>
      relabel(Context.of(command), ids, options.label),
    );
  root
    .command('split')
    .argument('[id...]')
    .description('set captures aside for testing, by hand (--to) or by person, session or capture (--by)')
    .option('--to <split>', 'training or testing')
    .option('--by <group>', 'person, session or capture')
    .option('--testing <fraction>', 'how much is held out', '0.2')
    .action((ids: string[], options: { to?: string; by?: string; testing: string }, command: Command) =>
      split(Context.of(command), ids, options),
    );
  root
    .command('words')
    .argument('<id>')
    .description('where words are in a long take of sound')
    .option('--word-ms <n>', 'length of each', '1000')
    .option('--sensitivity <share>', '0 = only loud ones, 1 = all above the background', '0.5')
    .option('--cut', 'make captures of them and delete the take (it can be restored)', false)
    .action((id: string, options: WordsOptions, command: Command) => words(Context.of(command), id, options));
  root
    .command('delete')
    .argument('<id...>')
    .description('delete captures (they can be restored)')
    .action((ids: string[], _options: unknown, command: Command) => remove(Context.of(command), ids));
  root
    .command('restore')
    .argument('[id...]')
    .description('bring back deleted captures: those named, else the last ones deleted')
    .action((ids: string[], _options: unknown, command: Command) => restore(Context.of(command), ids));
}

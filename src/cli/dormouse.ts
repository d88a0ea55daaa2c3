/**
 * The command line: parses, calls the same services as the app, prints. Exit 0 done, 1 failed (one sentence on stderr),
 * 2 bad usage.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, CommanderError } from 'commander';
import { installRoot } from '../base';
import { UsageError, type GlobalOptions } from './context';
import { Output } from './output';
import { addBoardVerbs } from './verbs/board';
import { addDataVerbs } from './verbs/data';
import { addDemo } from './verbs/demo';
import { addFirmwareVerb } from './verbs/firmware';
import { addModelVerbs } from './verbs/model';
import { addRecordVerbs } from './verbs/record';
import { addToolVerbs } from './verbs/tools';
import { addTrainVerb } from './verbs/train';

function version(): string {
  return (JSON.parse(readFileSync(join(installRoot(), 'package.json'), 'utf8')) as { version: string }).version;
}

function program(): Command {
  const root = new Command('dormouse')
    .description('See, record, label, train, shrink, flash and watch TinyML boards over USB.')
    .version(version())
    .option('--project <dir>', 'the project folder', '.')
    .option('--json', 'one JSON document on stdout (one per line where results follow each other)', false)
    .exitOverride()
    .showSuggestionAfterError();
  addRecordVerbs(root);
  addDataVerbs(root);
  addModelVerbs(root);
  addTrainVerb(root);
  addBoardVerbs(root);
  addFirmwareVerb(root);
  addToolVerbs(root);
  addDemo(root);
  for (const verb of root.commands) verb.exitOverride();
  return root;
}

async function main(): Promise<number> {
  const root = program();
  try {
    await root.parseAsync(process.argv);
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (error instanceof UsageError) {
      process.stderr.write(`dormouse: ${error.message} "dormouse help" shows what each verb takes.\n`);
      return 2;
    }
    new Output(root.opts<GlobalOptions>().json || process.argv.includes('--json')).error(error);
    return 1;
  }
}

// A reader that has seen enough (`dormouse samples | head`) is not an error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
});
void main().then((code) => {
  process.exitCode = code;
});

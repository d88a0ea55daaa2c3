/**
 * Everything that reads the code without running it: types per layer, lint, format, import directions, sizes.
 * Prints one line per check; exit 1 if any complains.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const bin = (name) => join(root, 'node_modules', '.bin', process.platform === 'win32' ? `${name}.cmd` : name);
const quick = process.argv.includes('--quick');

const cppFiles = readdirSync(join(root, 'firmware'), { recursive: true })
  .concat(readdirSync(join(root, 'src', 'train'), { recursive: true }).map((name) => join('..', 'src', 'train', name)))
  .filter((name) => /\.(cpp|h|ino)$/.test(name))
  .map((name) => join('firmware', name));

/** style.md's bound: a source file is one subject. Generated schema code is not read by people. */
function longFiles() {
  const long = [];
  for (const folder of ['src', 'electron', 'renderer', 'firmware', 'scripts', 'test']) {
    for (const name of readdirSync(join(root, folder), { recursive: true })) {
      if (!/\.(ts|svelte|cpp|h|mjs|ino)$/.test(name) || /schema[\\/]/.test(name)) continue;
      const lines = readFileSync(join(root, folder, name), 'utf8').split('\n').length - 1;
      if (lines > 400) long.push(`${folder}/${name}: ${lines} lines`);
    }
  }
  return long;
}

const checks = [
  ['types: src', bin('tsc'), ['-p', 'src']],
  ['types: electron', bin('tsc'), ['-p', 'electron']],
  [
    'types: renderer',
    bin('svelte-check'),
    ['--tsconfig', 'renderer/tsconfig.json', '--fail-on-warnings', '--output', 'machine'],
  ],
  ['types: test', bin('tsc'), ['-p', 'test']],
  ['import directions', bin('depcruise'), ['--config', '.dependency-cruiser.cjs', 'src', 'electron', 'renderer']],
  ...(quick ? [] : [['lint', bin('eslint'), ['--max-warnings', '0', '.']]]),
  ['format', bin('prettier'), ['--check', '--log-level', 'warn', '.']],
];
const hasClangFormat = spawnSync('clang-format', ['--version']).status === 0;
if (hasClangFormat && cppFiles.length > 0)
  checks.push(['format: C++', 'clang-format', ['--dry-run', '-Werror', ...cppFiles]]);

let complaints = 0;
function report(name, fine, output) {
  console.log(`${fine ? 'fine' : 'COMPLAINS'}  ${name}`);
  if (!fine) {
    complaints++;
    console.log(output.trimEnd());
  }
}
for (const [name, command, args] of checks) {
  const run = spawnSync(command, args, { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  report(name, run.status === 0, `${run.stdout ?? ''}${run.stderr ?? ''}${run.error ?? ''}`);
}
const long = longFiles();
report('no file over 400 lines', long.length === 0, long.join('\n'));
process.exitCode = complaints === 0 ? 0 : 1;

/**
 * `npm run bench [-- NAME...]`: runs the benchmarks in scripts/bench/ (all, or those named) and prints one JSON document
 * with a key for each. What a benchmark says beside its result goes to stderr.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { checkNode, ensureInstalled, main, root, Stop } from './lib/ready.mjs';

await main(async () => {
  checkNode();
  ensureInstalled();
  const { build } = await import('./build.mjs');
  await build();
  const folder = join(root, 'scripts', 'bench');
  const names = readdirSync(folder)
    .filter((name) => name.endsWith('.mjs'))
    .map((name) => name.slice(0, -4))
    .sort();
  const asked = process.argv.slice(2);
  const unknown = asked.filter((name) => !names.includes(name));
  if (unknown.length > 0)
    throw new Stop(`There is no benchmark called ${unknown.join(', ')}: there are ${names.join(', ')}.`, 2);
  const results = { machine: { cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length, node: process.version } };
  for (const name of asked.length > 0 ? asked : names) {
    const run = spawnSync(process.execPath, [join(folder, `${name}.mjs`)], {
      cwd: root,
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    if (run.status !== 0) throw new Stop(`The benchmark ${name} failed: see above.`);
    results[name] = JSON.parse(run.stdout);
  }
  console.log(JSON.stringify(results, null, 2));
});

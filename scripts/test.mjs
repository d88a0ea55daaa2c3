/**
 * `npm test`: installs what is missing, builds, and runs every test that this machine can run. What it skips it prints
 * with the reason; with DORMOUSE_TEST_ALL=1 a missing thing is a failure. Arguments go on to Vitest (`npm test -- link`).
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { findElectron } from './electron.mjs';
import { checkNode, ensureInstalled, main, root } from './lib/ready.mjs';

await main(async () => {
  checkNode();
  ensureInstalled();
  const { build } = await import('./build.mjs');
  await build();
  // Found (or fetched) once, before several test processes look for it. Without one, the tests that need it say so.
  await findElectron().catch((error) => console.error(error.message));
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const run = spawnSync(process.execPath, [vitest, 'run', ...process.argv.slice(2)], { cwd: root, stdio: 'inherit' });
  process.exitCode = run.status ?? 1;
});

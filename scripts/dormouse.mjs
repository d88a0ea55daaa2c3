/**
 * The command line from a checkout: installs and builds what is missing or stale, then runs dist/cli/dormouse.js with
 * the arguments. stdout is the command's alone.
 */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { join } from 'node:path';
import { checkNode, ensureInstalled, main, root } from './lib/ready.mjs';

await main(async () => {
  checkNode();
  ensureInstalled();
  const { build } = await import('./build.mjs');
  await build({ only: ['command line', 'training worker'] });
  const child = spawn(process.execPath, [join(root, 'dist', 'cli', 'dormouse.js'), ...process.argv.slice(2)], {
    stdio: 'inherit',
  });
  // Ctrl+C reaches the child by itself, as both are in one process group; it ends in its own time and we with it.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  process.exitCode = await new Promise((resolve) => {
    child.once('exit', (code, signal) => resolve(code ?? 128 + constants.signals[signal]));
  });
});

/** Formats everything: Prettier for TypeScript and Svelte, clang-format (where installed) for C++. */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const prettier = spawnSync(join(root, 'node_modules', '.bin', 'prettier'), ['--write', '--log-level', 'warn', '.'], {
  cwd: root,
  stdio: 'inherit',
});
// A file that it cannot read is one that somebody must look at.
process.exitCode = prettier.status ?? 1;
for (const folder of ['firmware', 'src/train']) {
  const files = readdirSync(join(root, folder), { recursive: true })
    .filter((name) => /\.(cpp|h|ino)$/.test(name))
    .map((name) => join(root, folder, name));
  if (files.length > 0) spawnSync('clang-format', ['-i', ...files], { stdio: 'inherit' });
}

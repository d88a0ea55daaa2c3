/**
 * Finds the files that travel with the program (WebAssembly modules, built workers) wherever it runs from: the
 * TypeScript sources under test, `dist/`, or a packaged app.
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

function findRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  for (;;) {
    const manifest = join(folder, 'package.json');
    if (existsSync(manifest) && (JSON.parse(readFileSync(manifest, 'utf8')) as { name?: string }).name === 'dormouse')
      return folder;
    const parent = dirname(folder);
    if (parent === folder) throw new Error('The folder that Dormouse is installed in could not be found.');
    folder = parent;
  }
}

let root: string | undefined;

/** The folder that holds Dormouse's package.json. */
export function installRoot(): string {
  root ??= findRoot();
  return root;
}

/**
 * A committed WebAssembly module or a built worker script, as an absolute path.
 * `kind` 'wasm' looks where it is committed (`src/<folder>/<name>`) and then in `dist/assets`;
 * `kind` 'worker' is always `dist/workers/<name>` (Node cannot run a TypeScript worker).
 */
export function assetPath(kind: 'wasm' | 'worker', name: string): string {
  const top = installRoot();
  const candidates =
    kind === 'worker'
      ? [join(top, 'dist', 'workers', name)]
      : ['core', 'train'].map((folder) => join(top, 'src', folder, name)).concat(join(top, 'dist', 'assets', name));
  const found = candidates.find((path) => existsSync(path));
  if (!found) throw new Error(`${name} is missing from the installation (looked in ${candidates.join(', ')}).`);
  return found;
}

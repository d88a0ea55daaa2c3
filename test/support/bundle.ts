/** Bundles a TypeScript file so that plain Node can run it as a program of its own. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { build } from 'vite';
import { installRoot } from '../../src/base';

/** Resolves with the path of the bundle, inside the checkout's own cache so that packages are found from there. */
export async function bundleForNode(entry: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'dormouse-bundle-'));
  const name = basename(entry).replace(/\.ts$/, '.mjs');
  await build({
    root: installRoot(),
    configFile: false,
    logLevel: 'error',
    ssr: { noExternal: true },
    build: {
      ssr: entry,
      outDir: folder,
      target: 'node20',
      minify: false,
      emptyOutDir: false,
      rollupOptions: { output: { entryFileNames: name } },
    },
  });
  return join(folder, name);
}

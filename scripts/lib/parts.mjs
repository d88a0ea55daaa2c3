/** Bundles a benchmark's TypeScript parts into one module beside dist/'s own, so that packages and assets are found from there. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './ready.mjs';

const outDir = join(root, 'dist', 'bench');

/** The address of the bundle of `scripts/bench/<name>-parts.ts`. */
export async function bundleParts(name) {
  const { build } = await import('vite');
  await build({
    root,
    configFile: false,
    logLevel: 'error',
    ssr: {
      noExternal: true,
      external: ['serialport', '@lydell/node-pty', '@tensorflow/tfjs', '@tensorflow/tfjs-node'],
    },
    build: {
      ssr: `scripts/bench/${name}-parts.ts`,
      outDir,
      target: 'node20',
      minify: false,
      emptyOutDir: false,
      rollupOptions: { output: { entryFileNames: `${name}.mjs` } },
    },
  });
  return pathToFileURL(join(outDir, `${name}.mjs`)).href;
}

export const loadParts = async (name) => import(await bundleParts(name));

export const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];
export const rounded = (value) => Number(value.toPrecision(3));

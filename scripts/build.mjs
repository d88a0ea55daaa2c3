/**
 * Builds everything that runs from dist/: the shell, its preload script, the services' process, the interface, the
 * command line and the training worker. A target whose inputs have not changed since it was built is left alone.
 * `--force` builds all. Everything it says goes to stderr.
 */
import { closeSync, copyFileSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { chmodSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join, relative, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { checkNode, ensureInstalled, main, root, Stop } from './lib/ready.mjs';

const dist = join(root, 'dist');
const record = join(dist, '.inputs.json');

/** Left as `import`s: Node's own, Electron's, and packages with native parts or of a size that is loaded on demand. */
const external = [
  ...builtinModules.flatMap((name) => [name, `node:${name}`]),
  'electron',
  'serialport',
  /^@serialport\//,
  /^@tensorflow\//,
  /^@lydell\/node-pty/,
];

const node = (name, entry, output, extra = {}) => ({ name, entry, output, kind: 'node', ...extra });
export const targets = [
  node('shell', 'electron/main.ts', 'electron/main.js'),
  node('preload', 'electron/preload.ts', 'electron/preload.cjs', { format: 'cjs' }),
  node('services', 'electron/host.ts', 'electron/host.js'),
  node('command line', 'src/cli/dormouse.ts', 'cli/dormouse.js', { banner: '#!/usr/bin/env node' }),
  node('training worker', 'src/train/worker/train-worker.ts', 'workers/train-worker.js'),
  node('describe worker', 'src/project/explorer/describe-worker.ts', 'workers/describe-worker.js'),
  node('map worker', 'src/project/explorer/map-worker.ts', 'workers/map-worker.js'),
  { name: 'interface', kind: 'renderer', entry: 'renderer/index.html', output: 'renderer/index.html' },
];
const assets = ['src/core/dormouse.wasm', 'src/train/train.wasm'];

function stamp(path) {
  const stat = statSync(join(root, path), { throwIfNoEntry: false });
  return stat ? `${stat.mtimeMs}:${stat.size}` : 'missing';
}

function readRecord() {
  try {
    return JSON.parse(readFileSync(record, 'utf8'));
  } catch {
    return {};
  }
}

const upToDate = (target, inputs) =>
  inputs !== undefined &&
  existsSync(join(dist, target.output)) &&
  Object.entries(inputs).every(([path, was]) => stamp(path) === was);

/** The options of one target for vite's `build`. Each target is one graph of its own, so none waits for another's code. */
async function viteOptions(target, seen) {
  const collect = {
    name: 'dormouse-inputs',
    generateBundle() {
      for (const id of this.getModuleIds()) {
        const path = relative(root, id.replace(/[?#].*$/, ''));
        const ours = !path.startsWith('..') && !path.includes('node_modules') && !path.includes('\0');
        if (ours && existsSync(join(root, path))) seen.add(path.split(sep).join('/'));
      }
    },
  };
  if (target.kind === 'renderer') {
    return {
      configFile: join(root, 'renderer', 'vite.config.ts'),
      logLevel: 'warn',
      plugins: [collect],
      build: {
        outDir: join(dist, 'renderer'),
        modulePreload: { polyfill: false },
        // Everything comes from the same folder; data: URLs would only widen the content security policy.
        assetsInlineLimit: 0,
        rolldownOptions: { checks: { pluginTimings: false } },
      },
    };
  }
  const folder = target.output.split('/')[0];
  const base = target.output.split('/')[1];
  return {
    configFile: false,
    envDir: false,
    publicDir: false,
    logLevel: 'warn',
    root,
    plugins: [collect],
    ssr: { noExternal: true, target: 'node' },
    build: {
      ssr: join(root, target.entry),
      outDir: join(dist, folder),
      emptyOutDir: false,
      target: 'node20',
      minify: false,
      sourcemap: target.format !== 'cjs',
      rolldownOptions: {
        external,
        output: {
          format: target.format ?? 'es',
          entryFileNames: base,
          chunkFileNames: `${base.replace(/\.c?js$/, '')}-[name]-[hash].js`,
          codeSplitting: target.format === 'cjs' ? false : undefined,
          banner: target.banner,
        },
      },
    },
  };
}

/** Returns the target's inputs with their stamps. One that was saved while the build ran counts as changed. */
async function buildTarget(vite, target) {
  const began = Date.now();
  const seen = new Set([target.entry, 'scripts/build.mjs', 'package-lock.json']);
  await vite.build(await viteOptions(target, seen));
  if (target.banner) chmodSync(join(dist, target.output), 0o755);
  console.error(`built ${target.name} in ${Date.now() - began} ms`);
  const stampOf = (path) => (statSync(join(root, path)).mtimeMs >= began ? 'saved during the build' : stamp(path));
  return Object.fromEntries([...seen].sort().map((path) => [path, stampOf(path)]));
}

function copyAssets() {
  mkdirSync(join(dist, 'assets'), { recursive: true });
  for (const asset of assets) {
    const from = join(root, asset);
    const to = join(dist, 'assets', asset.split('/').at(-1));
    if (!existsSync(from)) console.error(`skipped ${asset}: there is none`);
    else if (!existsSync(to) || !readFileSync(to).equals(readFileSync(from))) copyFileSync(from, to);
  }
}

/** Two programs must not write dist/ at once: the second waits for the first. Returns the function that lets go. */
async function lock() {
  mkdirSync(dist, { recursive: true });
  const path = join(dist, '.lock');
  for (let waited = 0; ; waited += 100) {
    try {
      const file = openSync(path, 'wx');
      writeSync(file, String(process.pid));
      closeSync(file);
      return () => rmSync(path, { force: true });
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    if (waited > 120_000)
      throw new Stop(`Another build holds ${path} for two minutes: delete that file and build again.`);
    const holder = holderOf(path);
    if (holder === 'gone') rmSync(path, { force: true });
    else await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function holderOf(path) {
  try {
    process.kill(parseInt(readFileSync(path, 'utf8'), 10), 0);
    return 'alive';
  } catch (error) {
    return error.code === 'ESRCH' || error.name === 'TypeError' ? 'gone' : 'alive';
  }
}

function writeRecord(inputs) {
  writeFileSync(`${record}.new`, JSON.stringify(inputs, undefined, 1));
  renameSync(`${record}.new`, record);
}

/**
 * Builds what is not up to date, of all targets or of those named. Returns the names of what was built; what can be built is, even where something cannot.
 */
export async function build({ force = false, only } = {}) {
  const release = await lock();
  const built = [];
  const failures = [];
  try {
    const inputs = force ? {} : readRecord();
    for (const target of targets.filter(({ name }) => !only || only.includes(name))) {
      if (!existsSync(join(root, target.entry))) console.error(`skipped ${target.name}: there is no ${target.entry}`);
      else if (!upToDate(target, inputs[target.name])) {
        try {
          inputs[target.name] = await buildTarget(await import('vite'), target);
          built.push(target.name);
        } catch (error) {
          delete inputs[target.name];
          failures.push(`The ${target.name} could not be built: ${String(error.message).slice(0, 3000)}`);
        }
        writeRecord(inputs);
      }
    }
    copyAssets();
  } finally {
    release();
  }
  if (failures.length > 0) throw new Stop(failures.join('\n'));
  return built;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await main(async () => {
    checkNode();
    ensureInstalled();
    const built = await build({ force: process.argv.includes('--force') });
    if (built.length === 0) console.error('everything is up to date');
  });
}

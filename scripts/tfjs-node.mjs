/**
 * `node scripts/tfjs-node.mjs FOLDER`: puts a working @tensorflow/tfjs-node into FOLDER where its own install script
 * cannot download libtensorflow: the addon is compiled against the TensorFlow of a Python package, which carries the
 * same library and headers. Linux only; needs a C++ compiler, make, and Python with `tensorflow` or `tensorflow-cpu`
 * (python3, or the one that DORMOUSE_PYTHON names). What it does, step by step: docs/tfjs-node.md.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { main, Stop } from './lib/ready.mjs';

const version = '4.22.0';
/** The newest N-API of those that the package names; the addon runs on every later Node. */
const napi = 8;
const run = (command, args, options) => execFileSync(command, args, { stdio: 'inherit', ...options });
const ask = (command, args) => execFileSync(command, args, { encoding: 'utf8' }).trim().split('\n').at(-1);

function tensorflowFolder() {
  const python = process.env.DORMOUSE_PYTHON ?? 'python3';
  const find = "import importlib.util; print(importlib.util.find_spec('tensorflow').submodule_search_locations[0])";
  try {
    return ask(python, ['-c', find]);
  } catch {
    throw new Stop(`${python} has no TensorFlow: pip install tensorflow-cpu, or set DORMOUSE_PYTHON.`, 2);
  }
}

/** Headers and libraries under the names that the addon's build looks for, and under those it will load them by. */
function linkLibrary(deps, tensorflow) {
  rmSync(deps, { recursive: true, force: true });
  mkdirSync(join(deps, 'lib'), { recursive: true });
  symlinkSync(join(tensorflow, 'include'), join(deps, 'include'));
  for (const [part, name] of [
    ['cc', 'libtensorflow'],
    ['framework', 'libtensorflow_framework'],
  ]) {
    const file = `libtensorflow_${part}.so.2`;
    if (!existsSync(join(tensorflow, file))) throw new Stop(`${join(tensorflow, file)} is missing.`);
    symlinkSync(join(tensorflow, file), join(deps, 'lib', file));
    symlinkSync(file, join(deps, 'lib', `${name}.so`));
  }
}

function compile(package_) {
  const gyp = join(ask('npm', ['root', '--global']), 'npm', 'node_modules', 'node-gyp', 'bin', 'node-gyp.js');
  // The headers that came with this Node; without them node-gyp downloads some.
  const prefix = dirname(dirname(process.execPath));
  const headers = existsSync(join(prefix, 'include', 'node', 'node_api.h')) ? [`--nodedir=${prefix}`] : [];
  const names = [`-Dmodule_name=tfjs_binding`, `-Dmodule_path=${join(package_, 'lib', `napi-v${napi}`)}`];
  run(process.execPath, [gyp, 'rebuild', ...headers, '--', ...names, `-Dnapi_build_version=${napi}`], {
    cwd: package_,
  });
}

await main(async () => {
  if (process.platform !== 'linux') throw new Stop('This works on Linux only.', 2);
  if (!process.argv[2]) throw new Stop('Say into which folder: node scripts/tfjs-node.mjs FOLDER', 2);
  const folder = resolve(process.argv[2]);
  const tensorflow = tensorflowFolder();
  mkdirSync(folder, { recursive: true });
  if (!existsSync(join(folder, 'package.json'))) writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', `@tensorflow/tfjs-node@${version}`], {
    cwd: folder,
  });
  const package_ = join(folder, 'node_modules', '@tensorflow', 'tfjs-node');
  linkLibrary(join(package_, 'deps'), tensorflow);
  compile(package_);
  console.log(`Done. Set DORMOUSE_TFJS_NODE=${folder} and choose the tensorflow engine.`);
});

/**
 * Compiles the C++ core and the training kernels to WebAssembly with clang (Debian 12's clang 14 makes the committed
 * bytes). `--check` compares with what is committed instead of replacing it.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

function sources(folder) {
  const path = join(root, folder);
  if (!existsSync(path)) return [];
  return readdirSync(path, { recursive: true })
    .filter((name) => name.endsWith('.cpp'))
    .sort()
    .map((name) => relative(root, join(path, name)));
}

const modules = [
  {
    output: 'src/core/dormouse.wasm',
    inputs: [...sources('firmware/dormouse/src'), ...sources('firmware/sim/wasm'), ...sources('firmware/sim/board')],
    flags: [
      '-std=c++11',
      '-msimd128',
      '-mbulk-memory',
      '-DDORMOUSE_HOST',
      '-DDORMOUSE_NN_RECORDS',
      '-Ifirmware/dormouse/src',
      '-Ifirmware/sim',
      '-isystem',
      'firmware/sim/wasm/include',
    ],
    stack: 256 * 1024,
  },
  {
    output: 'src/train/train.wasm',
    // Training that simulates the int8 engine rounds with the board's own fixed-point code.
    inputs: [
      ...sources('src/train/kernels'),
      'firmware/dormouse/src/nn/multiplier.cpp',
      'firmware/dormouse/src/math/math.cpp',
    ],
    // Its threads share one memory, each with a stack of its own that the caller sets.
    flags: [
      '-std=c++17',
      '-msimd128',
      '-mbulk-memory',
      '-matomics',
      '-mmutable-globals',
      '-Wconversion',
      '-Ifirmware/dormouse/src',
      '-Wl,--import-memory',
      '-Wl,--shared-memory',
      '-Wl,--max-memory=2147483648',
      '-Wl,--export=__stack_pointer',
      // Strength reduction hides the constant part of addresses, which WebAssembly's loads take for nothing.
      '-mllvm',
      '-disable-lsr',
    ],
    stack: 64 * 1024,
  },
];

const common = [
  '--target=wasm32',
  '-O3',
  '-ffp-contract=off',
  '-fno-exceptions',
  '-fno-rtti',
  '-fno-threadsafe-statics',
  '-fvisibility=hidden',
  '-nostdlib',
  '-ffreestanding',
  '-Wall',
  '-Wextra',
  '-Werror',
];

const clang = process.env.CLANG ?? 'clang++';
const check = process.argv.includes('--check');
const only = process.argv.find((argument) => argument.startsWith('--only='))?.slice(7);
const work = mkdtempSync(join(tmpdir(), 'dormouse-core-'));
let different = 0;
let chosen = 0;
try {
  for (const module of modules) {
    if (module.inputs.length === 0 || (only && !module.output.includes(only))) continue;
    chosen++;
    const made = join(work, 'module.wasm');
    execFileSync(
      clang,
      [
        ...common,
        ...module.flags,
        ...module.inputs,
        '-Wl,--no-entry',
        '-Wl,--strip-all',
        '-Wl,--export=__heap_base',
        `-Wl,-z,stack-size=${module.stack}`,
        '-o',
        made,
      ],
      { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] },
    );
    const bytes = readFileSync(made);
    const target = join(root, module.output);
    if (!check) {
      writeFileSync(target, bytes);
      console.log(`${module.output}: ${bytes.length} bytes`);
    } else if (!existsSync(target) || !readFileSync(target).equals(bytes)) {
      console.error(`${module.output} is not what its sources make. Run "npm run core:build" and commit the result.`);
      different++;
    } else {
      console.log(`${module.output}: the same ${bytes.length} bytes`);
    }
  }
} finally {
  rmSync(work, { recursive: true, force: true });
}
if (chosen === 0) console.error(`Nothing is called ${only}: --only takes dormouse or train.`);
process.exitCode = different || chosen === 0 ? 1 : 0;

/**
 * One program (bits/bits.cpp) over the core's whole arithmetic, built as the boards' cores build and as the app does:
 * for an emulated Cortex-M4F and Cortex-M0+ with -Ofast, -Os and -O2, for x86-64 with and without -Ofast and
 * fused multiply-add, for WebAssembly. All must print the same hashes.
 */
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { installRoot } from '../../src/base';
import { describeWith, needsCommands } from '../support/needs';

const execute = promisify(execFile);
/** Stops what still compiles or runs when the tests are over. */
const over = new AbortController();
const run = (command: string, parameters: readonly string[] = [], options: { cwd?: string; timeout?: number } = {}) =>
  execute(command, [...parameters], { ...options, signal: over.signal });
const root = installRoot();
const core = 'firmware/dormouse/src';
const bits = 'test/firmware/bits';

/** The files of the program, but for those of one machine each. */
const own = readdirSync(join(root, bits)).filter((name) => !/^(arm|native|wasm)\.cpp$/.test(name));

const included = (path: string): string[] =>
  [...readFileSync(join(root, path), 'utf8').matchAll(/#include "(?:nn\/kernels\/)?(\w+)\.h"/g)].map(
    ([, name]) => name,
  );

/** Kernels that the program calls, and what those are made of: every file is compiled for every processor and level. */
function kernelFiles(): string[] {
  const folder = join(core, 'nn/kernels');
  const all = readdirSync(join(root, folder)).filter((name) => name.endsWith('.cpp'));
  const waiting = own.flatMap((name) => included(join(bits, name)));
  const found = new Set<string>();
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    // gemm_forms.h is for gemm_arm_dsp.cpp and the like.
    const stem = name.replace(/_forms$/, '');
    for (const file of all.filter((each) => each === `${stem}.cpp` || (name !== stem && each.startsWith(`${stem}_`)))) {
      if (found.has(file)) continue;
      found.add(file);
      waiting.push(...included(join(folder, file)));
      if (existsSync(join(root, folder, `${stem}.h`))) waiting.push(...included(join(folder, `${stem}.h`)));
    }
  }
  return [...found].sort().map((file) => join(folder, file));
}

const sources = (folder: string): string[] =>
  readdirSync(join(root, core, folder))
    .filter((name) => name.endsWith('.cpp'))
    .map((name) => join(core, folder, name));

const program = [
  ...['anomaly', 'dsp', 'math'].flatMap(sources),
  ...kernelFiles(),
  join(core, 'nn/multiplier.cpp'),
  ...own.filter((name) => name.endsWith('.cpp')).map((name) => join(bits, name)),
  `-I${core}`,
  `-I${bits}`,
  '-fno-exceptions',
  '-fno-rtti',
];
const bare = ['-std=gnu++11', '-ffreestanding', '-nostdlib', '-mthumb', '-T', 'test/firmware/arm/bare.ld'];

/** Seeed's nRF52 core; Arduino's mbed cores; most others. */
const levels = [
  ['-Ofast'],
  ['-Os', '-fomit-frame-pointer', '-funsigned-char', '-fno-delete-null-pointer-checks', '-ffunction-sections'],
  ['-O2'],
];

let work: string;

async function native(compiler: string, ...flags: string[]): Promise<string> {
  const path = join(work, `native-${flags.join('')}`);
  await run(compiler, ['-std=c++11', ...flags, ...program, `${bits}/native.cpp`, '-o', path], { cwd: root });
  return (await run(path)).stdout;
}

async function arm(board: string, ...flags: string[]): Promise<string> {
  const path = join(work, `${board}${flags.join('')}.elf`);
  const files = [...program, `${bits}/arm.cpp`, 'test/firmware/arm/bare.cpp', '-lgcc', '-o', path];
  await run('arm-none-eabi-g++', [...bare, ...flags, ...files], { cwd: root });
  const semihosting = ['-semihosting-config', 'enable=on,target=native'];
  const quiet = ['-nographic', '-monitor', 'none', '-serial', 'none'];
  const ran = await run('qemu-system-arm', ['-M', board, ...quiet, ...semihosting, '-kernel', path], {
    timeout: 180_000,
  });
  return ran.stdout + ran.stderr;
}

async function webAssembly(): Promise<string> {
  const path = join(work, 'bits.wasm');
  const flags = ['--target=wasm32', '-std=c++11', '-O3', '-msimd128', '-mbulk-memory', '-nostdlib', '-ffreestanding'];
  const files = [...program, `${bits}/wasm.cpp`, '-Wl,--no-entry', '-o', path];
  await run('clang++', [...flags, ...files], { cwd: root });
  const { instance } = await WebAssembly.instantiate(readFileSync(path));
  const exports = instance.exports as { memory: WebAssembly.Memory; run(): number };
  const start = exports.run();
  const memory = new Uint8Array(exports.memory.buffer);
  return new TextDecoder().decode(memory.subarray(start, memory.indexOf(0, start)));
}

const hasFusedMultiply = (): boolean => {
  try {
    return /\bfma\b/.test(readFileSync('/proc/cpuinfo', 'utf8'));
  } catch {
    return false;
  }
};

const m4f = ['-mcpu=cortex-m4', '-mfloat-abi=hard', '-mfpu=fpv4-sp-d16'];
const m0plus = ['-mcpu=cortex-m0plus', '-mfloat-abi=soft'];

/** What each build prints. */
const builds: readonly (readonly [name: string, print: () => Promise<string>])[] = [
  ['x86-64 with -Ofast', () => native('g++', '-Ofast', ...(hasFusedMultiply() ? ['-mfma'] : []))],
  ['WebAssembly', webAssembly],
  ...levels.map((level) => [`Cortex-M4F with ${level.join()}`, () => arm('mps2-an386', ...m4f, ...level)] as const),
  ...levels.map(
    (level) =>
      [`Cortex-M0+ code with ${level.join()} and soft floats`, () => arm('mps2-an385', ...m0plus, ...level)] as const,
  ),
];

/** All builds, two at a time: one compiles while another runs. */
function printAll(): Map<string, Promise<string>> {
  const lanes: Promise<unknown>[] = [Promise.resolve(), Promise.resolve()];
  return new Map(
    builds.map(([name, print], i) => {
      const printed = lanes[i % lanes.length].then(print);
      lanes[i % lanes.length] = printed.catch(() => undefined);
      return [name, printed];
    }),
  );
}

describeWith(
  needsCommands('g++', 'clang++', 'arm-none-eabi-g++', 'qemu-system-arm'),
  'the same bits on every machine',
  () => {
    let reference: string;
    let printed: Map<string, Promise<string>> | undefined;
    beforeAll(async () => {
      work = mkdtempSync(join(tmpdir(), 'dormouse-bits-'));
      reference = await native('g++', '-O0');
      printed = printAll();
    });
    afterAll(async () => {
      over.abort();
      await Promise.allSettled([...(printed?.values() ?? [])]);
      rmSync(work, { recursive: true, force: true });
    });

    it('prints one hash per part', () => {
      expect(reference.trim().split('\n')).toHaveLength(20);
      expect(reference).toMatch(/^spectral [0-9a-f]{8}$/m);
      expect(reference).toMatch(/^mfcc [0-9a-f]{8}$/m);
      expect(reference).toMatch(/^mixture [0-9a-f]{8}$/m);
    });

    it.each(builds.map(([name]) => name))('%s', async (name) => {
      expect(await printed?.get(name)).toBe(reference);
    });
  },
);

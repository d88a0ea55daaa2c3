/**
 * One program (bits/bits.cpp) over the core's whole arithmetic, built as the boards' cores build and as the app does:
 * for an emulated Cortex-M4F and Cortex-M0+ with -Ofast, -Os and -O2, for x86-64 with and without -Ofast and
 * fused multiply-add, for WebAssembly. All must print the same hashes.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { installRoot } from '../../src/base';
import { describeWith, needsCommands } from '../support/needs';

const run = promisify(execFile);
const root = installRoot();
const core = 'firmware/dormouse/src';

function sources(folder: string): string[] {
  return readdirSync(join(root, folder))
    .filter((name) => name.endsWith('.cpp'))
    .map((name) => join(folder, name));
}

const parts = [
  ...['dsp', 'math', 'nn/kernels'].flatMap((part) => sources(join(core, part))),
  join(core, 'nn', 'multiplier.cpp'),
];
const program = [
  ...parts,
  'test/firmware/bits/bits.cpp',
  'test/firmware/bits/windows.cpp',
  'test/firmware/bits/sound.cpp',
  `-I${core}`,
  '-Itest/firmware/bits',
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
  await run(compiler, ['-std=c++11', ...flags, ...program, 'test/firmware/bits/native.cpp', '-o', path], { cwd: root });
  return (await run(path)).stdout;
}

async function arm(board: string, ...flags: string[]): Promise<string> {
  const path = join(work, `${board}.elf`);
  const files = [...program, 'test/firmware/bits/arm.cpp', 'test/firmware/arm/bare.cpp', '-lgcc', '-o', path];
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
  const files = [...program, 'test/firmware/bits/wasm.cpp', '-Wl,--no-entry', '-o', path];
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

describeWith(
  needsCommands('g++', 'clang++', 'arm-none-eabi-g++', 'qemu-system-arm'),
  'the same bits on every machine',
  () => {
    let reference: string;
    beforeAll(async () => {
      work = mkdtempSync(join(tmpdir(), 'dormouse-bits-'));
      reference = await native('g++', '-O0');
    });
    afterAll(() => {
      rmSync(work, { recursive: true, force: true });
    });

    it('prints one hash per part', () => {
      expect(reference.trim().split('\n')).toHaveLength(17);
      expect(reference).toMatch(/^spectral [0-9a-f]{8}$/m);
      expect(reference).toMatch(/^mfcc [0-9a-f]{8}$/m);
    });

    it('x86-64 with -Ofast', async () => {
      const fused = hasFusedMultiply() ? ['-mfma'] : [];
      expect(await native('g++', '-Ofast', ...fused)).toBe(reference);
    });

    it('WebAssembly', async () => {
      expect(await webAssembly()).toBe(reference);
    });

    it.each(levels)('Cortex-M4F with %s', async (...flags) => {
      const board = ['-mcpu=cortex-m4', '-mfloat-abi=hard', '-mfpu=fpv4-sp-d16'];
      expect(await arm('mps2-an386', ...board, ...flags)).toBe(reference);
    });

    it.each(levels)('Cortex-M0+ code with %s and soft floats', async (...flags) => {
      expect(await arm('mps2-an385', '-mcpu=cortex-m0plus', '-mfloat-abi=soft', ...flags)).toBe(reference);
    });
  },
);

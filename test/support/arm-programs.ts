/**
 * Parts of the C++ core as code for Cortex-M: compiled with gcc, linked with a program of test/firmware/ and its bare start
 * (test/firmware/arm/), run in QEMU. Executed instructions are counted there exactly, to the timer's 40. Knows nothing of
 * what the programs do.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { installRoot } from '../../src/base';

const run = promisify(execFile);

export type ArmCore = 'cortex-m4f' | 'cortex-m0plus';

const cores: Readonly<Record<ArmCore, { machine: string; flags: readonly string[] }>> = {
  'cortex-m4f': {
    machine: 'mps2-an386',
    flags: ['-mcpu=cortex-m4', '-mthumb', '-mfloat-abi=hard', '-mfpu=fpv4-sp-d16'],
  },
  // ARMv6-M is a part of ARMv7-M: the Cortex-M3 of this machine executes the same instructions.
  'cortex-m0plus': { machine: 'mps2-an385', flags: ['-mcpu=cortex-m0plus', '-mthumb', '-mfloat-abi=soft'] },
};

const common = [
  ...['-std=gnu++11', '-ffunction-sections', '-fdata-sections', '-fno-exceptions', '-fno-rtti'],
  ...['-fno-threadsafe-statics', '-fomit-frame-pointer', '-funsigned-char', '-ffreestanding'],
  ...['-Wall', '-Wextra', '-Wconversion', '-Werror', '-Ifirmware/dormouse/src'],
];

/** Builds in a folder of its own; `close` removes it. */
export class ArmPrograms {
  private readonly folder = mkdtempSync(join(tmpdir(), 'dormouse-arm-'));
  private files = 0;

  private gcc(core: ArmCore, parameters: readonly string[]): Promise<unknown> {
    return run('arm-none-eabi-g++', [...cores[core].flags, ...common, ...parameters], { cwd: installRoot() });
  }

  /** Objects of parts of the core, compiled file by file as the sketch is, and of `extra` files. */
  private async objects(
    core: ArmCore,
    flags: readonly string[],
    parts: readonly string[],
    extra: readonly string[],
  ): Promise<string[]> {
    const source = 'firmware/dormouse/src';
    const files = parts.flatMap((part) =>
      readdirSync(join(installRoot(), source, part), { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.cpp'))
        .map((name) => join(source, part, name)),
    );
    files.push(...extra);
    const made = files.map(() => join(this.folder, `${this.files++}.o`));
    let next = 0;
    const worker = async (): Promise<void> => {
      for (let i = next++; i < files.length; i = next++)
        await this.gcc(core, [...flags, '-c', files[i], '-o', made[i]]);
    };
    await Promise.all([worker(), worker()]);
    return made;
  }

  /** `program`: a file with program() of test/firmware/arm/bare.h; `level`: gcc's, such as '-O2'. Returns its path. */
  async build(core: ArmCore, level: string, parts: readonly string[], program: string): Promise<string> {
    const path = join(this.folder, `${this.files++}-${core}${level}.elf`);
    const objects = await this.objects(core, [level], parts, [program, 'test/firmware/arm/bare.cpp']);
    const link = ['-nostartfiles', '-nostdlib', '-Wl,--gc-sections', '-T', 'test/firmware/arm/bare.ld'];
    await this.gcc(core, [...link, ...objects, '-lgcc', '-o', path]);
    return path;
  }

  /** Puts the job into the emulated board's memory and returns what the program printed. */
  async run(core: ArmCore, program: string, job: Uint8Array): Promise<string> {
    const path = join(this.folder, `${this.files++}.job`);
    writeFileSync(path, job);
    const { stdout, stderr } = await run(
      'qemu-system-arm',
      [
        ...['-M', cores[core].machine, '-nographic', '-monitor', 'none', '-serial', 'none', '-icount', 'shift=0'],
        ...['-semihosting-config', 'enable=on,target=native', '-kernel', program],
        ...['-device', `loader,file=${path},addr=0x21000000,force-raw=on`],
      ],
      { timeout: 300_000, maxBuffer: 1 << 26 },
    );
    rmSync(path);
    return stdout + stderr;
  }

  /** Bytes of code and constants of `program` (with a start() of its own) and what it uses of the core. */
  async flashBytes(
    core: ArmCore,
    flags: readonly string[],
    parts: readonly string[],
    program: string,
  ): Promise<number> {
    const path = join(this.folder, 'size.elf');
    const objects = await this.objects(core, flags, parts, [program]);
    const link = ['-nostartfiles', '--specs=nano.specs', '--specs=nosys.specs', '-Wl,--gc-sections', '-Wl,-e,start'];
    await this.gcc(core, [...link, ...objects, '-o', path]);
    const { stdout } = await run('arm-none-eabi-size', [path]);
    const [text, data] = stdout.trim().split('\n')[1].trim().split(/\s+/).map(Number);
    return text + data;
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

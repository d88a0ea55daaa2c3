/**
 * The int8 engine as code for Cortex-M: builds test/firmware/nn_arm/ with gcc, runs it over models in QEMU and reads what
 * it prints. Instructions are counted exactly, to the timer's 40. Knows nothing of what the models should answer.
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

export interface ArmLayer {
  readonly operator: string;
  readonly instructions: number;
  /** FNV-1a of the first output's bytes, eight hexadecimal digits. */
  readonly hash: string;
}

export interface ArmRow {
  readonly instructions: number;
  /** Bytes of stack below the caller's frame. */
  readonly stack: number;
  /** FNV-1a over all outputs, eight hexadecimal digits. */
  readonly hash: string;
  readonly layers: readonly ArmLayer[];
}

export interface ArmModelRun {
  /** The engine's sentence, where it refused the model. */
  readonly refused?: string;
  readonly loadInstructions: number;
  readonly loadStack: number;
  readonly arenaBytes: number;
  readonly persistentBytes: number;
  readonly macs: number;
  readonly rows: readonly ArmRow[];
}

export interface ArmJob {
  readonly model: Uint8Array;
  /** Each row: the bytes of all inputs, one after the other. */
  readonly rows: readonly Uint8Array[];
  /** Also reports every operator's instructions and hash. */
  readonly layers?: boolean;
}

const padded = (bytes: number): number => (bytes + 15) & ~15;

/** The job as the program reads it: see Record in image.cpp. */
function jobBytes(jobs: readonly ArmJob[]): Uint8Array {
  const parts: Uint8Array[] = [];
  const add = (bytes: Uint8Array): void => {
    const part = new Uint8Array(padded(bytes.length));
    part.set(bytes);
    parts.push(part);
  };
  for (const { model, rows, layers } of jobs) {
    const header = Uint32Array.of(model.length, rows.length, rows.length > 0 ? rows[0].length : 0, layers ? 1 : 0);
    add(new Uint8Array(header.buffer));
    add(model);
    rows.forEach(add);
  }
  add(new Uint8Array(16));
  return new Uint8Array(Buffer.concat(parts));
}

function parse(printed: string): ArmModelRun[] {
  const runs: (ArmModelRun & { rows: ArmRow[] })[] = [];
  let layers: ArmLayer[] = [];
  for (const line of printed.split('\n').filter((each) => each !== '')) {
    const value = (name: string): number => Number(new RegExp(` ${name} (\\d+)`).exec(line)?.[1]);
    const hash = (): string => value('hash').toString(16).padStart(8, '0');
    const none = { loadInstructions: 0, loadStack: 0, arenaBytes: 0, persistentBytes: 0, macs: 0 };
    if (line.startsWith('refused ')) runs.push({ ...none, refused: line.slice(8), rows: [] });
    else if (line.startsWith('model '))
      runs.push({
        loadInstructions: value('insns'),
        loadStack: value('stack'),
        arenaBytes: value('arena'),
        persistentBytes: value('persistent'),
        macs: value('macs'),
        rows: [],
      });
    else if (line.startsWith('layer '))
      layers.push({ operator: line.split(' ')[1], instructions: value('insns'), hash: hash() });
    else if (line.startsWith('row ')) {
      runs.at(-1)?.rows.push({ instructions: value('insns'), stack: value('stack'), hash: hash(), layers });
      layers = [];
    } else throw new Error(`The emulated board said: ${line}`);
  }
  return runs;
}

/** Builds in a folder of its own; `close` removes it. */
export class ArmEngine {
  private readonly folder = mkdtempSync(join(tmpdir(), 'dormouse-arm-'));
  private files = 0;

  private gcc(core: ArmCore, parameters: readonly string[]): Promise<unknown> {
    return run('arm-none-eabi-g++', [...cores[core].flags, ...common, ...parameters], { cwd: installRoot() });
  }

  /** The engine's objects, compiled file by file as the sketch is. */
  private async objects(core: ArmCore, flags: readonly string[], extra: readonly string[]): Promise<string[]> {
    const source = 'firmware/dormouse/src';
    const files = ['nn', 'math'].flatMap((part) =>
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

  /** The program that runs jobs; `level` is gcc's, such as '-O2'. Returns its path. */
  async build(core: ArmCore, level: string): Promise<string> {
    const path = join(this.folder, `${core}${level}.elf`);
    const objects = await this.objects(core, [level], ['test/firmware/nn_arm/image.cpp']);
    const link = ['-nostartfiles', '-nostdlib', '-Wl,--gc-sections', '-T', 'test/firmware/nn_arm/image.ld'];
    await this.gcc(core, [...link, ...objects, '-lgcc', '-o', path]);
    return path;
  }

  async run(core: ArmCore, program: string, jobs: readonly ArmJob[]): Promise<ArmModelRun[]> {
    const job = join(this.folder, `${this.files++}.job`);
    writeFileSync(job, jobBytes(jobs));
    const { stdout, stderr } = await run(
      'qemu-system-arm',
      [
        ...['-M', cores[core].machine, '-nographic', '-monitor', 'none', '-serial', 'none', '-icount', 'shift=0'],
        ...['-semihosting-config', 'enable=on,target=native', '-kernel', program],
        ...['-device', `loader,file=${job},addr=0x21000000,force-raw=on`],
      ],
      { timeout: 300_000, maxBuffer: 1 << 26 },
    );
    rmSync(job);
    const runs = parse(stdout + stderr);
    if (runs.length !== jobs.length) throw new Error(`The emulated board answered ${runs.length} of ${jobs.length}.`);
    return runs;
  }

  /** Bytes of flash (code and constants) of the engine with the operators named, for instance 'Conv', without sentences. */
  async flashBytes(core: ArmCore, level: string, operations: readonly string[]): Promise<number> {
    const list = operations.map((name) => `&k${name}Operation`).join(',');
    const sizes: number[] = [];
    for (const define of ['-DWITH_ENGINE', '-DWITHOUT_ENGINE']) {
      const path = join(this.folder, 'size.elf');
      const flags = [level, define, '-DDORMOUSE_NN_NO_SENTENCES', `-DDORMOUSE_NN_OPERATIONS=${list}`];
      const objects = await this.objects(core, flags, ['test/firmware/nn_arm/size.cpp']);
      const link = ['-nostartfiles', '--specs=nano.specs', '--specs=nosys.specs', '-Wl,--gc-sections', '-Wl,-e,start'];
      await this.gcc(core, [...link, ...objects, '-o', path]);
      const { stdout } = await run('arm-none-eabi-size', [path]);
      const [text, data] = stdout.trim().split('\n')[1].trim().split(/\s+/).map(Number);
      sizes.push(text + data);
    }
    return sizes[0] - sizes[1];
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/**
 * Builds and runs the native tests of the C++ core: one program per part, with AddressSanitizer and
 * UndefinedBehaviorSanitizer, every warning an error. Knows nothing of what the programs check.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { installRoot } from '../../src/base';

const run = promisify(execFile);

const compilerFlags = [
  ...['-std=c++11', '-O1', '-g', '-fsanitize=address,undefined', '-fno-sanitize-recover=all'],
  ...['-DDORMOUSE_HOST', '-Wall', '-Wextra', '-Wconversion', '-Werror'],
  ...['-Ifirmware/dormouse/src', '-Ifirmware/sim', '-Itest/firmware'],
];

/** All .cpp files directly or deeper in a folder of the repository. */
export function cppFiles(...folders: string[]): string[] {
  return folders.flatMap((folder) =>
    readdirSync(join(installRoot(), folder), { recursive: true })
      .map(String)
      .filter((name) => name.endsWith('.cpp'))
      .sort()
      .map((name) => join(folder, name)),
  );
}

export class NativeTests {
  private readonly folder = mkdtempSync(join(tmpdir(), 'dormouse-native-'));

  /** Where files for the programs may be put; removed by `close`. */
  path(name: string): string {
    return join(this.folder, name);
  }

  /** Compiles sources, or objects of `compile`; rejects with the compiler's own words. Returns the program's path. */
  async build(name: string, inputs: readonly string[], flags: readonly string[] = []): Promise<string> {
    const program = this.path(name);
    await run('g++', [...compilerFlags, ...flags, ...inputs, '-o', program], { cwd: installRoot() });
    return program;
  }

  /** Compiles each source to an object of its own, two at a time, for programs that share them. */
  async compile(sources: readonly string[]): Promise<string[]> {
    const objects = sources.map((source) => this.path(`${source.replaceAll(/[\\/]/g, '_')}.o`));
    let next = 0;
    const worker = async () => {
      for (let i = next++; i < sources.length; i = next++)
        await run('g++', [...compilerFlags, '-c', sources[i], '-o', objects[i]], { cwd: installRoot() });
    };
    await Promise.all([worker(), worker()]);
    return objects;
  }

  /** Runs; rejects with what it printed if it fails. Returns what it printed. */
  async run(program: string, args: readonly string[] = []): Promise<string> {
    try {
      return (await run(program, [...args], { cwd: installRoot(), maxBuffer: 1 << 24 })).stdout;
    } catch (error) {
      const { stdout, stderr } = error as { stdout?: string; stderr?: string };
      throw new Error(`${program} failed:\n${stdout ?? ''}\n${stderr ?? ''}`, { cause: error });
    }
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

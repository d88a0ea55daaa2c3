/** Exported libraries compiled and run: natively with sanitizers, and as code for Arm. Knows nothing of what they answer. */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { LibraryFile } from '../../src/deploy';

const run = promisify(execFile);
const strict = ['-Wall', '-Wextra', '-Werror'];

export class LibraryPrograms {
  readonly folder = mkdtempSync(join(tmpdir(), 'dormouse-library-'));

  /** Writes the files into a folder of their own and returns it. */
  write(name: string, files: readonly LibraryFile[]): string {
    for (const file of files) {
      const path = join(this.folder, name, ...file.name.split('/'));
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, file.bytes);
    }
    return join(this.folder, name);
  }

  /** Sources by paths in the library's folder or absolute ones, each with every warning an error; returns their objects. */
  async compile(
    compiler: string,
    flags: readonly string[],
    library: string,
    sources: readonly string[],
  ): Promise<string[]> {
    const out = mkdtempSync(join(this.folder, 'objects-'));
    const objects = sources.map((_, i) => join(out, `${i}.o`));
    let next = 0;
    const worker = async (): Promise<void> => {
      for (let i = next++; i < sources.length; i = next++)
        await run(compiler, [
          ...flags,
          ...strict,
          `-I${join(library, 'src')}`,
          '-c',
          resolve(library, sources[i]),
          '-o',
          objects[i],
        ]);
    };
    await Promise.all([worker(), worker()]);
    return objects;
  }

  /** Of one program on an emulated Cortex-M4F: what it printed for a job in its memory. */
  async runOnArm(program: string, job: Uint8Array): Promise<string> {
    const path = `${program}.job`;
    writeFileSync(path, job);
    const { stdout, stderr } = await run(
      'qemu-system-arm',
      [
        ...['-M', 'mps2-an386', '-nographic', '-monitor', 'none', '-serial', 'none'],
        ...['-semihosting-config', 'enable=on,target=native', '-kernel', program],
        ...['-device', `loader,file=${path},addr=0x21000000,force-raw=on`],
      ],
      { timeout: 120_000, maxBuffer: 1 << 26 },
    );
    return stdout + stderr;
  }

  async link(compiler: string, flags: readonly string[], objects: readonly string[]): Promise<string> {
    const program = join(mkdtempSync(join(this.folder, 'program-')), 'program');
    await run(compiler, [...flags, ...objects, '-o', program]);
    return program;
  }

  /** What it printed; rejects with that if it fails. `input` is left in a file whose path is the first argument. */
  async run(program: string, input: Uint8Array = new Uint8Array(0)): Promise<string> {
    const path = `${program}.in`;
    writeFileSync(path, input);
    return (await run(program, [path], { maxBuffer: 1 << 26 })).stdout;
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export const cppOf = (files: readonly LibraryFile[]): string[] =>
  files.map(({ name }) => name).filter((name) => name.startsWith('src/') && name.endsWith('.cpp'));

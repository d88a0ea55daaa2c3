/** Compiles the sketch and uploads it with arduino-cli. The sketch's folder is copied first: it may lie in an archive. */
import { cp, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import { installRoot } from '../../base';
import type { BoardSketch } from '../../boards';
import { FirmwareError } from './errors';
import { runTool } from './run';
import { compileError, uploadError } from './translate';
import type { FirmwareProgress } from './types';

/** Where the sketch lies for other programs: in a packaged app, beside the archive. */
export function sketchFolder(): string {
  return join(installRoot().replace(/app\.asar$/, 'app.asar.unpacked') + sep, 'firmware', 'dormouse');
}

const urls = (sketch: BoardSketch): string[] => (sketch.indexUrl ? ['--additional-urls', sketch.indexUrl] : []);

export function compileArguments(sketch: BoardSketch, folder: string, build: string): string[] {
  return ['compile', '--no-color', '--fqbn', sketch.fqbn, ...urls(sketch), '--build-path', build, folder];
}

export function uploadArguments(sketch: BoardSketch, folder: string, build: string, port: string): string[] {
  return ['upload', '--no-color', '--fqbn', sketch.fqbn, ...urls(sketch), '--port', port, '--input-dir', build, folder];
}

/** `[====      ] 42% (30/70 pages)` of bossac and dfu-util, `Writing at 0x00010000... (42 %)` of esptool. */
export function fractionOf(line: string): number | null {
  const percent = /(\d{1,3}(?:\.\d+)?) ?%/.exec(line)?.[1];
  if (percent === undefined) return null;
  const value = Number(percent) / 100;
  return value <= 1 ? value : null;
}

export interface CliWork {
  readonly tool: string;
  readonly sketch: BoardSketch;
  readonly port: string;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress: (progress: FirmwareProgress) => void;
}

/** Rejects with FirmwareError; removes all that it made on disk. */
export async function installWithCli({ tool, sketch, port, signal, onProgress }: CliWork): Promise<void> {
  const source = sketchFolder();
  if (!(await stat(join(source, 'dormouse.ino')).catch(() => undefined)))
    throw new FirmwareError('missing-sketch', 'The sketch is missing from this installation.', 'Reinstall Dormouse.');
  const work = await mkdtemp(join(tmpdir(), 'dormouse-sketch-'));
  try {
    onProgress({ phase: 'preparing', fraction: null, detail: '' });
    // arduino-cli wants the folder to be named as the sketch in it.
    const folder = join(work, 'dormouse');
    const build = join(work, 'build');
    await cp(source, folder, { recursive: true });
    const step = async (phase: FirmwareProgress['phase'], args: readonly string[]) => {
      onProgress({ phase, fraction: null, detail: '' });
      return runTool(
        tool,
        args,
        (line) => {
          onProgress({ phase, fraction: fractionOf(line), detail: line.slice(0, 200) });
        },
        signal,
      );
    };
    const compiled = await step('compiling', compileArguments(sketch, folder, build));
    if (compiled.status !== 0) throw compileError(compiled.output, { sketch, port });
    const uploaded = await step('uploading', uploadArguments(sketch, folder, build, port));
    if (uploaded.status !== 0) throw uploadError(uploaded.output, { sketch, port });
  } finally {
    await rm(work, { recursive: true, force: true }).catch(() => undefined);
  }
}

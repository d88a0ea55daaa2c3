/** Runs a tool: never through a shell, its output line by line, ended when the person cancels. */
import { spawn } from 'node:child_process';
import { access, constants, stat } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { FirmwareError } from './errors';

export const cancelled = (): FirmwareError =>
  new FirmwareError(
    'cancelled',
    'Putting the sketch on the board was cancelled.',
    'If the board does not answer any more, press its reset button twice, quickly, and start again.',
  );

/** The whole path of a program on the PATH, or undefined. */
export async function findTool(name: string, path = process.env.PATH ?? ''): Promise<string | undefined> {
  const names = process.platform === 'win32' ? [`${name}.exe`] : [name];
  for (const folder of path.split(delimiter).filter((entry) => entry !== '')) {
    for (const candidate of names.map((file) => join(folder, file))) {
      const found = await access(candidate, constants.X_OK).then(
        () => stat(candidate),
        () => undefined,
      );
      if (found?.isFile()) return candidate;
    }
  }
  return undefined;
}

export interface Ran {
  /** The exit status; -1 where the program could not be started or was killed. */
  readonly status: number;
  /** The last of what it printed, both streams in the order of their arrival. */
  readonly output: string;
}

const keptCharacters = 64_000;
const killAfterMs = 3000;

/** Rejects with 'cancelled' once the tool has ended after an abort; whatever else happens is in the answer. */
export async function runTool(
  tool: string,
  args: readonly string[],
  onLine: (line: string) => void,
  signal?: AbortSignal,
): Promise<Ran> {
  if (signal?.aborted) throw cancelled();
  const child = spawn(tool, args, { shell: false, windowsHide: true, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  let line = '';
  const take = (text: string): void => {
    output = (output + text).slice(-keptCharacters);
    // Upload tools redraw one line with \r while they write.
    const lines = (line + text).split(/[\r\n]+/);
    line = (lines.pop() ?? '').slice(-1000);
    for (const whole of lines) if (whole.trim() !== '') onLine(whole.trim());
  };
  child.stdout.setEncoding('utf8').on('data', take);
  child.stderr.setEncoding('utf8').on('data', take);
  let killer: NodeJS.Timeout | undefined;
  const stop = (): void => {
    child.kill('SIGTERM');
    killer = setTimeout(() => child.kill('SIGKILL'), killAfterMs);
  };
  signal?.addEventListener('abort', stop, { once: true });
  try {
    const status = await new Promise<number>((resolve) => {
      child.on('error', (error) => {
        output += error.message;
        resolve(-1);
      });
      child.on('close', (code) => {
        resolve(code ?? -1);
      });
    });
    if (signal?.aborted) throw cancelled();
    return { status, output };
  } finally {
    signal?.removeEventListener('abort', stop);
    clearTimeout(killer);
  }
}

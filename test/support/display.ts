/** A display for windows: the one there is, else a virtual one of our own (Xvfb) that ends with this process. */
import { spawn, type ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';

let virtual: Promise<string> | undefined;
let server: ChildProcess | undefined;

async function startXvfb(): Promise<string> {
  // Xvfb chooses a free number by itself and writes it to the file descriptor named here.
  const child = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1400x900x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  server = child;
  process.once('exit', stopDisplay);
  const number = await new Promise<string>((resolve, reject) => {
    let text = '';
    (child.stdio[3] as Readable).on('data', (data: Buffer) => {
      text += data.toString();
      if (text.includes('\n')) resolve(text.trim());
    });
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`Xvfb ended with ${code} before it had a display`)));
  });
  child.unref();
  return `:${number}`;
}

/** The value for DISPLAY; undefined where the system shows windows without it. */
export async function display(): Promise<string | undefined> {
  if (process.platform !== 'linux') return undefined;
  // DORMOUSE_TEST_WINDOWS=1 shows the windows on the person's own screen, to look at what a test does.
  if (process.env['DORMOUSE_TEST_WINDOWS'] === '1' && process.env['DISPLAY']) return process.env['DISPLAY'];
  virtual ??= startXvfb();
  return virtual;
}

export function stopDisplay(): void {
  server?.kill();
  server = undefined;
  virtual = undefined;
}

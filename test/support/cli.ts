/** Runs the built command line as a person would, in a process of its own. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installRoot } from '../../src/base';

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export function startCli(args: readonly string[]): ChildProcess {
  return spawn(process.execPath, [join(installRoot(), 'dist', 'cli', 'dormouse.js'), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

export function cli(...args: readonly string[]): Promise<Outcome> {
  const child = startCli(args);
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}

/** Runs with --json and parses what it printed; throws with stderr where it failed. */
export async function cliJson<T>(...args: readonly string[]): Promise<T> {
  const outcome = await cli(...args, '--json');
  if (outcome.code !== 0) throw new Error(`dormouse ${args.join(' ')} ended with ${outcome.code}: ${outcome.stderr}`);
  return JSON.parse(outcome.stdout) as T;
}

/** A folder that is gone after the test. */
export function temporaryFolder(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'dormouse-test-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/**
 * What the command line prints: results on stdout (one JSON document with --json, plain lines otherwise), progress on
 * stderr and only on a terminal, an error as one sentence on stderr.
 */
import { writeSync } from 'node:fs';
import { reportOf, type Progress } from '../base';

export class Output {
  private progressShown = false;
  private lastShown = 0;

  constructor(
    readonly json: boolean,
    private readonly quiet: boolean = !process.stderr.isTTY,
  ) {}

  /** The result: an object for programs, lines for people. */
  result(value: unknown, lines: readonly string[]): void {
    this.clear();
    this.write(this.json ? JSON.stringify(value, jsonNumbers) : lines.join('\n'));
  }

  /** One of many results, each a line. */
  line(value: unknown, text: string): void {
    this.clear();
    this.write(this.json ? JSON.stringify(value, jsonNumbers) : text);
  }

  private write(text: string): void {
    process.stdout.write(`${text}\n`);
  }

  warn(sentence: string): void {
    this.clear();
    process.stderr.write(`warning: ${sentence}\n`);
  }

  readonly progress = (progress: Progress): void => {
    const now = performance.now();
    if (this.quiet || (now - this.lastShown < 50 && progress.done !== progress.total)) return;
    this.lastShown = now;
    const amount = progress.total > 0 ? ` ${progress.done}/${progress.total}` : '';
    process.stderr.write(`\r\u001b[K${progress.step}${amount}`);
    this.progressShown = true;
  };

  /** A free line of progress, for people only. */
  say(text: string): void {
    this.clear();
    if (!this.json) process.stderr.write(`${text}\n`);
  }

  clear(): void {
    if (this.progressShown) process.stderr.write('\r\u001b[K');
    this.progressShown = false;
  }

  /** Written at once, since the process ends right after. */
  error(error: unknown): void {
    this.clear();
    const report = reportOf(error);
    if (this.json) process.stdout.write(`${JSON.stringify({ error: report })}\n`);
    writeSync(2, `dormouse: ${report.message} ${report.action}\n`);
  }
}

/** JSON has no NaN: what is not known is null. */
function jsonNumbers(_key: string, value: unknown): unknown {
  if (typeof value === 'number' && !Number.isFinite(value)) return null;
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) return Array.from(value as Float32Array);
  return value;
}

export const percent = (value: number): string =>
  Number.isFinite(value) ? `${(value * 100).toFixed(1)} %` : 'unknown';

export function bytes(count: number): string {
  if (count < 1024) return `${count} B`;
  return count < 1024 * 1024 ? `${(count / 1024).toFixed(1)} KB` : `${(count / 1024 / 1024).toFixed(1)} MB`;
}

/** Columns padded to their widest entry. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]))
      .join('  ')
      .trimEnd(),
  );
}

/**
 * A diary for the day something goes wrong: what the services' process printed and how it ended. One file and the one
 * before it, half a megabyte each. Never holds recordings or labels. Failing to write is not worth a word.
 */
import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';

const most = 512 * 1024;

export class Log {
  private readonly path: string;

  constructor(folder: string) {
    this.path = join(folder, 'dormouse.log');
    try {
      mkdirSync(folder, { recursive: true });
    } catch {
      // Then every write fails as quietly.
    }
  }

  write(text: string): void {
    try {
      const size = statSync(this.path, { throwIfNoEntry: false })?.size ?? 0;
      if (size > most) renameSync(this.path, `${this.path}.before`);
      appendFileSync(this.path, `${new Date().toISOString()} ${text.trimEnd()}\n`);
    } catch {
      // A full disk must not stop the program over its diary.
    }
  }
}

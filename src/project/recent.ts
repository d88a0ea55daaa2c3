/** The list of projects opened lately, in one small file. A damaged file is an empty list: nothing of value is lost. */
import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as v from 'valibot';
import { replaceFile } from '../base';
import type { RecentProject } from './contract';

const kept = 12;
const schema = v.array(v.object({ name: v.string(), folder: v.string(), openedAt: v.string() }));

export class RecentProjects {
  constructor(private readonly path: string) {}

  async list(): Promise<readonly RecentProject[]> {
    const text = await readFile(this.path, 'utf8').catch(() => '[]');
    try {
      const checked = v.safeParse(schema, JSON.parse(text));
      return checked.success ? checked.output : [];
    } catch {
      return [];
    }
  }

  async opened(name: string, folder: string): Promise<void> {
    const others = (await this.list()).filter((project) => project.folder !== folder);
    const list = [{ name, folder, openedAt: new Date().toISOString() }, ...others].slice(0, kept);
    await mkdir(dirname(this.path), { recursive: true });
    await replaceFile(this.path, `${JSON.stringify(list, null, 2)}\n`);
  }
}

/** A project of a benchmark: made as `dormouse new` makes it, filled as `dormouse import` fills it, with defaults only. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './ready.mjs';

const data = process.env.DORMOUSE_DATA ?? join(root, '..', 'shared', 'data');

/** The folder of the shared recordings; undefined where it is not on this machine. */
export function recordings(...names) {
  const folder = join(data, ...names);
  return existsSync(folder) ? folder : undefined;
}

/** Resolves with what `work` answers for the new project; the project is gone afterwards. */
export async function withProject(parts, task, folder, work) {
  const temporary = mkdtempSync(join(tmpdir(), 'dormouse-bench-'));
  const project = await parts.Project.create(join(temporary, 'project'), { task });
  try {
    await project.dataset.importPaths([folder]);
    return await work(project);
  } finally {
    await project.close();
    rmSync(temporary, { recursive: true, force: true });
  }
}

const rounded = (value) => Number(value.toFixed(4));
const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

export const summary = (values) => ({
  mean: rounded(mean(values)),
  worst: rounded(Math.min(...values)),
  each: values.map(rounded),
});

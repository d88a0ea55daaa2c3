/** The examples of pictures and of machines: made by the simulated board. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { makeExample, trainProject, type Project } from '../../src/project';

const folder = mkdtempSync(join(tmpdir(), 'dormouse-examples-'));
const open: Project[] = [];
afterAll(async () => {
  for (const project of open) await project.close();
  rmSync(folder, { recursive: true, force: true });
});

it('a machine: what is unusual is told from what is normal', async () => {
  const project = await makeExample(join(folder, 'machine'), { name: 'machine', task: 'anomaly', seed: 1 });
  open.push(project);
  const { report } = await trainProject(project, { settings: { threads: 1 } });
  expect(report.int8?.anomaly?.auc).toBeGreaterThan(0.95);
});

it('pictures: every label by every person, recognised in a room that did not teach', async () => {
  const project = await makeExample(join(folder, 'pictures'), { name: 'pictures', task: 'image', seed: 1 });
  open.push(project);
  const { items } = project.dataset.list();
  expect(items.every(({ kind, width }) => kind === 'image' && width === 96)).toBe(true);
  const { labels } = project.dataset.summary();
  expect(labels).toHaveLength(4);
  for (const { training, testing } of labels) expect({ training, testing }).toEqual({ training: 66, testing: 6 });
  const { report } = await trainProject(project, { settings: { threads: 2 } });
  expect(report.int8?.accuracy).toBeGreaterThan(0.7);
});

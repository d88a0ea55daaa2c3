/** Anomaly projects: learned from normal captures alone, judged by the board's arithmetic, and beside a classifier. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Random } from '../../src/base';
import type { NewCapture } from '../../src/dataset';
import { parseImage } from '../../src/deploy';
import { Project, type Task, type TrainSettings } from '../../src/project';
import { imageOf } from '../../src/project/deploying';
import { testProject } from '../../src/project/testing';
import { trainProject } from '../../src/project/training';

const folder = mkdtempSync(join(tmpdir(), 'dormouse-anomaly-'));
const open: Project[] = [];
afterAll(async () => {
  for (const project of open) await project.close();
  rmSync(folder, { recursive: true, force: true });
});

const axes = ['accX', 'accY', 'accZ'].map((name) => ({ name, units: 'm/s2' }));

/** A machine that turns `turns` times a second, with a little of everything else. */
function hum(label: string, turns: number, seed: number, notes: Partial<NewCapture['notes']> = {}): NewCapture {
  const random = new Random(seed);
  const phase = random.uniform() * 6;
  const values = new Float32Array(200 * 3).map((_, i) => {
    const time = Math.floor(i / 3) / 100;
    return Math.sin(2 * Math.PI * turns * time + phase + (i % 3)) + 0.1 * random.normal();
  });
  return { values, axes, rateHz: 100, kind: 'motion', notes: { label, ...notes } };
}

async function machine(name: string, task: Task, anomaly: TrainSettings['anomaly']): Promise<Project> {
  const project = await Project.create(join(folder, name), { task });
  open.push(project);
  for (let i = 0; i < 40; i++)
    await project.dataset.add(hum('fine', 9 + 0.2 * Math.sin(i), i, { split: i % 4 === 0 ? 'testing' : 'training' }));
  for (let i = 0; i < 12; i++) await project.dataset.add(hum('loose', 17, 100 + i, { split: 'testing' }));
  const training = { ...project.settings.training, epochs: 30, threads: 1, anomaly };
  await project.change({ training });
  return project;
}

const base = { clusters: 4, quantile: 0.95 };

describe('an anomaly project', () => {
  it('learns from one label by default, and says so of what else there is', async () => {
    const project = await Project.create(join(folder, 'default'), { task: 'anomaly' });
    open.push(project);
    expect(project.settings.training.anomaly.kind).toBe('kmeans');
  });

  it.each(['kmeans', 'mixture', 'autoencoder'] as const)('by %s tells normal from what it never saw', async (kind) => {
    const project = await machine(kind, 'anomaly', { ...base, kind });
    const model = await trainProject(project);
    const { int8 } = model.report;
    expect(int8?.labels).toEqual(['fine', 'anomaly']);
    expect(int8?.anomaly).toMatchObject({ kind, normal: ['fine'], quantile: 0.95 });
    expect(int8?.anomaly?.auc).toBeGreaterThan(0.99);
    expect(int8?.anomaly?.caught).toBeGreaterThan(0.9);
    // Thirty normal windows teach and ten test: with the threshold at a quantile of 0.95 one or two may lie above. The
    // autoencoder learns from fewer, as a fifth is kept aside, and sets its threshold on six windows: less is promised.
    expect(int8?.anomaly?.falseAlarms).toBeLessThanOrEqual(kind === 'autoencoder' ? 0.5 : 0.31);
    // Of the rows that set the threshold, as many lie below as was asked for.
    const view = model.anomaly?.view;
    const counts = view?.histogram.counts ?? [];
    const all = counts.reduce((sum, count) => sum + count, 0);
    const below = counts.slice(0, Math.ceil(counts.length / 3) + 1).reduce((sum, count) => sum + count, 0);
    expect(below / all).toBeGreaterThan(0.9);
    expect(view?.others).toMatchObject([{ label: 'loose' }]);
    expect(view?.others[0].caught).toBe(int8?.anomaly?.caught);
    // What is stored answers the same as what was trained; the image that goes on the board carries it.
    const again = await Project.open(project.folder, { readOnly: true });
    const tested = await testProject(again, 'int8', null);
    expect(tested.anomaly).toEqual(int8?.anomaly);
    const image = parseImage(await imageOf(again));
    expect(image.manifest).toMatchObject({ head: 'none', labels: ['fine'] });
    expect(image.manifest.anomaly).toMatchObject({ kind: kind === 'autoencoder' ? 'reconstruction' : kind });
    await again.close();
  });

  it('asks for what is missing: nothing normal, or a normal label that is not there', async () => {
    const project = await Project.create(join(folder, 'empty'), { task: 'anomaly' });
    open.push(project);
    await expect(trainProject(project)).rejects.toMatchObject({ code: 'needs-data' });
    await project.dataset.add(hum('fine', 9, 1));
    const anomaly = { ...base, kind: 'kmeans', normal: ['quiet'] } as const;
    await expect(trainProject(project, { settings: { anomaly } })).rejects.toMatchObject({ code: 'needs-data' });
  });
});

describe('beside a classifier', () => {
  it('what has no label among the taught ones is unusual, and scored as that', async () => {
    const project = await machine('beside', 'anomaly', { ...base, kind: 'none' });
    for (let i = 0; i < 20; i++)
      await project.dataset.add(hum('slow', 3, 300 + i, { split: i % 4 === 0 ? 'testing' : 'training' }));
    const plain = await trainProject(project);
    expect(plain.anomaly).toBeUndefined();
    const model = await trainProject(project, { settings: { anomaly: { ...base, kind: 'kmeans' } } }).catch(
      (error: unknown) => error,
    );
    // In an anomaly project only normal teaches; in one of motion all labels do.
    expect(model).toMatchObject({ report: { labels: ['fine'] } });
    const motion = await Project.create(join(folder, 'motion'), { task: 'motion' });
    open.push(motion);
    await motion.change({
      impulse: project.settings.impulse,
      training: { ...motion.settings.training, epochs: 20, threads: 1, anomaly: { ...base, kind: 'kmeans' } },
    });
    for (const { id } of project.dataset.list().items) {
      const { values, label, split } = await project.dataset.get(id);
      await motion.dataset.add({ values, axes, rateHz: 100, kind: 'motion', notes: { label, split } });
    }
    const both = await trainProject(motion);
    expect(both.report.int8?.labels).toEqual(['fine', 'slow']);
    expect(both.report.int8?.accuracy).toBe(1);
    expect(both.report.int8?.anomaly?.auc).toBeGreaterThan(0.99);
    expect(both.report.int8?.anomaly?.scores).toHaveLength((both.report.int8?.count ?? 0) + 12);
    expect(both.golden.length).toBeGreaterThan(0);
    const settings = { anomaly: { ...base, kind: 'autoencoder' } } as const;
    await expect(trainProject(motion, { settings })).rejects.toMatchObject({ code: 'bad-argument' });
  });
});

/** The map of captures: components and neighbours against the definition, layouts, what stands out, and the request. */
import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../src/base';
import { Project } from '../../src/project';
import { principalComponents } from '../../src/project/explorer/components';
import { layOut, type LayoutNews, type LayoutTask } from '../../src/project/explorer/layout';
import { doubtfulLabels, duplicatesAmong, nearestNeighbours } from '../../src/project/explorer/neighbours';
import { runLayout } from '../../src/project/explorer/running';
import { recordSimulatedTakes } from '../../src/project/simulated-takes';
import { bundleForNode } from '../support/bundle';
import { codeOf, makeRig, type Rig } from './rig';

/** Clouds of points far from each other, in `width` dimensions; one label each. */
function clouds(each: number, width: number, seed: number): { values: Float32Array; label: Int32Array; count: number } {
  const random = new Random(seed);
  const count = each * 3;
  const values = new Float32Array(count * width);
  const label = Int32Array.from({ length: count }, (_, i) => i % 3);
  for (let i = 0; i < count; i++)
    for (let k = 0; k < width; k++)
      values[i * width + k] = (k % 3 === label[i] ? 8 : 0) + random.uniform() + random.uniform() - 1;
  return { values, label, count };
}

const at = (values: Float32Array, width: number, i: number): Float32Array =>
  values.subarray(i * width, (i + 1) * width);
const apart = (a: Float32Array, b: Float32Array): number => Math.hypot(...a.map((value, k) => value - b[k]));

describe('principal components', () => {
  it('finds the direction that a line of points lies along, whatever the units of its columns', () => {
    const random = new Random(5);
    const count = 200;
    const along = Array.from({ length: count }, () => random.uniform() * 2 - 1);
    const values = Float32Array.from({ length: count * 4 }, (_, i) => {
      const t = along[Math.floor(i / 4)];
      return [1000 * t, -0.01 * t + 3, 7, 5 * t + 0.5 * random.uniform()][i % 4];
    });
    const found = principalComponents(values, count, 4);
    expect(found.shown).toBeGreaterThan(0.99);
    const first = along.map((_, i) => found.values[i * found.width]);
    const mean = along.reduce((a, b) => a + b) / count;
    const both = first.reduce((sum, value, i) => sum + value * (along[i] - mean), 0);
    const lengths = Math.hypot(...first) * Math.hypot(...along.map((t) => t - mean));
    expect(Math.abs(both) / lengths).toBeGreaterThan(0.99);
  });
  it('keeps the distances between points where all directions are kept', () => {
    const { values, count } = clouds(20, 5, 9);
    const found = principalComponents(values, count, 5);
    expect(found.width).toBe(5);
    const means = Array.from({ length: 5 }, (_, k) => values.filter((_v, i) => i % 5 === k));
    const scaled = values.map((value, i) => {
      const column = means[i % 5];
      const mean = column.reduce((a, b) => a + b) / count;
      return (value - mean) / Math.sqrt(column.reduce((sum, v) => sum + (v - mean) ** 2, 0) / count);
    });
    for (const [a, b] of [
      [0, 1],
      [3, 40],
      [17, 58],
    ] as const)
      expect(apart(at(found.values, 5, a), at(found.values, 5, b))).toBeCloseTo(
        apart(at(scaled, 5, a), at(scaled, 5, b)),
        3,
      );
  });
  it.each([
    [1, 3],
    [2, 0],
    [3, 1],
    [5, 4],
  ])('gives %i rows of %i columns that never change a place', (count, width) => {
    const found = principalComponents(new Float32Array(count * width).fill(2), count, width);
    expect([...found.values].every((value) => value === 0)).toBe(true);
    expect(found.values).toHaveLength(count * found.width);
  });
});

describe('neighbours', () => {
  it('are those that sorting all distances gives', () => {
    const { values, count } = clouds(25, 4, 3);
    const { each, index, distance } = nearestNeighbours(values, count, 4, 6);
    for (let i = 0; i < count; i++) {
      const sorted = Array.from({ length: count }, (_, j) => apart(at(values, 4, i), at(values, 4, j)))
        .map((d, j) => ({ d, j }))
        .filter(({ j }) => j !== i)
        .sort((a, b) => a.d - b.d);
      for (let k = 0; k < each; k++) {
        expect(distance[i * each + k]).toBeCloseTo(sorted[k].d, 4);
        expect(apart(at(values, 4, i), at(values, 4, index[i * each + k]))).toBeCloseTo(sorted[k].d, 4);
      }
    }
  });
  it('tell of a recording that is there twice, and of nothing where all differ', () => {
    const { values, count } = clouds(25, 4, 3);
    expect(duplicatesAmong(nearestNeighbours(values, count, 4, 6), count)).toEqual([]);
    values.set(at(values, 4, 7), 41 * 4);
    values[41 * 4] += 1e-4;
    expect(duplicatesAmong(nearestNeighbours(values, count, 4, 6), count)).toEqual([[7, 41]]);
  });
  it('tell of a label that does not fit, and what it should be', () => {
    const { values, label, count } = clouds(25, 4, 3);
    const neighbours = nearestNeighbours(values, count, 4, 15);
    expect(doubtfulLabels(neighbours, label)).toEqual([]);
    label[31] = (label[31] + 1) % 3;
    expect(doubtfulLabels(neighbours, label)).toEqual([{ point: 31, suggested: 31 % 3, agreement: 1 }]);
  });
  it('say nothing of labels where there are too few captures to ask', () => {
    const { values } = clouds(1, 4, 3);
    expect(doubtfulLabels(nearestNeighbours(values, 3, 4, 15), Int32Array.of(0, 0, 1))).toEqual([]);
  });
});

const task = (method: 'pca' | 'umap'): LayoutTask => {
  const { values, label, count } = clouds(40, 6, 11);
  return { method, count, width: 6, values, label, seed: 4 };
};
const last = (steps: Iterable<LayoutNews>): LayoutNews & { kind: 'finished' } => {
  const end = [...steps].at(-1);
  if (end?.kind !== 'finished') throw new Error('The layout did not finish.');
  return end;
};

describe.each(['pca', 'umap'] as const)('a map by %s', (method) => {
  it('keeps what is alike together, inside its square', () => {
    const { points } = last(layOut(task(method)));
    expect(Math.max(...points.map(Math.abs))).toBeLessThanOrEqual(1.000001);
    const { index, each } = nearestNeighbours(points, 120, 2, 5);
    const strangers = [...index].filter((other, i) => other % 3 !== Math.floor(i / each) % 3).length;
    expect(strangers).toBe(0);
  });
  it('is the same in two runs', () => {
    expect(last(layOut(task(method))).points).toEqual(last(layOut(task(method))).points);
  });
});

describe('in a thread of its own', () => {
  let script: string;
  beforeAll(async () => {
    script = await bundleForNode('src/project/explorer/map-worker.ts');
  });
  afterAll(() => rmSync(dirname(script), { recursive: true, force: true }));
  it.each(['pca', 'umap'] as const)(
    'gives the same map by %s as without one, and shows points before',
    async (method) => {
      let shown = 0;
      const there = await runLayout(task(method), () => shown++, undefined, script);
      expect(shown).toBeGreaterThan(0);
      expect(there).toEqual(last(layOut(task(method))));
    },
  );
  it('can be cancelled', async () => {
    const stop = new AbortController();
    const running = runLayout(task('umap'), () => stop.abort(), stop.signal, script);
    await expect(codeOf(running)).resolves.toBe('cancelled');
  });
});

describe('the request', () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = makeRig();
    await rig.create();
  });
  afterAll(() => rig.tearDown());
  const explore = () => rig.request('explorer.start', { method: 'pca' });

  it('says what an empty project lacks', async () => {
    await expect(codeOf(explore())).resolves.toBe('needs-data');
  });
  it('shows every capture with its label, names a wrong one and leaves out what is too short', async () => {
    await rig.request('project.close', undefined);
    const project = await Project.open(`${rig.folder}/p`);
    await project.change({ impulse: { ...project.settings.impulse, windowMs: 1000, strideMs: 500 } });
    await recordSimulatedTakes(project.dataset, { persons: 4, takesEach: 4, seconds: 2, rateHz: 100, seed: 3 });
    await project.close();
    await rig.request('project.open', { folder: `${rig.folder}/p` });
    const { items, total } = await rig.request('data.list', { query: {}, offset: 0, limit: 1000 });
    const idle = items.find(({ label }) => label === 'idle');
    if (!idle) throw new Error('Nobody kept still.');
    await rig.request('data.label', { ids: [idle.id], label: 'wave' });
    const map = await explore();
    expect([...map.ids].sort()).toEqual(items.map(({ id }) => id).sort());
    expect(map.points).toHaveLength(total * 2);
    expect(map.labels[map.label[map.ids.indexOf(idle.id)]]).toBe('wave');
    expect(map.suspects).toContainEqual({ id: idle.id, label: 'wave', suggested: 'idle', agreement: 1 });
    expect([...map.verdict].every((verdict) => verdict === -1)).toBe(true);
    expect(rig.heard('explorer.progress').at(-1)?.points).toHaveLength(total * 2);
  });
});

/** Descriptions of captures: of sound, in threads, and kept for the next time the project is opened. */
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../src/base';
import { loadCore, type Core } from '../../src/core';
import type { Capture } from '../../src/dataset';
import { resolveImpulse } from '../../src/impulse';
import { exploreProject, Project } from '../../src/project';
import { describeCaptures } from '../../src/project/explorer/describe';
import { describeStored, type DescribeTask } from '../../src/project/explorer/describing';
import { bundleForNode } from '../support/bundle';
import { codeOf } from './rig';

const rateHz = 16_000;
const tones = { low: 300, middle: 900, high: 2700 };

/** A tone in the middle of a second of noise; a little higher from one to the next. */
function tone(hz: number, seed: number): Float32Array {
  const random = new Random(seed);
  const turn = (2 * Math.PI * hz * (1 + seed * 0.002)) / rateHz;
  return Float32Array.from({ length: rateHz }, (_, i) =>
    Math.round((i > 4000 && i < 12_000 ? 3000 * Math.sin(turn * i) : 0) + random.normal() * 40),
  );
}

let folder: string;
let core: Core;
let task: DescribeTask;
let captures: Capture[];

beforeAll(async () => {
  core = await loadCore();
  folder = mkdtempSync(join(tmpdir(), 'dormouse-descriptions-'));
  const project = await Project.create(join(folder, 'p'), { task: 'audio' });
  for (const [label, hz] of Object.entries(tones))
    for (let seed = 1; seed <= 12; seed++)
      await project.dataset.add({
        values: tone(hz, seed),
        axes: [{ name: 'audio', units: 'wav' }],
        rateHz,
        kind: 'audio',
        notes: { label },
      });
  const { items } = project.dataset.list();
  captures = await Promise.all(items.map(({ id }) => project.dataset.get(id)));
  task = { folder: project.folder, resolved: resolveImpulse(project.settings.impulse, items, core) };
  await project.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const distance = (a: Float32Array, b: Float32Array): number => Math.hypot(...a.map((value, i) => value - b[i]));

describe('descriptions of sound', () => {
  it('are nearest to those of the same tone', () => {
    const rows = describeCaptures(core, task.resolved, captures).map((row) => row!);
    for (const [i, row] of rows.entries()) {
      const others = rows.map((other, j) => (j === i ? Infinity : distance(row, other)));
      expect(captures[others.indexOf(Math.min(...others))].label).toBe(captures[i].label);
    }
  });
  it('do not depend on what is described beside them', () => {
    const together = describeCaptures(core, task.resolved, captures);
    expect(describeCaptures(core, task.resolved, [captures[5]])).toEqual([together[5]]);
  });
  it('are none where a capture has not the axes', () => {
    const stranger = { ...captures[0], axes: [{ name: 'accX', units: 'g' }] };
    expect(describeCaptures(core, task.resolved, [stranger, captures[1]])[0]).toBeNull();
    expect(describeCaptures(core, task.resolved, [stranger])).toEqual([null]);
  });
});

describe('descriptions made in threads', () => {
  let script: string;
  beforeAll(async () => {
    script = await bundleForNode('src/project/explorer/describe-worker.ts');
  });
  afterAll(() => rmSync(dirname(script), { recursive: true, force: true }));
  const stored = () => captures.map(({ values: _, ...summary }) => ({ summary, file: 'wav' as const }));

  it('are those made without, in the order asked for', async () => {
    let told = 0;
    const there = await describeStored(core, task, stored(), { onProgress: ({ done }) => (told = done) }, script);
    expect(there).toEqual(await describeStored(core, task, stored(), {}, null));
    expect(there).toEqual(describeCaptures(core, task.resolved, captures));
    expect(told).toBe(captures.length);
  });
  it('say what is wrong with a recording as reading it here does', async () => {
    const gone = stored();
    gone[20] = { ...gone[20], summary: { ...gone[20].summary, id: 'never-there' } };
    await expect(codeOf(describeStored(core, task, gone, {}, script))).resolves.toBe('unknown-capture');
  });
  it('are made here where the threads do not start', async () => {
    const there = await describeStored(core, task, stored(), {}, join(folder, 'no-such-script.js'));
    expect(there).toEqual(describeCaptures(core, task.resolved, captures));
  });
  it('can be cancelled', async () => {
    const stop = new AbortController();
    const running = describeStored(core, task, stored(), { signal: stop.signal, onProgress: () => stop.abort() }, null);
    await expect(codeOf(running)).resolves.toBe('cancelled');
  });
});

describe('descriptions kept with the project', () => {
  const recordings = (): string[] => readdirSync(join(task.folder, 'captures')).filter((name) => name.endsWith('.wav'));
  const kept = (): string => join(task.folder, '.cache', 'map.cbor');
  async function withProject<T>(work: (project: Project) => Promise<T>, readOnly = false): Promise<T> {
    const project = await Project.open(task.folder, { readOnly });
    try {
      return await work(project);
    } finally {
      await project.close();
    }
  }
  const explore = (readOnly = false) => withProject((project) => exploreProject(project, { method: 'pca' }), readOnly);

  it('make the same map without looking at the recordings again, until the features are others', async () => {
    await explore(true);
    expect(existsSync(kept())).toBe(false);
    const first = await explore();
    // Whatever reads them now would fail; their notes, and with them their place in the list, stay.
    const file = join(task.folder, 'captures', recordings()[3]);
    const project = await Project.open(task.folder);
    rmSync(file);
    expect(await exploreProject(project, { method: 'pca' })).toEqual(first);
    await project.change(({ impulse }) => ({ impulse: { ...impulse, dsp: { kind: 'mfe', params: {} } } }));
    await expect(codeOf(exploreProject(project, { method: 'pca' }))).resolves.toBe('unknown-capture');
    await project.close();
  });
  it.each([
    ['nothing', ''],
    ['something else', '{"format":1}'],
    ['bytes of no meaning', '\u00ff\u0000\u00ff'],
  ])('are made anew where the file holds %s', async (_, content) => {
    const before = await explore();
    writeFileSync(kept(), content, 'latin1');
    expect(await explore()).toEqual(before);
  });
});

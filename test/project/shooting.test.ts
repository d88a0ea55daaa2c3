/** Pictures taken from the simulated camera through the services: one, a burst, held, and thrown away. */
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { CaptureSummary } from '../../src/dataset';
import type { RequestInput } from '../../src/project';
import { makeRig, take, type Rig } from './rig';

let rig: Rig;
const finished = (phase: string): boolean => ['finished', 'cancelled', 'failed'].includes(phase);

beforeEach(async () => {
  rig = makeRig();
  await rig.request('project.create', { folder: join(rig.folder, 'p'), name: 'p', task: 'image' });
  await rig.request('device.connect', { path: 'sim' });
});
afterEach(() => rig.tearDown());

async function shoot(plan: Partial<RequestInput<'capture.start'>>): Promise<string> {
  rig.forget();
  await rig.request('capture.start', { ...take, label: 'circle', seconds: 1, ...plan });
  return (await rig.event('capture.progress', ({ phase }) => finished(phase))).phase;
}
const list = async (): Promise<readonly CaptureSummary[]> =>
  (await rig.request('data.list', { query: {}, offset: 0, limit: 1000 })).items;

it('starts the camera by itself and keeps one picture as it came', async () => {
  expect(await shoot({ count: 1 })).toBe('finished');
  const [picture] = await list();
  expect(picture).toMatchObject({ kind: 'image', label: 'circle', width: 96, frames: 96 * 96, sensor: 'camera' });
  const { values } = await rig.request('data.get', { id: picture.id });
  expect(new Set(values).size, 'it shows something').toBeGreaterThan(20);
});

it('takes a burst so far apart, one capture each, told one by one', async () => {
  expect(await shoot({ count: 3, everyMs: 150, person: 'Ada' })).toBe('finished');
  const told = rig.heard('capture.progress').flatMap(({ saved }) => saved ?? []);
  expect(told).toHaveLength(3);
  expect((await list()).map(({ person }) => person)).toEqual(['Ada', 'Ada', 'Ada']);
  const times = told.map(({ createdAt }) => Date.parse(createdAt));
  expect(times[2] - times[0]).toBeGreaterThanOrEqual(200);
});

it('keeps every picture while it is held, and none that is thrown away', async () => {
  for (const keep of [false, true]) {
    rig.forget();
    await rig.request('capture.start', { ...take, label: 'circle', seconds: 0 });
    await rig.event('capture.progress', ({ phase, seconds }) => phase === 'recording' && seconds > 0.3);
    await rig.request('capture.stop', { keep });
    const end = await rig.event('capture.progress', ({ phase }) => finished(phase));
    expect(end.phase).toBe(keep ? 'finished' : 'cancelled');
    if (keep) expect((await list()).length).toBeGreaterThan(1);
    else expect(await list()).toEqual([]);
  }
});

it('ends a burst that is stopped with what was saved', async () => {
  rig.forget();
  await rig.request('capture.start', { ...take, label: 'circle', seconds: 1, count: 100, everyMs: 50 });
  await rig.event('capture.progress', ({ saved }) => saved !== null);
  await rig.request('capture.stop', { keep: false });
  expect((await rig.event('capture.progress', ({ phase }) => finished(phase))).phase).toBe('cancelled');
  const kept = (await list()).length;
  expect(kept).toBeGreaterThan(0);
  expect(kept).toBeLessThan(100);
});

/**
 * What a board saw or heard and took for something else, corrected while live: the very picture, or the very sound, that
 * the wrong answer was computed from becomes a labelled capture.
 */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { runInt8 } from '../../src/compress';
import { loadCore } from '../../src/core';
import type { LiveResult } from '../../src/live';
import { featuresAt, windowStarts } from '../../src/impulse';
import { passTime, Project, type Task } from '../../src/project';
import { recordSimulatedTakes, type TakesPlan } from '../../src/project/simulated-takes';
import { codeOf, makeRig, type Rig } from './rig';

const plans = {
  image: { persons: 2, takesEach: 2, seconds: 0, rateHz: 5, seed: 4 },
  audio: { persons: 2, takesEach: 2, seconds: 1, rateHz: 16_000, seed: 4 },
} satisfies Partial<Record<Task, TakesPlan>>;
const impulses = {
  image: { dsp: { kind: 'image', params: { 'image-width': 48, 'image-height': 48 } } },
  audio: {},
} as const;

describe.each(['image', 'audio'] as const)('%s corrected while live', (task) => {
  let rig: Rig;
  let folder: string;
  let labels: readonly string[];

  beforeAll(async () => {
    rig = makeRig();
    folder = `${rig.folder}/p`;
    const project = await Project.create(folder, { task, name: 'p' });
    await project.change({ impulse: { ...project.settings.impulse, ...impulses[task] } });
    await recordSimulatedTakes(project.dataset, { ...plans[task], task });
    await project.close();
    await rig.request('project.open', { folder });
    await rig.request('train.configure', { epochs: 1, threads: 1, size: 'small', augment: false });
    await rig.request('train.start', {});
    await rig.request('device.connect', { path: 'sim' });
    await rig.request('deploy.start', undefined);
  });
  afterAll(() => rig.tearDown());
  afterEach(async () => {
    await rig.request('live.stop', undefined);
    rig.forget();
  });

  const letPass = async (seconds: number) => passTime(await rig.board().world(), seconds);
  async function startLive(): Promise<void> {
    (await rig.board().world()).setSpeed(0);
    ({ labels } = await rig.request('live.start', undefined));
  }

  /** What the trained model says of a capture, as the board must have said it. */
  async function answerTo(id: string): Promise<number[]> {
    const core = await loadCore();
    const project = await Project.open(folder, { readOnly: true });
    const capture = await project.dataset.get(id);
    const { resolved, quantized, normalisation } = await project.needTrained();
    await project.close();
    const [start] = windowStarts(capture, resolved);
    const features = featuresAt(core, capture, start, resolved);
    return Array.from(runInt8(core, quantized, core.normalise(features, normalisation), 1).scores);
  }
  const told = ({ scores }: LiveResult): number[] => scores.map(Math.fround);

  it('is stored as what the answer was computed from, under the label that the person says', async () => {
    await startLive();
    const others = labels.filter((label) => label !== 'background').slice(0, 2);
    for (const gesture of others) {
      await rig.request('device.simulate', { gesture });
      await letPass(2.5);
    }
    const results = rig.heard('live.result');
    expect(results.length).toBeGreaterThan(6);
    for (const result of [results[2], results[Math.floor(results.length / 2)], results[results.length - 1]]) {
      const wanted = labels.find((label) => label !== result.label) ?? 'another';
      const summary = await rig.request('live.feedback', { window: result.window, label: wanted });
      expect(summary).toMatchObject({ kind: task, label: wanted, session: 'live corrections' });
      if (task === 'image') expect(summary).toMatchObject({ width: 96, frames: 96 * 96, sensor: 'camera' });
      else expect(summary).toMatchObject({ rateHz: 16_000, frames: 16_000, gaps: [], sensor: 'microphone' });
      expect(await answerTo(summary.id)).toEqual(told(result));
    }
    const { items } = await rig.request('data.list', {
      query: { session: 'live corrections' },
      offset: 0,
      limit: 10,
    });
    expect(items).toHaveLength(3);
  });

  it('is taken back in one step', async () => {
    await startLive();
    await letPass(2);
    const { captures } = await rig.request('project.state', undefined);
    const [result] = rig.heard('live.result');
    await rig.request('live.feedback', { window: result.window, label: 'never heard of' });
    const after = await rig.request('project.state', undefined);
    expect(after.captures).toBe(captures + 1);
    expect(after.labels.map(({ label }) => label)).toContain('never heard of');
    const { captures: undone } = await rig.request('project.undo', undefined);
    expect(undone).toBe(captures);
  });

  it('says that it is too late once its stream is over', async () => {
    await startLive();
    await letPass(2);
    const [old] = rig.heard('live.result');
    await rig.request('device.stopStream', undefined);
    await expect(codeOf(rig.request('live.feedback', { window: old.window, label: 'x' }))).resolves.toBe('needs-data');
  });

  it('is refused for an answer that there never was', async () => {
    await startLive();
    await letPass(2);
    await expect(codeOf(rig.request('live.feedback', { window: 99_999, label: 'x' }))).resolves.toBe('needs-data');
  });
});

/** From captures to recognition through the services: impulse, training, tests, fit, flash, live, corrections. */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { runInt8 } from '../../src/compress';
import { loadCore } from '../../src/core';
import { cutWindow } from '../../src/impulse';
import { passTime, Project, type ProjectState } from '../../src/project';
import { recordSimulatedTakes } from '../../src/project/simulated-takes';
import { codeOf, makeRig, type Rig } from './rig';

let rig: Rig;
let folder: string;

beforeAll(async () => {
  rig = makeRig();
  folder = join(rig.folder, 'p');
  const project = await Project.create(folder, { task: 'motion', name: 'p' });
  await project.change({ impulse: { ...project.settings.impulse, windowMs: 1000, strideMs: 500 } });
  await recordSimulatedTakes(project.dataset, { persons: 3, takesEach: 2, seconds: 3, rateHz: 100, seed: 3 });
  await project.close();
  await rig.request('project.open', { folder });
  await rig.request('train.configure', { epochs: 4, threads: 2 });
});
afterAll(() => rig.tearDown());
afterEach(() => rig.forget());

/** Lets the simulated board live through so many seconds as fast as the computer can. */
async function letPass(seconds: number): Promise<void> {
  await passTime(await rig.board().world(), seconds);
}

describe('before a training', () => {
  it.each([
    ['test.run', { engine: 'int8' }],
    ['fit.estimate', { board: 'nano33ble-sense' }],
  ] as const)('%s says that there is no model', async (name, input) => {
    await expect(codeOf(rig.request(name, input as never))).resolves.toBe('no-model');
    await expect(rig.request('train.report', undefined)).resolves.toBeNull();
  });
  it('writes no file where there is no model to write', async () => {
    const path = join(rig.folder, 'never.tflite');
    await expect(codeOf(rig.request('export.model', { format: 'tflite', path }))).resolves.toBe('no-model');
    expect(existsSync(path)).toBe(false);
  });
  it('says what is missing on the board as well', async () => {
    await rig.request('device.connect', { path: 'sim' });
    await expect(codeOf(rig.request('deploy.start', undefined))).resolves.toBe('no-model');
    await expect(codeOf(rig.request('live.start', undefined))).resolves.toBe('no-model');
    await rig.request('device.disconnect', undefined);
  });
});

describe('the impulse', () => {
  it('shows a window as the model will see it', async () => {
    const { items } = await rig.request('data.list', { query: {}, offset: 0, limit: 1 });
    const preview = await rig.request('impulse.preview', { id: items[0].id, start: 130 });
    const { resolved } = await rig.request('impulse.get', undefined);
    expect(preview.values).toHaveLength(resolved?.featureCount ?? 0);
    expect(preview.featureNames).toHaveLength(preview.values.length);
    expect(preview.windows).toBe(5);
    expect(preview.label).toBe(items[0].label);
  });
  it('refuses what is no parameter and keeps what was', async () => {
    const before = await rig.request('impulse.get', undefined);
    await expect(codeOf(rig.request('impulse.set', { dsp: { kind: 'raw', params: { 'no-such': 1 } } }))).resolves.toBe(
      'bad-argument',
    );
    await expect(rig.request('impulse.get', undefined)).resolves.toEqual(before);
  });
});

describe('training', () => {
  it('is cancelled in the middle, says so, and leaves no model', async () => {
    await rig.request('train.configure', { epochs: 10_000 });
    const training = codeOf(rig.request('train.start', undefined));
    await rig.event('train.progress', ({ phase }) => phase === 'epoch');
    await expect(codeOf(rig.request('train.start', undefined))).resolves.toBe('busy');
    await expect(rig.request('train.cancel', undefined)).resolves.toEqual({ cancelled: true });
    await expect(training).resolves.toBe('cancelled');
    expect(rig.heard('train.progress').at(-1)).toEqual({ phase: 'cancelled' });
    await expect(rig.request('train.report', undefined)).resolves.toBeNull();
  });
  it('has ended when the project is closed in the middle of it', async () => {
    const training = codeOf(rig.request('train.start', undefined));
    await rig.event('train.progress', ({ phase }) => phase === 'epoch');
    await rig.request('project.close', undefined);
    expect(rig.heard('train.progress').at(-1)).toEqual({ phase: 'cancelled' });
    await expect(training).resolves.toBe('cancelled');
    expect(existsSync(join(folder, 'model', 'trained.cbor'))).toBe(false);
    await rig.request('project.open', { folder });
  });
  it('is cancelled among the features, too', async () => {
    const training = codeOf(rig.request('train.start', undefined));
    await rig.event('train.progress', ({ phase }) => phase === 'features');
    await rig.request('train.cancel', undefined);
    await expect(training).resolves.toBe('cancelled');
    expect(rig.heard('train.progress').at(-1)).toEqual({ phase: 'cancelled' });
  });
  it('does not keep the model of a training that is cancelled at its very end', async () => {
    await rig.request('train.configure', { epochs: 1 });
    const training = codeOf(rig.request('train.start', undefined));
    await rig.event('train.progress', ({ phase }) => phase === 'evaluate');
    await rig.request('train.cancel', undefined);
    await expect(training).resolves.toBe('cancelled');
    await expect(rig.request('train.report', undefined)).resolves.toBeNull();
  });
  it('makes a model, reports it, and knows which data it has seen', async () => {
    await rig.request('train.configure', { epochs: 4 });
    const report = await rig.request('train.start', undefined);
    expect(report.history).toHaveLength(4);
    expect(report.testingRows).toBe(40);
    expect(rig.heard('train.progress').filter(({ phase }) => phase === 'epoch')).toHaveLength(4);
    expect(rig.heard('train.progress').at(-1)).toEqual({ phase: 'finished' });
    expect(rig.heard('project.changed').at(-1)).toMatchObject({ modelStale: false });
    const { items } = await rig.request('data.list', { query: {}, offset: 0, limit: 1 });
    const ids = [items[0].id];
    await expect(rig.request('data.person', { ids, person: 'x' })).resolves.toMatchObject({ modelStale: true });
    await expect(rig.request('project.undo', undefined)).resolves.toMatchObject({ modelStale: false });
  });
  it('calls the model old when the data changed while it was trained', async () => {
    const { items } = await rig.request('data.list', { query: {}, offset: 0, limit: 1 });
    const training = rig.request('train.start', undefined);
    await rig.event('train.progress', ({ phase }) => phase === 'epoch');
    await rig.request('data.person', { ids: [items[0].id], person: 'x' });
    await training;
    await expect(rig.request('project.state', undefined)).resolves.toMatchObject({ modelStale: true });
    await expect(rig.request('project.undo', undefined)).resolves.toMatchObject({ modelStale: false });
  });
});

describe('the trained model', () => {
  it('scores as its report says, fits a board, and becomes a file', async () => {
    const report = await rig.request('train.report', undefined);
    for (const engine of ['float', 'int8'] as const) {
      const { accuracy, confusion, count } = await rig.request('test.run', { engine });
      expect({ accuracy, confusion, count }).toEqual({
        accuracy: report?.[engine]?.accuracy,
        confusion: report?.[engine]?.confusion,
        count: 40,
      });
    }
    await expect(rig.request('fit.estimate', { board: 'nano33ble-sense' })).resolves.toMatchObject({ fits: true });
    await expect(codeOf(rig.request('fit.estimate', { board: 'toaster' }))).resolves.toBe('bad-argument');
    const path = join(rig.folder, 'm.tflite');
    await expect(rig.request('export.model', { format: 'tflite', path })).resolves.toEqual({
      bytes: report?.tfliteBytes,
      path,
    });
    expect(statSync(path).size).toBe(report?.tfliteBytes);
    await expect(codeOf(rig.request('test.run', { engine: 'device' }))).resolves.toBe('no-device');
  });
  it('is flashed with progress, and answers on the board as in the app', async () => {
    await rig.request('device.connect', { path: 'sim' });
    const report = await rig.request('deploy.start', undefined);
    expect(report.goldenVectors).toBeGreaterThan(0);
    const progress = rig.heard('deploy.progress');
    expect(progress.some(({ phase, bytes, total }) => phase === 'write' && bytes === total)).toBe(true);
    expect(
      rig
        .heard('device.changed')
        .at(-1)
        ?.info?.slots.filter(({ state }) => state === 'active'),
    ).toHaveLength(1);
    const score = await rig.request('test.run', { engine: 'device' });
    expect(score).toMatchObject({ count: 40, mismatches: 0 });
    expect(rig.heard('test.progress').at(-1)).toEqual({ done: 40, total: 40 });
  });
  it('leaves the board with its model when flashing is cancelled or cut', async () => {
    const slots = async () => (await rig.request('device.state', undefined)).info?.slots;
    const before = await slots();
    const cancelled = codeOf(rig.request('deploy.start', undefined));
    await rig.event('deploy.progress', ({ phase }) => phase === 'write');
    await expect(rig.request('deploy.cancel', undefined)).resolves.toEqual({ cancelled: true });
    await expect(cancelled).resolves.toBe('cancelled');
    rig.forget();
    const cut = codeOf(rig.request('deploy.start', undefined));
    await rig.event('deploy.progress', ({ phase }) => phase === 'write');
    await rig.board().unplug();
    await expect(cut).resolves.toBe('line-lost');
    rig.forget();
    rig.board().replug();
    await rig.event('device.changed', ({ status }) => status === 'connected');
    const active = (list: typeof before) => list?.find(({ state }) => state === 'active');
    expect(active(await slots())).toEqual(active(before));
  });
});

describe('the rail', () => {
  it('says that the model is on the board as long as the board is there', async () => {
    const onBoard = ({ steps }: ProjectState) => steps.find(({ step }) => step === 'fit')?.done;
    await expect(rig.request('project.state', undefined).then(onBoard)).resolves.toBe(true);
    await rig.board().unplug();
    await rig.event('project.changed', (state) => onBoard(state) === false);
    rig.forget();
    rig.board().replug();
    await rig.event('project.changed', (state) => onBoard(state) === true);
  });
});

describe('live', () => {
  it('tells results, and stops when told, even while it starts', async () => {
    const { labels, windowSeconds } = await rig.request('live.start', undefined);
    expect(windowSeconds).toBe(1);
    await letPass(2);
    const result = await rig.event('live.result');
    expect(result.scores).toHaveLength(labels.length);
    await Promise.all([rig.request('live.start', undefined), rig.request('live.stop', undefined)]);
    rig.forget();
    await letPass(2);
    expect(rig.heard('live.result')).toEqual([]);
  });

  it('does not start in the middle of flashing, which it would break off', async () => {
    const flashing = rig.request('deploy.start', undefined);
    await expect(codeOf(rig.request('live.start', undefined))).resolves.toBe('busy');
    await expect(flashing).resolves.toMatchObject({ goldenVectors: expect.any(Number) as number });
    await rig.request('live.start', undefined);
    await rig.request('live.stop', undefined);
  });

  it('stores the very frames that a result was computed from', async () => {
    await rig.request('live.start', undefined);
    await letPass(4);
    const [first] = await rig.request('device.simulate', { gesture: '' }).then(() => rig.heard('live.result'));
    const later = rig.heard('live.result')[5];
    for (const result of [first, later]) {
      const summary = await rig.request('live.feedback', { window: result.window, label: 'mended' });
      expect(summary).toMatchObject({ label: 'mended', frames: 100, gaps: [] });
      const capture = await rig.request('data.get', { id: summary.id });
      const core = await loadCore();
      const project = await Project.open(folder, { readOnly: true });
      const model = await project.needTrained();
      await project.close();
      const features = core.features(model.resolved.block, model.resolved.shape, cutWindow(capture, 0, model.resolved));
      const { scores } = runInt8(core, model.quantized, core.normalise(features, model.normalisation), 1);
      expect(Array.from(scores)).toEqual(result.scores.map(Math.fround));
    }
    await expect(codeOf(rig.request('live.feedback', { window: 123_456, label: 'x' }))).resolves.toBe('needs-data');
  });

  it('keeps no half window: what is half a minute old is gone', async () => {
    const old = await rig.request('live.start', undefined).then(async () => {
      await letPass(2);
      return rig.event('live.result');
    });
    await letPass(31);
    await expect(codeOf(rig.request('live.feedback', { window: old.window, label: 'x' }))).resolves.toBe('needs-data');
  });

  it('says once that the board is gone, refuses its results, and starts again', async () => {
    for (const round of [1, 2]) {
      rig.forget();
      await rig.request('live.start', undefined);
      await letPass(2);
      const { window } = await rig.event('live.result');
      await rig.board().unplug();
      await rig.event('live.stopped');
      const said = rig.heard('live.stopped').length;
      rig.forget();
      rig.board().replug();
      await rig.event('device.changed', ({ status }) => status === 'connected');
      expect(said + rig.heard('live.stopped').length, `round ${round}`).toBe(1);
      await expect(codeOf(rig.request('live.feedback', { window, label: 'x' }))).resolves.toBe('needs-data');
    }
  });

  it('does not take the frames of another connection for those of a result', async () => {
    await rig.request('live.start', undefined);
    await letPass(2);
    const { window } = await rig.event('live.result');
    await rig.request('device.disconnect', undefined);
    await rig.event('live.stopped');
    await rig.request('device.connect', { path: 'sim' });
    const state = await rig.request('device.state', undefined);
    await rig.request('device.stream', { sensor: state.info?.sensors.find((s) => s.kind === 'motion')?.id ?? 0 });
    await letPass(2);
    await expect(codeOf(rig.request('live.feedback', { window, label: 'x' }))).resolves.toBe('needs-data');
  });

  it.each([
    ['test.run', { engine: 'device' }],
    ['deploy.start', undefined],
  ] as const)('gives the board up to %s, and says so', async (name, input) => {
    await rig.request('live.start', undefined);
    await letPass(2);
    await rig.event('live.result');
    await rig.request(name, input);
    expect(rig.heard('live.stopped')).toHaveLength(1);
    rig.forget();
    await letPass(2);
    expect(rig.heard('live.result')).toEqual([]);
    await rig.request('live.start', undefined);
    await letPass(2);
    await rig.event('live.result');
    await rig.request('live.stop', undefined);
  });

  it('ends with the project', async () => {
    await rig.request('live.start', undefined);
    await rig.request('project.close', undefined);
    rig.forget();
    await letPass(2);
    expect(rig.heard('live.result')).toEqual([]);
    await expect(rig.request('project.open', { folder })).resolves.toMatchObject({ open: true });
  });
});

/** The services as the app and the command line drive them: a real folder, the simulated board, requests and events. */
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeExample, Project, type RequestInput, type RequestName } from '../../src/project';
import { makeRig, take, type Rig } from './rig';

let rig: Rig;
beforeEach(() => {
  rig = makeRig();
});
afterEach(() => rig.tearDown());

const motion = { sensor: 0, rateHz: 100 };
const finished = (phase: string) => ['finished', 'cancelled', 'failed'].includes(phase);
const codeOf = (request: Promise<unknown>): Promise<string> =>
  request.then(
    () => 'no error',
    (error: unknown) => (error as { code: string }).code,
  );

async function motionSensor(): Promise<number> {
  const state = await rig.request('device.state', undefined);
  return state.info?.sensors.find((sensor) => sensor.kind === 'motion')?.id ?? motion.sensor;
}

async function connected(name?: string): Promise<void> {
  await rig.create(name);
  await rig.request('device.connect', { path: 'sim' });
  await rig.request('device.stream', { ...motion, sensor: await motionSensor() });
}

async function list() {
  return (await rig.request('data.list', { query: {}, offset: 0, limit: 1000 })).items;
}

/** Records and waits for the end, whichever it is. */
async function record(plan: Partial<RequestInput<'capture.start'>> = {}) {
  rig.forget();
  await rig.request('capture.start', { ...take, ...plan });
  return rig.event('capture.progress', (progress) => finished(progress.phase));
}

describe('with nothing open', () => {
  const needsProject: [RequestName, unknown][] = [
    ['project.undo', undefined],
    ['project.redo', undefined],
    ['data.list', { query: {}, offset: 0, limit: 1 }],
    ['data.get', { id: 'x' }],
    ['data.label', { ids: [], label: 'x' }],
    ['data.split', { ids: [], split: 'testing' }],
    ['data.person', { ids: [], person: 'x' }],
    ['data.autoSplit', { by: 'person', testing: 0.2 }],
    ['data.trim', { id: 'x', start: 0, end: 1 }],
    ['data.delete', { ids: [] }],
    ['data.import', { paths: ['x'] }],
    ['data.export', { format: 'csv', path: 'x' }],
    ['impulse.get', undefined],
    ['impulse.set', {}],
    ['impulse.preview', { id: 'x', start: 0 }],
    ['train.settings', undefined],
    ['train.configure', {}],
    ['train.start', undefined],
    ['train.report', undefined],
    ['test.run', { engine: 'int8' }],
    ['fit.estimate', { board: 'nano33ble-sense' }],
    ['export.model', { format: 'tflite', path: 'x' }],
    ['capture.start', take],
    ['live.start', undefined],
    ['live.settings', { threshold: 0.5, smoothing: 1 }],
    ['live.feedback', { window: 0, label: 'x' }],
  ];
  it.each(needsProject)('%s says that no project is open, as a rejection', async (name, input) => {
    await expect(codeOf(rig.request(name, input as never))).resolves.toBe('no-project');
  });

  it.each([
    ['device.stream', motion],
    ['device.rollback', undefined],
    ['deploy.start', undefined],
  ] as [RequestName, unknown][])('%s says that no board is connected', async (name, input) => {
    await expect(codeOf(rig.request(name, input as never))).resolves.toBe('no-device');
  });

  it('stops, cancels and closes what is not there without complaint', async () => {
    await expect(rig.request('capture.stop', { keep: true })).resolves.toEqual({ stopped: true });
    await expect(rig.request('live.stop', undefined)).resolves.toEqual({ stopped: true });
    await expect(rig.request('train.cancel', undefined)).resolves.toEqual({ cancelled: false });
    await expect(rig.request('deploy.cancel', undefined)).resolves.toEqual({ cancelled: false });
    await expect(rig.request('device.stopStream', undefined)).resolves.toMatchObject({ status: 'none' });
    await expect(rig.request('project.close', undefined)).resolves.toMatchObject({ open: false });
  });
});

describe('a project', () => {
  it('is made, remembered, closed and opened again', async () => {
    const made = await rig.create();
    expect(made).toMatchObject({ open: true, name: 'p', task: 'motion', captures: 0 });
    await rig.request('project.close', undefined);
    await expect(rig.request('project.open', { folder: made.folder })).resolves.toMatchObject({ name: 'p' });
    const { recent } = await rig.request('app.info', undefined);
    expect(recent.map(({ folder }) => folder)).toEqual([made.folder]);
  });
  it('that is open already stays open when asked for again', async () => {
    const made = await rig.create();
    await expect(rig.request('project.open', { folder: made.folder })).resolves.toMatchObject({ open: true });
    await expect(rig.request('project.state', undefined)).resolves.toMatchObject({ folder: made.folder });
  });
  it('stays when the next one cannot be opened', async () => {
    const made = await rig.create();
    await expect(codeOf(rig.request('project.open', { folder: join(rig.folder, 'none') }))).resolves.toBe(
      'not-a-project',
    );
    await expect(codeOf(rig.create())).resolves.toBe('exists');
    await expect(rig.request('project.state', undefined)).resolves.toMatchObject({ folder: made.folder });
  });
  it('leaves none of two open that are opened at once', async () => {
    await rig.create('a');
    await rig.create('b');
    await rig.request('project.close', undefined);
    await Promise.all(['a', 'b'].map((name) => rig.request('project.open', { folder: join(rig.folder, name) })));
    const { name } = await rig.request('project.state', undefined);
    const other = await Project.open(join(rig.folder, name === 'a' ? 'b' : 'a'));
    await other.close();
  });
  it('takes two changes of its settings at once', async () => {
    await rig.create();
    await Promise.all([
      rig.request('train.configure', { epochs: 7 }),
      rig.request('train.configure', { batchSize: 5 }),
      rig.request('impulse.set', { windowMs: 900 }),
      rig.request('impulse.set', { strideMs: 300 }),
      rig.request('live.settings', { threshold: 0.7, smoothing: 2 }),
    ]);
    await expect(rig.request('train.settings', undefined)).resolves.toMatchObject({ epochs: 7, batchSize: 5 });
    const { settings } = await rig.request('impulse.get', undefined);
    expect(settings).toMatchObject({ windowMs: 900, strideMs: 300 });
  });
});

describe('the example', () => {
  it('is cancelled without a trace, leaving what was in its folder before', async () => {
    const folder = join(rig.folder, 'example');
    mkdirSync(join(folder, '.git'), { recursive: true });
    const controller = new AbortController();
    const making = makeExample(
      folder,
      { name: 'x', seed: 1 },
      { signal: controller.signal, onProgress: () => controller.abort() },
    );
    await expect(codeOf(making)).resolves.toBe('cancelled');
    expect(readdirSync(folder)).toEqual(['.git']);
  });
});

describe('recording', () => {
  it('streams, records and stores what arrived', async () => {
    await connected();
    await rig.event('device.samples', ({ blocks }) => blocks.length > 0);
    await expect(record()).resolves.toMatchObject({ phase: 'finished', index: 1, count: 1 });
    const [capture] = await list();
    expect(capture).toMatchObject({ label: 'wave', frames: 50, rateHz: 100, gaps: [] });
    const { values } = await rig.request('data.get', { id: capture.id });
    expect(values.length).toBe(50 * capture.axes.length);
    expect(new Set(values).size).toBeGreaterThan(10);
  });
  it('starts the sensor itself, for everybody to see', async () => {
    await rig.create();
    await rig.request('device.connect', { path: 'sim' });
    await expect(record()).resolves.toMatchObject({ phase: 'finished' });
    const state = await rig.request('device.state', undefined);
    expect(state.streaming?.sensor).toBe(await motionSensor());
    await rig.event('device.samples');
  });
  it('keeps or throws away a held take', async () => {
    await connected();
    for (const keep of [false, true]) {
      rig.forget();
      await rig.request('capture.start', { ...take, seconds: 0 });
      await rig.event('capture.progress', ({ phase, seconds }) => phase === 'recording' && seconds > 0.05);
      await rig.request('capture.stop', { keep });
      const end = await rig.event('capture.progress', ({ phase }) => finished(phase));
      expect(end.phase).toBe(keep ? 'finished' : 'cancelled');
      expect(await list()).toHaveLength(keep ? 1 : 0);
    }
  });
  it.each([true, false])('ends at a stop during the countdown (keep: %s) and lets the next one begin', async (keep) => {
    await connected();
    await rig.request('capture.start', { ...take, countdownSeconds: 10 });
    await rig.event('capture.progress', ({ phase }) => phase === 'countdown');
    await rig.request('capture.stop', { keep });
    await rig.event('capture.progress', ({ phase }) => finished(phase));
    expect(await list()).toHaveLength(0);
    await expect(record()).resolves.toMatchObject({ phase: 'finished' });
  });
  it('hears a stop that comes before the sensor runs', async () => {
    await rig.create();
    await rig.request('device.connect', { path: 'sim' });
    const starting = rig.request('capture.start', { ...take, seconds: 600 });
    await rig.request('capture.stop', { keep: false });
    await starting;
    await expect(rig.event('capture.progress', ({ phase }) => finished(phase))).resolves.toMatchObject({
      phase: 'cancelled',
    });
  });
  it('refuses a second one, even when both are asked for at once', async () => {
    await rig.create();
    await rig.request('device.connect', { path: 'sim' });
    const codes = await Promise.all([1, 2].map(() => codeOf(rig.request('capture.start', take))));
    expect(codes.sort()).toEqual(['busy', 'no error']);
    await rig.event('capture.progress', ({ phase }) => finished(phase));
    expect(await list()).toHaveLength(1);
  });
  it('does not mix two rates in one capture', async () => {
    await connected();
    await rig.request('capture.start', { ...take, seconds: 5 });
    await rig.event('capture.progress', ({ seconds }) => seconds > 0.05);
    await rig.request('device.stream', { sensor: await motionSensor(), rateHz: 50 });
    const end = await rig.event('capture.progress', ({ phase }) => finished(phase));
    expect(end).toMatchObject({ phase: 'failed' });
    expect(end.problem).toContain('another rate');
    expect(await list()).toHaveLength(0);
  });
  it('keeps what there is when the board is unplugged, and goes on after it is back', async () => {
    await connected();
    await rig.request('capture.start', { ...take, seconds: 600 });
    await rig.event('capture.progress', ({ phase, seconds }) => phase === 'recording' && seconds > 0.1);
    await rig.board().unplug();
    await expect(rig.event('capture.progress', ({ phase }) => finished(phase))).resolves.toMatchObject({
      phase: 'finished',
    });
    expect(await list()).toHaveLength(1);
    await expect(codeOf(rig.request('capture.start', take))).resolves.toBe('no-device');
    rig.forget();
    rig.board().replug();
    await rig.event('device.changed', ({ status, streaming }) => status === 'connected' && streaming !== null);
    await expect(record()).resolves.toMatchObject({ phase: 'finished' });
  });
  it('keeps what there is when the board is disconnected or the project closed', async () => {
    await connected();
    await rig.request('capture.start', { ...take, seconds: 600 });
    await rig.event('capture.progress', ({ phase, seconds }) => phase === 'recording' && seconds > 0.1);
    await rig.request('device.disconnect', undefined);
    await rig.event('capture.progress', ({ phase }) => finished(phase));
    expect(await list()).toHaveLength(1);

    rig.forget();
    await rig.request('device.connect', { path: 'sim' });
    await rig.request('capture.start', { ...take, seconds: 600 });
    await rig.event('capture.progress', ({ phase, seconds }) => phase === 'recording' && seconds > 0.1);
    await rig.request('project.close', undefined);
    const project = await Project.open(join(rig.folder, 'p'), { readOnly: true });
    expect(project.dataset.count).toBe(2);
    await project.close();
    expect(rig.heard('capture.progress').at(-1)).toMatchObject({ phase: 'finished' });
  });
});

describe('the board', () => {
  it('streams one sensor at a time, however fast it is told of another', async () => {
    await rig.create();
    const { info } = await rig.request('device.connect', { path: 'sim' });
    const ids = info?.sensors.map(({ id }) => id) ?? [];
    expect(ids.length).toBeGreaterThan(1);
    await Promise.all([...ids, ids[0]].map((sensor) => rig.request('device.stream', { sensor })));
    const { streaming } = await rig.request('device.state', undefined);
    expect(streaming?.sensor).toBe(ids[0]);
    await rig.event('device.samples');
    rig.forget();
    await rig.event('device.samples', ({ blocks }) => blocks.length > 0 && rig.heard('device.samples').length > 5);
    const heard = rig.heard('device.samples').flatMap(({ blocks }) => blocks.map(({ sensor }) => sensor));
    expect(new Set(heard)).toEqual(new Set([ids[0]]));
  });
  it('is not connected behind the back of who disconnected meanwhile', async () => {
    const connecting = codeOf(rig.request('device.connect', { path: 'sim' }));
    await rig.request('device.disconnect', undefined);
    await expect(connecting).resolves.toBe('cancelled');
    await expect(rig.request('device.state', undefined)).resolves.toMatchObject({ status: 'none' });
    await expect(rig.request('device.connect', { path: 'sim' })).resolves.toMatchObject({ status: 'connected' });
  });
  it('says why a connection failed, and where it cannot be simulated', async () => {
    await expect(codeOf(rig.request('device.connect', { path: join(rig.folder, 'no-port') }))).resolves.toBe(
      'port-missing',
    );
    const state = await rig.request('device.state', undefined);
    expect(state).toMatchObject({ status: 'none' });
    expect(state.problem).not.toBe('');
    await expect(codeOf(rig.request('device.simulate', { gesture: '' }))).resolves.toBe('device-cannot');
  });
  it('plays the gesture it is told', async () => {
    await rig.request('device.connect', { path: 'sim' });
    const { gestures } = await rig.request('device.simulate', { gesture: '' });
    await expect(rig.request('device.simulate', { gesture: gestures[1] })).resolves.toMatchObject({
      playing: gestures[1],
    });
    await expect(codeOf(rig.request('device.simulate', { gesture: 'no such' }))).resolves.toBe('no-such-gesture');
  });
});

describe('captures', () => {
  it('are labelled, split, trimmed, deleted and brought back', async () => {
    await connected();
    await record({ count: 2 });
    const ids = (await list()).map(({ id }) => id);
    expect(ids).toHaveLength(2);
    await expect(rig.request('data.label', { ids, label: 'circle' })).resolves.toMatchObject({
      labels: [{ label: 'circle' }],
    });
    await rig.request('data.split', { ids: [ids[0]], split: 'testing' });
    await rig.request('data.person', { ids, person: 'Ada' });
    const state = await rig.request('data.trim', { id: ids[0], start: 5, end: 40 });
    expect(state).toMatchObject({ persons: ['Ada'], labels: [{ label: 'circle', training: 1, testing: 1 }] });
    expect(state.undo).not.toBe('');
    await expect(rig.request('data.delete', { ids })).resolves.toMatchObject({ captures: 0 });
    await expect(rig.request('project.undo', undefined)).resolves.toMatchObject({ captures: 2 });
    await expect(rig.request('project.redo', undefined)).resolves.toMatchObject({ captures: 0 });
    expect(rig.heard('project.changed').at(-1)).toMatchObject({ captures: 0 });
    await expect(codeOf(rig.request('data.get', { id: 'none' }))).resolves.not.toBe('no error');
    expect(readdirSync(rig.folder)).toContain('p');
  });
});

/** Recordings that begin by themselves: at a level, with what came before it, or by the board's button. */
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Dataset, NewCapture } from '../../src/dataset';
import type { Device, SampleBlock, SensorInfo } from '../../src/link';
import { DeviceHub, Recorder, type RecordingPlan } from '../../src/project';
import { LevelMeter, levelUnits } from '../../src/project/level';
import { makeRig, take, type Rig } from './rig';

const axis = (name: string, units: string) => ({ name, units, scale: 1 });
const motion: SensorInfo = {
  id: 0,
  name: 'imu',
  kind: 'motion',
  axes: [axis('accX', 'm/s2'), axis('accY', 'm/s2'), axis('gyrX', 'deg/s')],
  ratesHz: [100],
};
const sound: SensorInfo = { id: 1, name: 'microphone', kind: 'audio', axes: [axis('audio', 'wav')], ratesHz: [16000] };
const block = (index: number, values: number[], axes: number): SampleBlock => ({
  sensor: 0,
  index,
  micros: index * 10_000,
  lost: 0,
  frames: values.length / axes,
  values: Float32Array.from(values),
});

describe('the level', () => {
  it('of movement is how far from rest, gravity and rotation left out', () => {
    const meter = new LevelMeter(motion, 100);
    const rest = Array.from({ length: 10 }, () => [0, 9.81, 500]).flat();
    expect(meter.take(block(0, rest, 3))).toBeCloseTo(0);
    expect(meter.take(block(10, [3, 9.81 + 4, -500], 3))).toBeCloseTo(5, 1);
    // What stays so becomes the new rest.
    for (let i = 0; i < 500; i++) meter.take(block(11 + i, [9.81, 0, 0], 3));
    expect(meter.take(block(600, [9.81, 0, 0], 3))).toBeLessThan(0.2);
    expect(levelUnits(motion)).toBe('m/s2');
  });

  it('of sound is the loudest value in per cent of full scale', () => {
    const meter = new LevelMeter(sound, 16000);
    expect(meter.take(block(0, [100, -16384, 5], 1))).toBeCloseTo(50);
    expect(meter.take(block(3, [], 1))).toBe(0);
    expect(levelUnits(sound)).toBe('%');
  });
});

/** A board whose frames the test makes: frame k has the value k on its first axis while it is quiet, in units of 1/1e6. */
function scripted() {
  let send: (block: SampleBlock) => void = () => undefined;
  let press: (pressed: boolean) => void = () => undefined;
  const device = {
    info: { sensors: [motion] },
    startStream: (_sensor: number, rateHz: number, onBlock: (block: SampleBlock) => void) => {
      send = onBlock;
      return Promise.resolve(rateHz);
    },
    stopStream: () => Promise.resolve(),
    onButton: (listener: (pressed: boolean) => void) => {
      press = listener;
      return () => undefined;
    },
  } as unknown as Device;
  const saved: NewCapture[] = [];
  const dataset = {
    add: (capture: NewCapture) => {
      saved.push(capture);
      return Promise.resolve({ id: String(saved.length) });
    },
  } as unknown as Dataset;
  let next = 0;
  return {
    hub: new DeviceHub(device),
    dataset,
    saved,
    press: (pressed: boolean) => press(pressed),
    /** Blocks of ten frames, `height` away from rest, or at rest. */
    frames: async (count: number, height = 0) => {
      for (let left = count; left > 0; left -= 10) {
        const values = Array.from({ length: 10 }, (_, i) => [(next + i) / 1e6, height, 0]).flat();
        send(block(next, values, 3));
        next += 10;
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
    },
    numbers: (capture: NewCapture) =>
      Array.from({ length: capture.values.length / 3 }, (_, i) => Math.round(capture.values[3 * i] * 1e6)),
  };
}

describe('a recorder that waits', () => {
  const plan: RecordingPlan = { label: 'tap', seconds: 0.5, count: 2, countdownSeconds: 0, pauseSeconds: 0 };

  it('for a level begins shortly before it, and keeps no frame in two recordings', async () => {
    const board = scripted();
    const stream = await board.hub.start(0, 100);
    const phases: string[] = [];
    const recorder = new Recorder(board.hub, board.dataset, stream, 'test');
    await board.frames(100);
    const done = recorder.run({ ...plan, begin: { on: 'level', level: 5, beforeSeconds: 0.2 } }, ({ phase }) => {
      if (phases.at(-1) !== phase) phases.push(phase);
    });
    await board.frames(50);
    expect(board.saved).toEqual([]);
    await board.frames(10, 9);
    await board.frames(30);
    // Another push at the end of the first recording: the second one may begin only behind it.
    await board.frames(20);
    await board.frames(10, 9);
    await board.frames(60);
    await done;
    const [first, second] = board.saved.map((capture) => board.numbers(capture));
    expect(first).toEqual(Array.from({ length: 50 }, (_, i) => 130 + i));
    expect(second[0]).toBeGreaterThanOrEqual(180);
    expect(second).toEqual(Array.from({ length: 50 }, (_, i) => second[0] + i));
    expect(second).toContain(210);
    expect(phases).toEqual(['armed', 'recording', 'saving', 'armed', 'recording', 'saving', 'finished']);
  });

  it('does not begin with something that goes on already', async () => {
    const board = scripted();
    const stream = await board.hub.start(0, 100);
    const recorder = new Recorder(board.hub, board.dataset, stream, 'test');
    await board.frames(20);
    // Far from rest and back all the time.
    const done = recorder.run(
      { ...plan, count: 1, begin: { on: 'level', level: 2, beforeSeconds: 0 } },
      () => undefined,
    );
    for (let i = 0; i < 8; i++) await board.frames(10, i % 2 ? 20 : -20);
    expect(board.saved).toEqual([]);
    recorder.finish(true);
    expect(await done).toEqual([]);
  });

  it('for the button begins when it is pressed, not when it is let go', async () => {
    const board = scripted();
    const stream = await board.hub.start(0, 100);
    const recorder = new Recorder(board.hub, board.dataset, stream, 'test');
    const done = recorder.run({ ...plan, count: 1, begin: { on: 'button' } }, () => undefined);
    await board.frames(30, 9);
    board.press(false);
    await board.frames(10);
    expect(board.saved).toEqual([]);
    board.press(true);
    await board.frames(80);
    await done;
    expect(board.numbers(board.saved[0])[0]).toBeGreaterThanOrEqual(40);
    expect(board.saved).toHaveLength(1);
  });
});

describe('through the services', () => {
  let rig: Rig;
  beforeEach(async () => {
    rig = makeRig();
    await rig.request('project.create', { folder: join(rig.folder, 'p'), name: 'p', task: 'motion' });
    await rig.request('device.connect', { path: 'sim' });
  });
  afterEach(() => rig.tearDown());

  it('the simulated board’s button is told, and takes a recording that waits for it', async () => {
    const { info } = await rig.request('device.state', undefined);
    expect(info?.button).toBe('Button');
    await rig.request('capture.start', { ...take, begin: { on: 'button' } });
    await rig.event('capture.progress', ({ phase }) => phase === 'armed');
    await rig.request('device.press', { pressed: true });
    await rig.request('device.press', { pressed: false });
    const { saved } = await rig.event('capture.progress', ({ phase }) => phase === 'finished');
    expect(saved).toMatchObject({ label: 'wave' });
    expect(rig.heard('device.button')).toEqual([{ pressed: true }, { pressed: false }]);
  });

  it('stillness does not begin a recording, a gesture does; waiting can be stopped', async () => {
    await rig.request('device.simulate', { gesture: 'idle' });
    await rig.request('device.stream', { sensor: 0 });
    await rig.event('device.samples', ({ level }) => level >= 0);
    const begin = { on: 'level', level: 4, beforeSeconds: 0.3 } as const;
    await rig.request('capture.start', { ...take, begin });
    await rig.event('capture.progress', ({ phase }) => phase === 'armed');
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(rig.heard('capture.progress').some(({ phase }) => phase === 'recording')).toBe(false);
    await rig.request('device.simulate', { gesture: 'up-down' });
    await rig.event('capture.progress', ({ phase }) => phase === 'finished');
    rig.forget();
    await rig.request('device.simulate', { gesture: 'idle' });
    await rig.request('capture.start', { ...take, begin: { ...begin, level: 1000 } });
    await rig.event('capture.progress', ({ phase }) => phase === 'armed');
    await rig.request('capture.stop', { keep: false });
    await rig.event('capture.progress', ({ phase }) => phase === 'cancelled');
    const { total } = await rig.request('data.list', { query: {}, offset: 0, limit: 10 });
    expect(total).toBe(1);
  });

  it('a camera’s button takes a picture; a level cannot', async () => {
    const camera = (await rig.request('device.state', undefined)).info?.sensors.find(({ kind }) => kind === 'camera');
    await rig.request('device.stream', { sensor: camera?.id ?? 0 });
    await rig.request('capture.start', { ...take, begin: { on: 'button' } });
    await rig.event('capture.progress', ({ phase }) => phase === 'armed');
    await rig.request('device.press', { pressed: true });
    const { saved } = await rig.event('capture.progress', ({ phase }) => phase === 'finished');
    expect(saved).toMatchObject({ kind: 'image' });
    rig.forget();
    // The run ends a moment after it was told.
    await new Promise((resolve) => setTimeout(resolve, 50));
    await rig.request('capture.start', { ...take, begin: { on: 'level', level: 1, beforeSeconds: 0 } });
    const { problem } = await rig.event('capture.progress', ({ phase }) => phase === 'failed');
    expect(problem).toContain('no level');
  });
});

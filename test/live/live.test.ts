/** Recognition as it happens: the app's smoothing is the board's to the bit, and the line may go at any moment. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Random } from '../../src/base';
import { loadCore } from '../../src/core';
import { buildImage, deployImage, goldenVectors, type LiveSettings } from '../../src/deploy';
import {
  connectDevice,
  customPort,
  LinkError,
  simulatedPort,
  SimulatedTransport,
  type Device,
  type DeviceResult,
} from '../../src/link';
import { LiveError, ResultSmoother, startLive, type LiveResult } from '../../src/live';
import { sampleModel } from '../deploy/sample-model';
import { ptyRig, simulatedRig, needsPty, type BoardRig } from '../link/rigs';
import { until } from '../link/transport-contract';
import { describeWith } from '../support/needs';

const output = { scale: 1 / 256, zeroPoint: -128 };
const scores = (...values: number[]): Int8Array => Int8Array.from(values);

describe('smoothing', () => {
  const make = (threshold: number, smoothing: number): ResultSmoother =>
    new ResultSmoother({ threshold, smoothing }, output.scale, output.zeroPoint);

  it('averages over the last results, fewer at the start', () => {
    const smoother = make(0.5, 3);
    expect(smoother.add(scores(127, -128, -128))).toBe(0);
    expect(smoother.add(scores(-128, 127, -128))).toBe(-1);
    expect(smoother.add(scores(-128, 127, -128))).toBe(1);
    expect(smoother.add(scores(-128, -128, 127))).toBe(1);
  });
  it('takes the first of equals, and answers nothing below the threshold', () => {
    expect(make(0, 1).add(scores(5, 5, 5))).toBe(0);
    expect(make(0.5, 1).add(scores(-1, -128, -127))).toBe(-1);
    expect(make(0.5, 1).add(scores(0, -128, -128))).toBe(0);
  });
  it('begins anew when told', () => {
    const smoother = make(0.9, 4);
    smoother.add(scores(127, -128, -128));
    smoother.reset();
    expect(smoother.add(scores(-128, 127, -128))).toBe(1);
  });
});

async function deploy(device: Device, live: LiveSettings): Promise<ReturnType<typeof sampleModel>> {
  const sample = sampleModel(5);
  const core = await loadCore();
  const model = core.openModel(sample.tflite);
  const manifest = { ...sample.manifest, live, arenaBytes: model.arenaBytes + model.persistentBytes };
  model.close();
  const golden = goldenVectors(core, manifest, sample.tflite, sample.windows, 2);
  await deployImage(device, buildImage(manifest, sample.tflite, golden));
  return { ...sample, manifest };
}

describe('a board that recognises', () => {
  let transport: SimulatedTransport;
  let device: Device;
  beforeEach(async () => {
    transport = new SimulatedTransport('sim', { speed: 20 });
    device = await connectDevice(transport, simulatedPort);
  });
  afterEach(() => device.close());

  it.each([
    { threshold: 0.6, smoothing: 3 },
    { threshold: 0.35, smoothing: 1 },
    { threshold: 0.5, smoothing: 8 },
  ])('gives the label that the app computes: threshold $threshold, smoothing $smoothing', async (settings) => {
    const { manifest } = await deploy(device, settings);
    const results: { result: LiveResult; raw: DeviceResult }[] = [];
    const live = await startLive(
      device,
      { labels: manifest.labels, settings, ...output, rateHz: manifest.shape.rateHz },
      (result, raw) => results.push({ result, raw }),
    );
    const random = new Random(1);
    while (results.length < 120) {
      await transport.play(['idle', 'wave', 'up-down', 'circle'][random.below(4)]);
      const goal = results.length + 8;
      await until(() => results.length >= goal);
    }
    await live.stop();
    await live.stop();
    expect(live.info).toMatchObject({ windowFrames: 20, labels: 3 });
    for (const { result, raw } of results) {
      expect(result.label).toBe(raw.label < 0 ? '' : manifest.labels[raw.label]);
      expect(result.scores).toEqual([...raw.scores].map((score) => (score + 128) / 256));
    }
    // Both answers occur, or the comparison says little.
    expect(new Set(results.map(({ raw }) => raw.label)).size).toBeGreaterThan(1);
    const first = results[0].result;
    expect(first.seconds).toBeCloseTo((first.window * live.info.strideMicros) / 1e6 + 20 / 62.5, 3);
    const seconds = results.map(({ result }) => result.seconds);
    expect([...seconds].sort((a, b) => a - b)).toEqual(seconds);
  });

  it('can be asked with other settings while it runs', async () => {
    const { manifest } = await deploy(device, { threshold: 0.6, smoothing: 1 });
    const labels: string[] = [];
    const live = await startLive(
      device,
      { labels: manifest.labels, settings: { threshold: 1, smoothing: 1 }, ...output },
      (result) => labels.push(result.label),
    );
    await until(() => labels.length > 5);
    expect(labels.every((label) => label === '')).toBe(true);
    live.change({ threshold: 0, smoothing: 1 });
    labels.length = 0;
    await until(() => labels.length > 5);
    expect(labels.every((label) => label !== '')).toBe(true);
    await live.stop();
  });

  it('can be stopped again when it did not answer the first time', async () => {
    const { manifest } = await deploy(device, { threshold: 0.5, smoothing: 1 });
    const model = { labels: manifest.labels, settings: manifest.live, ...output };
    const silent = new LinkError('timeout', 'The board did not answer.', 'Press its reset button once.');
    let asked = 0;
    const deafOnce = Object.create(device) as Device;
    deafOnce.stopRun = () => (asked++ === 0 ? Promise.reject(silent) : device.stopRun());
    const live = await startLive(deafOnce, model, () => undefined);
    await expect(live.stop()).rejects.toMatchObject({ code: 'line-lost' });
    await live.stop();
    expect(asked).toBe(2);
    await expect(device.infer('input', new Uint8Array(60))).resolves.toBeDefined();
  });

  it('measures each layer of the model, and answers as before', async () => {
    const { tflite } = await deploy(device, { threshold: 0.5, smoothing: 1 });
    const input = Uint8Array.from({ length: 60 }, (_, i) => 5 * i);
    const before = await device.infer('input', input);
    const micros = await device.inferLayers('input', input);
    expect(micros.length).toBe((await loadCore()).openModel(tflite).operators.length);
    expect(micros.every((each) => each >= 0 && each < 1e6)).toBe(true);
    expect((await device.infer('input', input)).output).toEqual(before.output);
  });

  it('is refused where there is no model, or another than the app thinks', async () => {
    const model = { labels: ['a', 'b', 'c'], settings: { threshold: 0.5, smoothing: 1 }, ...output };
    const none = await startLive(device, model, () => undefined).catch((error: unknown) => error);
    expect(none).toBeInstanceOf(LiveError);
    expect(none).toMatchObject({ code: 'no-model' });
    await deploy(device, model.settings);
    await expect(startLive(device, { ...model, labels: ['a', 'b'] }, () => undefined)).rejects.toMatchObject({
      code: 'other-model',
    });
  });
});

function unplugWhileRunning(name: string, makeRig: () => Promise<BoardRig>): void {
  it(`survives a cable that comes out of ${name}, with its model`, async () => {
    const rig = await makeRig();
    const port = customPort(rig.transport.path);
    const settings = { threshold: 0.5, smoothing: 1 };
    let device = await connectDevice(rig.transport, port);
    const { manifest } = await deploy(device, settings);
    const model = { labels: manifest.labels, settings, ...output };
    let results = 0;
    let lost = '';
    device.onLost((reason) => (lost = reason));
    const live = await startLive(device, model, () => results++);
    await until(() => results > 1);
    await rig.unplug();
    await until(() => lost !== '');
    await live.stop();
    await device.close();
    await rig.replug();
    device = await connectDevice(rig.transport, port);
    results = 0;
    const again = await startLive(device, model, () => results++);
    await until(() => results > 1);
    await again.stop();
    await device.close();
    await rig.tearDown();
  });
}

describe('unplugging while it runs', () => unplugWhileRunning('the simulated board', () => simulatedRig()));
describeWith(needsPty, 'a pseudo-terminal', () => unplugWhileRunning('serialport', () => ptyRig()));

/** The fit is counted from the model's real plan, follows the board's figures, and says what its time rests on. */
import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { boards } from '../../src/boards';
import { plannedTflite, quantiseModel, readTflite } from '../../src/compress';
import { loadCore, type Core } from '../../src/core';
import { buildImage, deployImage, goldenVectors } from '../../src/deploy';
import { estimateFit, type FitQuestion } from '../../src/fit';
import { connectDevice, simulatedPort, SimulatedTransport } from '../../src/link';
import type { ResolvedImpulse } from '../../src/impulse';
import { buildModel, initialWeights, macsOf } from '../../src/model';
import { sampleModel, sampleSpec } from '../deploy/sample-model';

const { manifest, tflite, windows } = sampleModel(1);
const resolved: ResolvedImpulse = {
  shape: { ...manifest.shape, rateHz: 100 },
  strideFrames: manifest.strideFrames,
  axes: manifest.axes,
  units: manifest.units,
  block: manifest.block,
  featureCount: 60,
  inputShape: [20, 3],
};

describe('estimateFit', () => {
  let core: Core;
  let question: FitQuestion;
  beforeAll(async () => {
    core = await loadCore();
    const image = buildImage(manifest, tflite, goldenVectors(core, manifest, tflite, windows));
    question = { board: 'nano33ble-sense', tflite, resolved, imageBytes: image.length, smoothing: 3 };
  });

  it('adds up what the firmware will allocate and what the slot will hold', () => {
    const report = estimateFit(core, question);
    const model = core.openModel(plannedTflite(core, tflite));
    const arena = report.ram.items.find((item) => item.what.includes('arena'));
    expect(arena?.bytes).toBe(Math.ceil(model.arenaBytes / 16) * 16);
    model.close();
    expect(report.ram.used).toBe(report.ram.items.reduce((sum, item) => sum + item.bytes, 0));
    expect(report.flash.used).toBe(question.imageBytes);
    expect(report.macs).toBe(macsOf(sampleSpec));
    expect(report).toMatchObject({ fits: true, advice: [], board: 'nano33ble-sense' });
  });

  it('counts RAM to the last 16 bytes as a board takes it', async () => {
    const planned = plannedTflite(core, tflite);
    const image = buildImage(manifest, planned, goldenVectors(core, manifest, planned, windows));
    const { used } = estimateFit(core, { ...question, smoothing: manifest.live.smoothing }).ram;
    const deployTo = async (arenaBytes: number): Promise<number> => {
      const device = await connectDevice(new SimulatedTransport('sim', { arenaBytes }), simulatedPort);
      return deployImage(device, image)
        .then((report) => report.goldenVectors)
        .finally(() => device.close());
    };
    expect(await deployTo(used)).toBe(4);
    await expect(deployTo(used - 16)).rejects.toMatchObject({ code: 'too-large' });
  });

  it.each(boards.map((board) => board.id))('has a time for %s and says that it is an estimate', (id) => {
    const { latency } = estimateFit(core, { ...question, board: id });
    expect(latency.basis).toBe('estimated');
    expect(latency.explanation).toMatch(/Estimated, not measured.*cycles per multiply-accumulate/);
    expect(latency.modelMs).toBeGreaterThan(0.01);
    expect(latency.modelMs).toBeLessThan(50);
    expect(latency.dspMs).toBeGreaterThan(0);
  });

  it('orders boards by their speed, and larger windows and other features by their work', () => {
    const on = (board: string): number => estimateFit(core, { ...question, board }).latency.modelMs;
    expect(on('portenta-h7')).toBeLessThan(on('nano33ble-sense'));
    const spectral = { kind: 'spectral', params: core.dspParameters('spectral').map((p) => p.default) } as const;
    const dsp = (block: ResolvedImpulse['block']): number =>
      estimateFit(core, { ...question, resolved: { ...resolved, block } }).latency.dspMs;
    expect(dsp(spectral)).toBeGreaterThan(dsp(manifest.block));
  });

  it('takes a measured time where the very model was measured on that board', () => {
    const modelSha256 = createHash('sha256').update(tflite).digest('hex');
    const fact = { board: 'nano33ble-sense', modelSha256, dspMicros: 1500, modelMicros: 2500 };
    expect(estimateFit(core, { ...question, measured: [fact] }).latency).toMatchObject({
      basis: 'measured',
      dspMs: 1.5,
      modelMs: 2.5,
    });
    for (const other of [
      { ...fact, board: 'rpi-pico' },
      { ...fact, modelSha256: '00' },
    ])
      expect(estimateFit(core, { ...question, measured: [other] }).latency.basis).toBe('estimated');
  });

  it('says what to do where RAM, flash or time do not suffice', () => {
    const small = { freeRam: 500, slotBytes: 4096 };
    const tight = estimateFit(core, { ...question, device: small, imageBytes: 5000 });
    expect(tight.fits).toBe(false);
    expect(tight.advice).toHaveLength(2);
    expect(tight.advice[0]).toMatch(/more RAM than the Arduino Nano 33 BLE Sense has free; the largest part/);
    expect(tight.advice[1]).toMatch(/too large for a slot/);
    const hasty = { ...resolved, shape: { ...resolved.shape, rateHz: 100_000 }, strideFrames: 1 };
    const slow = estimateFit(core, { ...question, resolved: hasty });
    expect(slow.fits).toBe(true);
    expect(slow.advice[1]).toMatch(/longer stride/);
  });

  it('warns where the sensor of the board does not have the rate of the model', () => {
    const at = (board: string, rateHz: number): string =>
      estimateFit(core, {
        ...question,
        board,
        resolved: { ...resolved, shape: { ...resolved.shape, rateHz } },
      }).advice.join();
    expect(at('nano33ble-sense', 101)).toBe('');
    expect(at('nano33ble-sense', 104)).toMatch(/104 Hz.*does not offer.*set the impulse's rate to 100 Hz/);
    expect(at('xiao-nrf52840-sense', 104)).toBe('');
    expect(at('rpi-pico', 104)).toBe('');
    const audio = { ...question, resolved: { ...resolved, shape: { ...resolved.shape, rateHz: 16_000 } } };
    expect(estimateFit(core, { ...audio, sensor: 'audio' }).advice.join()).not.toMatch(/does not offer/);
  });

  it('knows no board of another name', () => {
    expect(() => estimateFit(core, { ...question, board: 'abacus' })).toThrow(
      expect.objectContaining({ code: 'unknown-board' }),
    );
    expect(readTflite(tflite).macs).toBeGreaterThan(0);
  });

  it('keeps a board with a keyword model and its MFCCs less than half busy at four results a second', () => {
    const shape = { frames: 16000, axes: 1, rateHz: 16000 };
    const block = { kind: 'mfcc', params: core.dspParameters('mfcc').map((p) => p.default) } as const;
    const featureCount = core.featureCount(block, shape);
    const sound: ResolvedImpulse = {
      ...{ shape, block, featureCount, strideFrames: 3840, axes: ['audio'], units: ['wav'] },
      inputShape: [featureCount / 13, 13],
    };
    const spec = buildModel({
      kind: 'conv1d',
      inputShape: sound.inputShape,
      classes: 6,
      size: 'medium',
      head: 'softmax',
    });
    const weights = initialWeights(spec, 1);
    const calibration = new Float32Array(featureCount);
    const keyword = quantiseModel(spec, weights, { calibration, calibrationCount: 1 }).tflite;
    const ask = { ...question, tflite: keyword, resolved: sound, sensor: 'audio' } as const;
    const { busy, latency } = estimateFit(core, ask);
    console.log(
      `keywords on a Nano 33 BLE Sense: busy ${(100 * busy.share).toFixed(1)} % at ${busy.resultsPerSecond.toFixed(2)} results a second, whole window ${latency.dspMs.toFixed(1)} ms, model ${latency.modelMs.toFixed(1)} ms`,
    );
    expect(busy.resultsPerSecond).toBeGreaterThan(4);
    expect(busy.share).toBeLessThan(0.5);
    const slower = estimateFit(core, { ...ask, run: { strideFrames: 3841 } });
    expect(slower.busy.share).toBeGreaterThan(busy.share);
  });
});

/**
 * Flashing, measured: a model image of about 20 KB over a real pseudo-terminal to a simulated board, from the first
 * byte sent to the first live result received. Median of five boards.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadParts, median, rounded } from '../lib/parts.mjs';

const parts = await loadParts('deploy');
const core = await parts.loadCore();
const labels = ['circle', 'idle', 'up-down', 'wave'];
// A window of half a second every tenth: the first result is not what is measured, getting there is.
const shape = { frames: 50, axes: 3, rateHz: 100 };
const block = { kind: 'raw', params: [1] };

function makeImage() {
  const spec = parts.buildModel({ kind: 'conv1d', size: 'medium', inputShape: [50, 3], classes: labels.length });
  const calibration = Float32Array.from({ length: 32 * 150 }, (_, i) => Math.sin(i * 0.7));
  const quantized = parts.quantiseModel(spec, parts.initialWeights(spec, 1), { calibration, calibrationCount: 32 });
  const model = core.openModel(quantized.tflite);
  const arenaBytes = model.arenaBytes + model.persistentBytes;
  model.close();
  const manifest = {
    name: 'bench',
    labels,
    sensor: 'motion',
    axes: ['accX', 'accY', 'accZ'],
    units: ['m/s2', 'm/s2', 'm/s2'],
    shape,
    strideFrames: 10,
    block,
    normalisation: { mean: new Float32Array(3), inverseStd: new Float32Array(3).fill(0.1) },
    live: { threshold: 0.5, smoothing: 1 },
    arenaBytes,
  };
  // Many, so that the image has the 20 KB that are asked for.
  const windows = Array.from({ length: 24 }, (_, i) => calibration.subarray(i * 150, (i + 1) * 150));
  const golden = parts.goldenVectors(core, manifest, quantized.tflite, windows, windows.length);
  return { image: parts.buildImage(manifest, quantized.tflite, golden), quantized };
}

const { image, quantized } = makeImage();

async function once() {
  const folder = mkdtempSync(join(tmpdir(), 'dormouse-bench-'));
  const pty = await parts.startSimulatedPty({ path: join(folder, 'board'), board: 'nano33ble-sense' });
  const device = await parts.connectDevice(new parts.SerialTransport(pty.path), parts.customPort(pty.path));
  const began = performance.now();
  const report = await parts.deployImage(device, image, {});
  let first;
  const arrived = new Promise((resolve) => (first = resolve));
  const model = {
    labels,
    settings: { threshold: 0.5, smoothing: 1 },
    scale: quantized.outputScale,
    zeroPoint: quantized.outputZeroPoint,
  };
  const live = await parts.startLive(device, model, () => first());
  await arrived;
  const toFirstResult = (performance.now() - began) / 1000;
  await live.stop();
  await device.close();
  await pty.close();
  rmSync(folder, { recursive: true, force: true });
  return { flashSeconds: report.seconds, toFirstResult };
}

const runs = [];
for (let i = 0; i < 5; i++) runs.push(await once());
console.log(
  JSON.stringify({
    imageBytes: image.length,
    flashSeconds: rounded(median(runs.map((run) => run.flashSeconds))),
    secondsToFirstLiveResult: rounded(median(runs.map((run) => run.toFirstResult))),
    ofWhichOneWindow: shape.frames / shape.rateHz,
  }),
);
process.exit(0);

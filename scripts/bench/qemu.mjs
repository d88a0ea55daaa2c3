/**
 * Flashing the device as Cortex-M4F code in QEMU: a model image of about 300 KB through its UART, against what the same
 * frames take through the bare UART in the same run, in turn, three times each: the median, and the line's fastest.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadParts, median, rounded } from '../lib/parts.mjs';
import { buildQemuImages, startQemuBoard } from '../lib/qemu-board.mjs';

const parts = await loadParts('qemu');
const core = await parts.loadCore();
const folder = mkdtempSync(join(tmpdir(), 'dormouse-bench-'));
const path = join(folder, 'board');
const pieceBytes = 1008;

function makeImage() {
  const labels = ['circle', 'idle', 'up-down', 'wave'];
  const inputs = 150;
  const dense = (units, activation) => ({ kind: 'dense', units, activation });
  const layers = [dense(512, 'relu'), dense(424, 'relu'), dense(labels.length, 'none'), { kind: 'softmax' }];
  const spec = { version: 1, input: [inputs], layers };
  const calibration = Float32Array.from({ length: 32 * inputs }, (_, i) => Math.sin(i * 0.7));
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
    shape: { frames: 50, axes: 3, rateHz: 100 },
    strideFrames: 10,
    block: { kind: 'raw', params: [1] },
    normalisation: { mean: new Float32Array(3), inverseStd: new Float32Array(3).fill(0.1) },
    live: { threshold: 0.5, smoothing: 1 },
    arenaBytes,
  };
  const windows = Array.from({ length: 4 }, (_, i) => calibration.subarray(i * inputs, (i + 1) * inputs));
  const golden = parts.goldenVectors(core, manifest, quantized.tflite, windows, windows.length);
  return parts.buildImage(manifest, quantized.tflite, golden);
}

/** Payload bytes per second of the bare line, with the frames that carry this image. */
async function lineRate(program, image) {
  const board = await startQemuBoard({ image: program, path });
  const transport = new parts.SerialTransport(path);
  await transport.open();
  const frames = [];
  for (let at = 0; at < image.length; at += pieceBytes) {
    const payload = new Uint8Array(4 + Math.min(pieceBytes, image.length - at));
    new DataView(payload.buffer).setUint32(0, at, true);
    payload.set(image.subarray(at, at + pieceBytes), 4);
    frames.push(parts.encodeFrame(parts.request.slotWrite, 0, frames.length & 0xffff, payload));
  }
  let answers = 0;
  let listening = () => undefined;
  transport.listen((event) => {
    if (event.kind !== 'data') return;
    for (const byte of event.bytes) if (byte === 0) answers++;
    listening();
  });
  const answered = (count) =>
    new Promise((resolve) => (listening = () => answers >= count && resolve(undefined))).finally(
      () => (listening = () => undefined),
    );
  // The emulator looks once a second whether somebody opened the port.
  const awake = answered(1);
  await transport.write(Uint8Array.of(1, 0));
  await awake;
  answers = 0;
  const began = performance.now();
  const done = answered(frames.length);
  for (const frame of frames) await transport.write(frame);
  await done;
  const seconds = (performance.now() - began) / 1000;
  await transport.close();
  await board.close();
  return image.length / seconds;
}

/** Payload bytes per second of a whole deployment (erase, write, verify, commit, ask), and of its writing alone. */
async function deployRate(program, image) {
  const board = await startQemuBoard({ image: program, path });
  const device = await parts.connectDevice(new parts.SerialTransport(path), parts.customPort(path), {
    totalMs: 20_000,
  });
  const phases = new Map();
  const report = await parts.deployImage(device, image, {
    onDeploy: ({ phase }) => phases.has(phase) || phases.set(phase, performance.now()),
  });
  await device.close();
  await board.close();
  return { whole: report.bytesPerSecond, write: (image.length * 1000) / (phases.get('verify') - phases.get('write')) };
}

const image = makeImage();
const programs = ['firmware/sim/qemu/board.cpp', 'firmware/sim/qemu/line.cpp'];
const [device, line] = await buildQemuImages(join(folder, 'build'), programs);
const lines = [];
const deploys = [];
for (let i = 0; i < 3; i++) {
  lines.push(await lineRate(line, image));
  deploys.push(await deployRate(device, image));
}
rmSync(folder, { recursive: true, force: true });
const lineBytes = Math.max(...lines);
const whole = median(deploys.map((deploy) => deploy.whole));
const write = median(deploys.map((deploy) => deploy.write));
console.log(
  JSON.stringify({
    imageBytes: image.length,
    linePayloadBytesPerSecond: rounded(lineBytes),
    deployBytesPerSecond: rounded(whole),
    writeBytesPerSecond: rounded(write),
    deployShareOfLine: rounded(whole / lineBytes),
    writeShareOfLine: rounded(write / lineBytes),
  }),
);
process.exit(0);

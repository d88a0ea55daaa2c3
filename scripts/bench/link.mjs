/**
 * The wire, measured: how fast the framing encodes and decodes in memory, and a simulated board in a process of its own
 * behind a real pseudo-terminal that serialport opens: 1.2 MB/s of samples (DORMOUSE_BENCH_SECONDS, default 60), then
 * six axes at 1 kHz with sound at 16 kHz, then a line that is too slow. CPU shares are of one core.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { bundleParts } from '../lib/parts.mjs';

function framing({ encodeFrame, FrameDecoder }) {
  const payload = new Uint8Array(1020);
  for (let i = 0; i < payload.length; i++) payload[i] = i % 7 === 0 ? 0 : (i * 37) & 0xff;
  const frame = encodeFrame(0x40, 0, 1, payload);
  const chunk = new Uint8Array(frame.length * 64);
  for (let i = 0; i < 64; i++) chunk.set(frame, i * frame.length);
  let frames = 0;
  const decoder = new FrameDecoder(() => frames++);
  const timed = (work) => {
    for (let i = 0; i < 50; i++) work();
    const began = performance.now();
    let rounds = 0;
    while (performance.now() - began < 1000) {
      work();
      rounds++;
    }
    return (rounds * 64 * payload.length) / ((performance.now() - began) * 1000);
  };
  const decode = timed(() => {
    for (let at = 0; at < chunk.length; at += 4095) decoder.push(chunk.subarray(at, at + 4095));
  });
  const encode = timed(() => {
    for (let i = 0; i < 64; i++) encodeFrame(0x40, 0, i, payload);
  });
  if (decoder.damaged > 0) throw new Error('the decoder refused good frames');
  return { decodeMBps: round(decode), encodeMBps: round(encode) };
}

/** The board's process is given the bundle that ours has made. */
const bundle = process.argv[5] ?? (await bundleParts('link'));

const round = (value, digits = 2) => Number(value.toFixed(digits));

/** A simulated board in another process; `exit()` resolves with its CPU seconds. */
async function startBoard(path, lineBytesPerSecond) {
  const child = spawn(
    process.execPath,
    [fileURLToPath(import.meta.url), '--board', path, String(lineBytesPerSecond), bundle],
    {
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  );
  let said = '';
  child.stdout.on('data', (bytes) => (said += bytes));
  while (!said.includes('ready')) await pause(10);
  return {
    exit: async () => {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.stdin.end();
      await gone;
      return Number(/cpu (\S+)/.exec(said)?.[1]);
    },
  };
}

async function playBoard(path, lineBytesPerSecond) {
  const { startSimulatedPty } = await import(bundle);
  const pty = await startSimulatedPty({
    path,
    testSignal: true,
    ...(lineBytesPerSecond > 0 ? { lineBytesPerSecond } : {}),
  });
  process.stdout.write('ready\n');
  process.stdin.resume();
  await new Promise((resolve) => process.stdin.once('end', resolve));
  await pty.close();
  const { user, system } = process.cpuUsage();
  process.stdout.write(`cpu ${(user + system) / 1e6}\n`, () => process.exit(0));
}

/** Streams some sensors for a while; every frame must have come or be counted as lost. */
async function stream(parts, sensors, seconds, lineBytesPerSecond = 0) {
  const folder = mkdtempSync(join(tmpdir(), 'dormouse-bench-'));
  const path = join(folder, 'board');
  const board = await startBoard(path, lineBytesPerSecond);
  const device = await parts.connectDevice(new parts.SerialTransport(path), parts.customPort(path));
  let bytes = 0;
  let frames = 0;
  let lost = 0;
  let gaps = 0;
  let wrong = 0;
  const ends = new Map();
  const take = (block) => {
    const axes = block.frames > 0 ? block.values.length / block.frames : 0;
    bytes += block.values.length * 2;
    frames += block.frames;
    lost += block.lost;
    if (block.lost > 0) gaps++;
    if (block.index !== (ends.get(block.sensor) ?? 0) + block.lost) wrong++;
    ends.set(block.sensor, block.index + block.frames);
    if (block.sensor === 3 && block.frames > 0 && block.values[0] !== ((block.index * axes) << 16) >> 16) wrong++;
  };
  const cpu = process.cpuUsage();
  const began = performance.now();
  for (const [sensor, rate] of sensors) await device.startStream(sensor, rate, take);
  await pause(seconds * 1000);
  const elapsed = (performance.now() - began) / 1000;
  const used = process.cpuUsage(cpu);
  const carried = bytes;
  for (const [sensor] of sensors) await device.stopStream(sensor);
  const health = device.health();
  await device.close();
  const boardCpu = await board.exit();
  rmSync(folder, { recursive: true });
  const produced = [...ends.values()].reduce((sum, end) => sum + end, 0);
  return {
    seconds: round(elapsed),
    sampleMBps: round(carried / elapsed / 1e6, 3),
    frames,
    lost,
    gaps,
    produced,
    allAccountedFor: frames + lost === produced && wrong === 0,
    damagedWireFrames: health.damagedWireFrames,
    measuredRateHz: round(health.measuredRateHz, 3),
    hostCpuShare: round((used.user + used.system) / 1e6 / elapsed, 3),
    boardCpuShare: round(boardCpu / elapsed, 3),
  };
}

if (process.argv[2] === '--board') await playBoard(process.argv[3], Number(process.argv[4]));
else {
  const parts = await import(bundle);
  const seconds = Number(process.env.DORMOUSE_BENCH_SECONDS ?? 60);
  const result = { framing: framing(parts) };
  result.testSignal100kHz = await stream(parts, [[3, 100_000]], seconds);
  result.motion1kHzAndSound16kHz = await stream(parts, [[0, 1000], [1, 16_000]], Math.min(seconds, 10)); // prettier-ignore
  result.overloadOf1200kBOn400kB = await stream(parts, [[3, 100_000]], Math.min(seconds, 10), 400_000);
  console.log(JSON.stringify(result, null, 2));
}

/**
 * The whole device as Cortex-M4F code in QEMU, its UART a pseudo-terminal that serialport opens: the app connects,
 * streams, flashes, tests bit for bit, recognises and rolls back as with a board on the table.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildQemuBoard, startQemuBoard, tapeBytes, type QemuBoard } from '../../scripts/lib/qemu-board.mjs';
import { loadCore } from '../../src/core';
import { parseImage } from '../../src/deploy';
import { connectDevice, customPort, generateGesture, SerialTransport, type Device } from '../../src/link';
import { Replay, startLive } from '../../src/live';
import { deployProject, imageOf, liveModelOf, testProject, trainProject, type Project } from '../../src/project';
import { loadMeasured } from '../../src/project/measured';
import { needsPty } from '../link/rigs';
import { until } from '../link/transport-contract';
import { pitches, toneWord, toneWords } from './tone-words';
import { smallProjects, type SmallProjects } from '../project/small-project';
import { describeWith, needsCommands } from '../support/needs';

const needsArm = needsCommands('qemu-system-arm', 'arm-none-eabi-g++');
const met = { ...needsArm, met: needsArm.met && needsPty.met };
const slow = 600_000;

const accelerationScale = (9.80665 * 4) / 32768;
const rotationScale = 2000 / 32768;

/** Six seconds of waving as the raw frames of the board's six axes. */
function wavingTape(rateHz: number): Int16Array {
  return Int16Array.from(generateGesture('wave', 3, 5, 6, rateHz), (value, i) =>
    Math.max(-32768, Math.min(32767, Math.round(value / (i % 6 < 3 ? accelerationScale : rotationScale)))),
  );
}

describeWith(met, 'the device as Cortex-M4F code in QEMU', () => {
  const folder = mkdtempSync(join(tmpdir(), 'dormouse-qemu-'));
  const path = join(folder, 'board');
  let projects: SmallProjects;
  let project: Project;
  let board: QemuBoard;
  let device: Device;
  let tape: Int16Array;

  const connect = () => connectDevice(new SerialTransport(path), customPort(path), { totalMs: 20_000 });

  beforeAll(async () => {
    const image = await buildQemuBoard(join(folder, 'build'));
    tape = wavingTape(100);
    const piece = { sensor: 0, rateHz: 100, frameBytes: 12, values: tape };
    const sound = { sensor: 1, rateHz: 16_000, frameBytes: 2, values: toneWord(1, 1.1 * pitches.high, 99) };
    board = await startQemuBoard({ image, path, tape: tapeBytes([piece, sound]), tapeFile: join(folder, 'tape') });
    device = await connect();
    projects = await smallProjects();
    project = await projects.open();
    await trainProject(project);
  }, slow);

  afterAll(async () => {
    await device?.close();
    await board?.close();
    await projects?.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  it('says what it is', () => {
    expect(device.info).toMatchObject({ dormouse: true, board: 'mps2-an386', uid: 'qemu', activeSlot: -1 });
    expect(device.info.slotBytes).toBe(512 * 1024);
  });

  it('streams 12 kB of samples a second, none lost, none changed', { timeout: slow }, async () => {
    let frames = 0;
    let wrong = 0;
    let lost = 0;
    await device.startStream(3, 1000, (block) => {
      lost += block.lost;
      block.values.forEach((value, i) => {
        if (value !== ((block.index * 6 + i) << 16) >> 16) wrong++;
      });
      frames += block.frames;
    });
    await until(() => frames >= 5000, slow);
    await device.stopStream(3);
    expect({ wrong, lost }).toEqual({ wrong: 0, lost: 0 });
    expect(device.health().damagedWireFrames).toBe(0);
  });

  it('plays its tape as a sensor', { timeout: slow }, async () => {
    const heard: number[] = [];
    await device.startStream(0, 100, (block) => heard.push(...block.values));
    await until(() => heard.length >= 600, slow);
    await device.stopStream(0);
    const { axes } = device.info.sensors[0];
    const played = Array.from(tape.subarray(0, 600), (value, i) => Math.fround(value * axes[i % 6].scale));
    expect(heard.slice(0, 600)).toEqual(played);
  });

  it('takes a model, and answers every held-out window as the app does, bit for bit', { timeout: slow }, async () => {
    const report = await deployProject(project, device);
    expect(report.goldenVectors).toBeGreaterThan(0);
    const app = await testProject(project, 'int8', null);
    const onBoard = await testProject(project, 'device', device);
    expect(onBoard).toMatchObject({ mismatches: 0, count: app.count, accuracy: app.accuracy });
    expect(onBoard.microsPerInference).toBeGreaterThan(0);
    expect(onBoard.measured?.layers.length).toBeGreaterThan(1);
    expect(onBoard.measured?.modelMicros).toBeGreaterThan(0);
    expect(await loadMeasured(project.folder)).toMatchObject([{ board: 'mps2-an386', ...onBoard.measured }]);
  });

  it('recognises what the tape plays with the scores that the app computes', { timeout: slow }, async () => {
    const model = await project.needTrained();
    const { manifest } = parseImage(await imageOf(project));
    const scores = new Map<number, Int8Array>();
    const live = await startLive(device, liveModelOf(project.settings, model), (_, raw) =>
      scores.set(raw.window, raw.scores),
    );
    await until(() => scores.size >= 8, slow);
    await live.stop();
    const sensor = device.info.sensors[0];
    const columns = manifest.axes.map((axis) => sensor.axes.findIndex(({ name }) => name === axis));
    const frames = 2000;
    const values = new Float32Array(frames * columns.length);
    for (let i = 0; i < values.length; i++) {
      const column = columns[i % columns.length];
      const at = Math.floor(i / columns.length) % (tape.length / 6);
      values[i] = Math.fround(tape[at * 6 + column] * sensor.axes[column].scale);
    }
    const replay = new Replay(await loadCore(), { manifest, tflite: model.quantized.tflite });
    await replay.push(values);
    const expected = replay.results();
    replay.close();
    for (const [window, given] of scores) {
      expect(window).toBeLessThan(expected.count);
      expect([...given], `window ${window}`).toEqual([
        ...expected.scores.subarray(window * expected.width, (window + 1) * expected.width),
      ]);
    }
  });

  it('goes back to the model before, and keeps it when it restarts', { timeout: slow }, async () => {
    const first = (await device.listSlots()).active;
    await project.change(({ live }) => ({ live: { ...live, smoothing: 2 } }));
    const { slot } = await deployProject(project, device);
    expect(slot).toBe(1 - first);
    expect(await device.rollback()).toMatchObject({ active: first });
    await device.reset('restart');
    await device.close();
    device = await connect();
    expect(device.info.activeSlot).toBe(first);
    expect(device.info.slots.filter(({ state }) => state === 'active')).toHaveLength(1);
    expect((await testProject(project, 'device', device)).mismatches).toBe(0);
  });

  it('hears the word that the tape plays', { timeout: slow }, async () => {
    const words = await toneWords(folder);
    try {
      const model = await words.needTrained();
      await deployProject(words, device);
      expect((await testProject(words, 'device', device)).mismatches).toBe(0);
      const heard: string[] = [];
      const live = await startLive(device, liveModelOf(words.settings, model), (_, { scores }) =>
        heard.push(model.report.labels[scores.indexOf(Math.max(...scores))]),
      );
      await until(() => heard.length >= 8, slow);
      await live.stop();
      // Windows that begin in the middle of a word hear two halves.
      expect(heard.filter((label) => label === 'high').length).toBeGreaterThan(heard.length / 2);
    } finally {
      await words.close();
    }
  });
});

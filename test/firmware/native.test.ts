/** The board's own code, natively, under sanitizers: frames, rings, slots. The figures that it prints are the ones we publish. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { installRoot } from '../../src/base';
import { dspNumbers, type DspKind } from '../../src/core';
import { connectDevice, customPort, SerialTransport } from '../../src/link';
import type { Device, SampleBlock } from '../../src/link';
import { cppFiles, NativeTests } from '../support/native';
import { describeWith, needsCommands } from '../support/needs';
import { crc32, frameBytes, FrameParser } from '../support/frames';

interface WireVectors {
  readonly crc32: { name: string; bytes: string; crc: number }[];
  readonly frames: {
    name: string;
    type: number;
    flags: number;
    sequence: number;
    payload: string;
    line: string;
  }[];
  readonly damaged: { name: string; line: string }[];
}

interface SlotVectors {
  readonly images: {
    hex: string;
    crc: number;
    manifest: {
      name: string;
      labels: string[];
      axes: string[];
      rateMilliHz: number;
      frames: number;
      strideFrames: number;
      dsp: DspKind;
      params: number[];
      threshold: number;
      smoothing: number;
      arenaBytes: number;
      width?: number;
      head?: string;
      suppress?: number;
      thresholds?: number[];
    };
    tfliteOffset: number;
    tfliteBytes: number;
    anomalyBytes?: number;
    golden: unknown[];
  }[];
  readonly refused: { at: number; bytes: string; fixCrc: boolean }[];
}

const core = 'firmware/dormouse/src';
const wire = JSON.parse(readFileSync(join(installRoot(), 'test', 'vectors', 'wire.json'), 'utf8')) as WireVectors;
const slot = JSON.parse(readFileSync(join(installRoot(), 'test', 'vectors', 'slot.json'), 'utf8')) as SlotVectors;
const bytesOf = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'));

function flatVectors(): string {
  const lines = [
    ...wire.frames.map((f) => `frame ${f.type} ${f.flags} ${f.sequence} ${f.payload || '-'} ${f.line}`),
    ...wire.damaged.map((frame) => `bad ${frame.line}`),
    ...wire.crc32.map((sum) => `crc ${sum.bytes || '-'} ${sum.crc}`),
  ];
  return `${lines.join('\n')}\n`;
}

/** firmware/MODEL_SLOT.md 1. */
const heads = ['classes', 'oneVsRest', 'objects', 'none'];

function flatImages(): string {
  const images = slot.images.map(({ hex, crc, manifest: m, tfliteOffset, tfliteBytes, anomalyBytes = 0, golden }) =>
    [
      ...['image', hex, crc, Buffer.from(m.name).toString('hex') || '-', m.labels.length, m.axes.length, m.rateMilliHz],
      ...[m.frames, m.strideFrames, dspNumbers[m.dsp], m.params.length],
      ...[Math.round(m.threshold * 1000), m.smoothing, m.arenaBytes, tfliteOffset, tfliteBytes, golden.length],
      ...[m.width ?? 0, heads.indexOf(m.head ?? 'classes'), m.suppress ?? 0, m.thresholds?.length ?? 0, anomalyBytes],
    ].join(' '),
  );
  const refused = slot.refused.map(({ at, bytes, fixCrc }) => {
    const image = bytesOf(slot.images[0].hex);
    image.set(bytesOf(bytes), at);
    if (fixCrc) {
      const covered = Uint8Array.of(...image.subarray(0, 44), ...image.subarray(48));
      new DataView(image.buffer).setUint32(44, crc32(covered), true);
    }
    return `refused ${Buffer.from(image).toString('hex')}`;
  });
  return `${[...images, ...refused].join('\n')}\n`;
}

it('the wire vectors are what the second implementation, in TypeScript, makes too', () => {
  for (const frame of wire.frames) {
    const line = frameBytes(frame.type, frame.sequence, bytesOf(frame.payload), frame.flags);
    expect(Buffer.from(line).toString('hex'), frame.name).toBe(frame.line);
  }
  for (const frame of wire.damaged) {
    const parser = new FrameParser();
    expect(parser.push(bytesOf(frame.line)), frame.name).toEqual([]);
    expect(parser.damaged, frame.name).toBe(1);
  }
  for (const sum of wire.crc32) expect(crc32(bytesOf(sum.bytes)), sum.name).toBe(sum.crc);
});

describeWith(needsCommands('g++'), 'the C++ core, natively, with sanitizers', () => {
  const native = new NativeTests();
  let program: ChildProcess | undefined;
  let device: Device | undefined;
  let objects: Promise<string[]> | undefined;
  const coreObjects = () => (objects ??= native.compile(cppFiles(core, 'firmware/sim/board')));

  afterAll(async () => {
    await device?.close();
    if (program && program.exitCode === null) {
      program.kill();
      await once(program, 'exit');
    }
    native.close();
  });

  it('frames: shared vectors, any pieces, 100,000 damaged frames', async () => {
    const vectors = native.path('wire.txt');
    writeFileSync(vectors, flatVectors());
    const program = await native.build('wire', ['test/firmware/wire_test.cpp', ...cppFiles(`${core}/wire`)]);
    const said = await native.run(program, [vectors, '101000']);
    console.log(said);
    expect(said).toContain('wrongly accepted 0, not resynced after one good frame 0');
  });

  it('rings: nothing is lost unseen between an interrupt and the loop', async () => {
    const sources = ['test/firmware/ring_test.cpp', ...cppFiles(`${core}/capture`)];
    console.log(await native.run(await native.build('ring', sources, ['-pthread'])));
  });

  it('sound: streamed windows are whole windows’ features to the bit, and no setting crashes', async () => {
    const sources = ['test/firmware/stream_test.cpp', ...cppFiles(`${core}/dsp`, `${core}/math`)];
    const said = await native.run(await native.build('stream', sources), ['1000']);
    console.log(said);
    expect(Number(/streamed (\d+) windows/.exec(said)?.[1])).toBeGreaterThan(1000);
  });

  it('slots: a whole model runs after every power cut, in long lives too, and both slots wear alike', async () => {
    const parts = await native.compile([
      'firmware/sim/board/sim_flash.cpp',
      ...cppFiles(`${core}/slot`, `${core}/wire`),
    ]);
    const said = await native.run(await native.build('slot', ['test/firmware/slot_test.cpp', ...parts]));
    const lives = await native.run(await native.build('slot_life', ['test/firmware/slot_life_test.cpp', ...parts]));
    console.log(said + lives);
    expect(Number(/power cuts survived: (\d+)/.exec(said)?.[1])).toBeGreaterThan(50_000);
    expect(Number(/in long lives: (\d+)/.exec(lives)?.[1])).toBeGreaterThan(6000);
  });

  it('models: woken from what was kept they answer the same, and nothing else is taken for that', async () => {
    const program = await native.build('wake', ['test/firmware/wake_test.cpp', ...(await coreObjects())]);
    const corpus = readdirSync('test/firmware/corpus').map((name) => join('test/firmware/corpus', name));
    console.log(await native.run(program, corpus));
  });

  it('images: shared vectors, and hostile images, CBOR, flash and hosts', async () => {
    const vectors = native.path('slot.txt');
    writeFileSync(vectors, flatImages());
    const program = await native.build('image', ['test/firmware/image_test.cpp', ...(await coreObjects())]);
    console.log(await native.run(program, [vectors, '50000']));
  });

  it('a board of its own on a pseudo-terminal streams to a real serialport with every frame in its place', async () => {
    const path = await native.build('pty_board', ['firmware/sim/native/pty_board.cpp', ...(await coreObjects())]);
    const port = native.path('board');
    program = spawn(path, [port, 'nano33ble-sense'], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(program.stdout!, 'data');
    device = await connectDevice(new SerialTransport(port), customPort(port));
    expect(device.info).toMatchObject({ dormouse: true, board: 'nano33ble-sense', uid: 'native' });
    const blocks: SampleBlock[] = [];
    const enough = new Promise<void>((resolve) => {
      void device!.startStream(3, 10_000, (block) => {
        blocks.push(block);
        if (blocks.length === 200) resolve();
      });
    });
    await enough;
    await device.stopStream(3);
    let next = 0;
    for (const block of blocks) {
      expect(block.index).toBe(next);
      const first = block.values[0];
      for (let i = 0; i < block.frames; i++) expect(block.values[i * 6]).toBe((first + i) % 32000);
      next += block.frames;
    }
    expect(device.health().damagedWireFrames).toBe(0);
  });
});

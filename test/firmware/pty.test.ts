/** The native simulated board on a pseudo-terminal, opened by a real serialport: the whole way of a real cable. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connectDevice, customPort, SerialTransport } from '../../src/link';
import type { Device, SampleBlock } from '../../src/link';
import { cppFiles, NativeTests } from '../support/native';
import { describeWith, needsCommands } from '../support/needs';

describeWith(needsCommands('g++'), 'the native simulated board', () => {
  const native = new NativeTests();
  const port = native.path('board');
  let program: ChildProcess | undefined;
  let device: Device | undefined;

  beforeAll(async () => {
    const sources = ['firmware/sim/native/pty_board.cpp', ...cppFiles('firmware/dormouse/src', 'firmware/sim/board')];
    const path = await native.build('pty_board', sources, ['-O2']);
    program = spawn(path, [port, 'nano33ble-sense'], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(program.stdout!, 'data');
  });

  afterAll(async () => {
    await device?.close();
    if (program && program.exitCode === null) {
      program.kill();
      await once(program, 'exit');
    }
    native.close();
  });

  it('says hello and streams with every frame in its place', async () => {
    device = await connectDevice(new SerialTransport(port), customPort(port));
    expect(device.info).toMatchObject({ dormouse: true, board: 'nano33ble-sense', uid: 'native' });
    const blocks: SampleBlock[] = [];
    const enough = new Promise<void>((resolve) => {
      void device!.startStream(2, 10_000, (block) => {
        blocks.push(block);
        if (blocks.length === 200) resolve();
      });
    });
    await enough;
    await device.stopStream(2);
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

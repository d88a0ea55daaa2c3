/** Flashing: one contract for every board behind the Device interface, and cuts of the line at every operation. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { realDisk } from '../../src/base';
import { loadCore } from '../../src/core';
import {
  buildImage,
  deployImage,
  DeployError,
  exportModelFile,
  goldenVectors,
  type DeployProgress,
} from '../../src/deploy';
import { connectDevice, openTransport, SimulatedTransport, simulatedPort, type Device } from '../../src/link';
import { FakeDevice } from './fake-device';
import { sampleModel } from './sample-model';

async function imageOf(seed: number): Promise<Uint8Array> {
  const { manifest, tflite, windows } = sampleModel(seed);
  const core = await loadCore();
  return buildImage(manifest, tflite, goldenVectors(core, manifest, tflite, windows));
}

async function connectSimulated(): Promise<Device> {
  const transport = openTransport('sim');
  return connectDevice(transport, simulatedPort);
}

const boards: [string, () => Promise<Device>][] = [
  ['a fake board', () => Promise.resolve(new FakeDevice())],
  ['the simulated board', connectSimulated],
];

describe.each(boards)('deploying to %s', (_name, connect) => {
  it('goes through all phases in order and reports what it did', async () => {
    const device = await connect();
    try {
      const image = await imageOf(1);
      const seen: DeployProgress[] = [];
      const report = await deployImage(device, image, { onDeploy: (progress) => seen.push(progress) });
      expect([...new Set(seen.map((progress) => progress.phase))]).toEqual([
        'erase',
        'write',
        'verify',
        'commit',
        'start',
      ]);
      const written = seen.filter((progress) => progress.phase === 'write').map((progress) => progress.bytes);
      expect(written).toEqual([...written].sort((a, b) => a - b));
      expect(written[written.length - 1]).toBe(image.length);
      expect(report).toMatchObject({ bytes: image.length, goldenVectors: 4 });
      const { slots, active } = await device.listSlots();
      expect(active).toBe(report.slot);
      expect(slots.find((slot) => slot.slot === active)).toMatchObject({
        state: 'active',
        name: 'gestures 1',
        bytes: image.length,
      });
    } finally {
      await device.close();
    }
  });

  it('takes turns with the two slots', async () => {
    const device = await connect();
    try {
      const first = await deployImage(device, await imageOf(1));
      const second = await deployImage(device, await imageOf(2));
      expect(second.slot).not.toBe(first.slot);
      const third = await deployImage(device, await imageOf(3));
      expect(third.slot).toBe(first.slot);
      const { slots, active } = await device.listSlots();
      expect(slots.find((slot) => slot.slot === active)?.name).toBe('gestures 3');
    } finally {
      await device.close();
    }
  });

  it.each(['erase', 'write', 'verify', 'commit'] as const)(
    'keeps the old model when cancelled at %s',
    async (phase) => {
      const device = await connect();
      try {
        const old = await deployImage(device, await imageOf(1));
        const stop = new AbortController();
        const work = {
          signal: stop.signal,
          onDeploy: (progress: DeployProgress) => {
            if (progress.phase === phase) stop.abort();
          },
        };
        // What is under way in the board is finished; cancelling during the commit comes too late and says nothing else.
        const outcome = await deployImage(device, await imageOf(2), work).then(
          () => 'done',
          (error: DeployError) => error.code,
        );
        expect(outcome).toBe(phase === 'commit' ? 'done' : 'cancelled');
        const { active } = await device.listSlots();
        if (phase !== 'commit') expect(active).toBe(old.slot);
        const again = await deployImage(device, await imageOf(2));
        expect((await device.listSlots()).active).toBe(again.slot);
      } finally {
        await device.close();
      }
    },
  );

  it('refuses an image that is larger than the slot, and a damaged one, before it touches the board', async () => {
    const device = await connect();
    try {
      const before = await device.listSlots();
      const { manifest, tflite } = sampleModel(1);
      const bulky = [{ input: new Int8Array(device.info.slotBytes), output: new Int8Array(3) }];
      await expect(deployImage(device, buildImage(manifest, tflite, bulky))).rejects.toMatchObject({
        code: 'too-large',
      });
      const damaged = await imageOf(1);
      damaged[100] ^= 1;
      await expect(deployImage(device, damaged)).rejects.toMatchObject({ code: 'bad-image' });
      expect(await device.listSlots()).toEqual(before);
    } finally {
      await device.close();
    }
  });
});

describe('a board that is too small', () => {
  it('says what is missing, and runs what it ran before', async () => {
    const transport = new SimulatedTransport('sim', { arenaBytes: 1024 });
    const device = await connectDevice(transport, simulatedPort);
    try {
      const error = await deployImage(device, await imageOf(1)).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({
        code: 'too-large',
        message: expect.stringMatching(/\(SLOT_VERIFY\): .*(RAM|memory)[^.]*\. The model .* untouched/) as string,
        action: expect.stringMatching(/smaller model/) as string,
      });
      // Not "busy": the refused image is forgotten.
      await expect(device.startRun(() => undefined)).rejects.toMatchObject({ code: 'device-no-model' });
    } finally {
      await device.close();
    }
  });
});

describe('a line that breaks', () => {
  it('leaves the old or the new model at every operation, says which, and lets flashing be repeated', async () => {
    const old = await imageOf(1);
    const next = await imageOf(2);
    const counter = new FakeDevice();
    await deployImage(counter, old);
    const operations = counter.operations;
    expect(operations).toBeGreaterThan(6);
    for (let at = 0; at < operations; at++)
      for (const after of [false, true]) {
        const device = new FakeDevice();
        await deployImage(device, old);
        device.operations = 0;
        device.cut = { at, after };
        const error = await deployImage(device, next).then(
          () => expect.fail('the line was cut'),
          (thrown: DeployError) => thrown,
        );
        expect(error).toBeInstanceOf(DeployError);
        const commit = operations - 2;
        const expected =
          at < commit ? ['gestures 1'] : at === commit ? [after ? 'gestures 2' : 'gestures 1'] : ['gestures 2'];
        expect(expected).toContain(device.runs());
        expect(error.code).toBe(at === commit ? 'commit-unknown' : 'line-lost');
        if (device.runs() === 'gestures 1' && at !== commit) expect(error.message).toMatch(/untouched/);
        device.cut = undefined;
        await deployImage(device, next);
        expect(device.runs()).toBe('gestures 2');
      }
  });

  it('tells a failed self-test from a lost line', async () => {
    const device = new FakeDevice();
    await deployImage(device, await imageOf(1));
    device.flipBit = true;
    await expect(deployImage(device, await imageOf(2))).rejects.toMatchObject({ code: 'self-test-failed' });
    expect(device.runs()).toBe('gestures 1');
  });

  it('does not try a board that only prints numbers', async () => {
    const device = new FakeDevice();
    device.info = { ...device.info, dormouse: false };
    await expect(deployImage(device, await imageOf(1))).rejects.toMatchObject({ code: 'not-supported' });
    expect(device.operations).toBe(0);
  });
});

describe('golden vectors', () => {
  it('are what the core computes, with different answers first and samples only in the first', async () => {
    const core = await loadCore();
    const { manifest, tflite, windows } = sampleModel(4);
    const vectors = goldenVectors(core, manifest, tflite, windows, 4);
    expect(vectors.map((vector) => vector.window !== undefined)).toEqual([true, false, false, false]);
    expect(goldenVectors(core, manifest, tflite, windows, 4)).toEqual(vectors);
    const model = core.openModel(tflite);
    for (const { input, output } of vectors) {
      const [answer] = model.invoke([new Uint8Array(input.buffer, input.byteOffset, input.length)]);
      expect(new Int8Array(answer.buffer, answer.byteOffset, answer.length)).toEqual(output);
    }
    model.close();
    expect(goldenVectors(core, manifest, tflite, [])).toEqual([]);
  });
});

describe('exporting a model to a file', () => {
  it('replaces the file whole, or leaves the old one and says why', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'dormouse-export-'));
    try {
      const path = join(folder, 'model.tflite');
      const { tflite } = sampleModel(1);
      await exportModelFile(path, tflite);
      expect(new Uint8Array(readFileSync(path))).toEqual(tflite);
      writeFileSync(path, 'old');
      const full = Object.assign(new Error('no space'), { code: 'ENOSPC' });
      const failing = { ...realDisk, rename: () => Promise.reject(full) };
      await expect(exportModelFile(path, tflite, failing)).rejects.toMatchObject({
        code: 'file',
        message: expect.stringMatching(/disk is full/) as string,
      });
      expect(readFileSync(path, 'utf8')).toBe('old');
      expect(readdirSync(folder)).toEqual(['model.tflite']);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

/**
 * A whole board over both transports: nothing lost that need not be, nothing hidden that is, and a cable that comes
 * out at every phase.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Random } from '../../src/base';
import {
  connectDevice,
  customPort,
  DeviceLink,
  LinkError,
  simulatedPort,
  SimulatedTransport,
  type Device,
  type LinkState,
  type SampleBlock,
  type SimulationOptions,
} from '../../src/link';
import { describeWith } from '../support/needs';
import { needsPty, ptyRig, simulatedRig, type BoardRig } from './rigs';
import { until } from './transport-contract';

/** Checks a stream of the test signal to the last bit, gaps included. */
class Counter {
  frames = 0;
  lost = 0;
  next = 0;
  wrong = 0;
  blocks = 0;

  readonly take = (block: SampleBlock): void => {
    this.blocks++;
    this.lost += block.lost;
    if (block.index !== this.next + block.lost) this.wrong++;
    this.next = block.index + block.frames;
    this.frames += block.frames;
    for (let i = 0; i < block.values.length; i++) {
      const expected = ((block.index * 6 + i) << 16) >> 16;
      if (block.values[i] !== expected) this.wrong++;
    }
  };
}

function deviceSuite(name: string, makeRig: (options: SimulationOptions) => Promise<BoardRig>): void {
  describe(`a board over ${name}`, () => {
    let rig: BoardRig;
    let device: Device;

    async function connect(options: SimulationOptions = {}): Promise<void> {
      rig = await makeRig({ testSignal: true, ...options });
      device = await connectDevice(rig.transport, customPort(rig.transport.path));
    }
    afterEach(async () => {
      await device.close();
      await rig.tearDown();
    });

    it('says what it is', async () => {
      await connect({ board: 'rpi-pico' });
      expect(device.info).toMatchObject({ dormouse: true, board: 'rpi-pico', protocol: 1, activeSlot: -1 });
      expect(device.info.sensors[0].axes[0]).toMatchObject({ name: 'accX', units: 'm/s2' });
      expect(device.info.sensors[0].ratesHz).toContain(62.5);
      expect(device.health()).toEqual({ frames: 0, lost: 0, measuredRateHz: NaN, damagedWireFrames: 0 });
    });

    it('streams 1.2 MB of samples a second for three seconds: none lost, none changed, none twice', async () => {
      await connect();
      const counter = new Counter();
      expect(await device.startStream(3, 100_000, counter.take)).toBe(100_000);
      await until(() => counter.frames > 300_000, 60_000);
      await device.stopStream(3);
      expect(counter).toMatchObject({ lost: 0, wrong: 0 });
      expect(device.health()).toMatchObject({ frames: counter.frames, lost: 0, damagedWireFrames: 0 });
      expect(device.health().measuredRateHz).toBeCloseTo(100_000, 0);
    });

    it('streams six axes at 1 kHz and sound at 16 kHz at once: none lost', async () => {
      await connect();
      const seen = [0, 0];
      let lost = 0;
      const take = (block: SampleBlock): void => {
        seen[block.sensor] += block.frames;
        lost += block.lost;
      };
      expect(await device.startStream(0, 1000, take)).toBe(1000);
      expect(await device.startStream(1, 16_000, take)).toBe(16_000);
      await until(() => seen[0] > 2000 && seen[1] > 32_000, 60_000);
      await device.stopStream(0);
      await device.stopStream(1);
      expect(lost).toBe(0);
      expect(device.health()).toMatchObject({ lost: 0, frames: seen[0] + seen[1] });
    });

    it('over a line that is too slow shows every gap, and hides none', async () => {
      await connect({ lineBytesPerSecond: 400_000 });
      const counter = new Counter();
      await device.startStream(3, 100_000, counter.take);
      await until(() => counter.lost > 50_000 && counter.blocks > 50, 60_000);
      await device.stopStream(3);
      // Every frame of the stream came, or is counted; each value that came is the one that belongs there.
      expect(counter.wrong).toBe(0);
      expect(counter.lost).toBeGreaterThan(0);
      expect(counter.frames + counter.lost).toBe(counter.next);
      expect(device.health()).toMatchObject({ frames: counter.frames, lost: counter.lost });
    });

    it('starts again from nothing, at the rate it is asked for', async () => {
      await connect();
      for (const rate of [10_000, 1000, 10_000]) {
        const counter = new Counter();
        expect(await device.startStream(3, rate, (block) => (counter.blocks++, (counter.frames += block.frames)))).toBe(
          rate,
        );
        await until(() => counter.blocks >= 3);
      }
      await device.stopStream(3);
      await expect(device.startStream(9, 100, () => undefined)).rejects.toMatchObject({ code: 'no-such-sensor' });
    });

    it('that has no model refuses to run one, in words', async () => {
      await connect();
      const error = (await device.startRun(() => undefined).catch((reason: unknown) => reason)) as LinkError;
      expect(error.code).toBe('device-no-model');
    });

    it('goes back to printing numbers when it is let go', async () => {
      await connect();
      await device.close();
      const text: string[] = [];
      rig.transport.listen((event) => {
        if (event.kind === 'data') text.push(Buffer.from(event.bytes).toString('latin1'));
      });
      await rig.transport.open();
      await until(() => /(\r\n-?\d+\.\d+(,-?\d+\.\d+){5}){2}/.test(text.join('')));
      await rig.transport.close();
    });
  });
}

deviceSuite('the simulated transport', simulatedRig);
describeWith(needsPty, 'a pseudo-terminal', () => deviceSuite('serialport', ptyRig));

/** Pulls the cable in the middle of something; answers with what the something said. */
async function interrupted(rig: BoardRig, work: Promise<unknown>): Promise<unknown> {
  const outcome = work.then(
    () => 'finished',
    (error: unknown) => error,
  );
  await rig.unplug();
  return outcome;
}

function unplugSuite(name: string, makeRig: () => Promise<BoardRig>): void {
  describe(`a cable that comes out of ${name}`, () => {
    let rig: BoardRig;
    beforeEach(async () => {
      rig = await makeRig();
    });
    afterEach(() => rig.tearDown());

    async function worksAgain(): Promise<void> {
      await rig.replug();
      const device = await connectDevice(rig.transport, customPort(rig.transport.path));
      const counter = new Counter();
      await device.startStream(0, 400, (block) => (counter.frames += block.frames));
      await until(() => counter.frames > 20);
      await device.close();
    }

    it('while greeting', async () => {
      const outcome = await interrupted(rig, connectDevice(rig.transport, customPort(rig.transport.path)));
      if (outcome !== 'finished') expect(outcome).toBeInstanceOf(LinkError);
      await rig.transport.close();
      await worksAgain();
    });

    it('while streaming', async () => {
      const device = await connectDevice(rig.transport, customPort(rig.transport.path));
      const reasons: string[] = [];
      device.onLost((reason) => reasons.push(reason));
      let frames = 0;
      await device.startStream(0, 400, (block) => (frames += block.frames));
      await until(() => frames > 0);
      await rig.unplug();
      await until(() => reasons.length > 0);
      await expect(device.stopStream(0)).rejects.toMatchObject({ code: 'lost' });
      await device.close();
      await worksAgain();
      expect(reasons).toHaveLength(1);
    });

    it('while a model is written', async () => {
      const device = await connectDevice(rig.transport, customPort(rig.transport.path));
      const image = new Uint8Array(100_000);
      await device.beginSlot(image.length, 0);
      let written = 0;
      const writing = device.writeSlot(image, (bytes) => {
        written = bytes;
        if (bytes > 10_000) unplugNow();
      });
      let unplugged: Promise<void> | undefined;
      const unplugNow = (): void => void (unplugged ??= rig.unplug());
      await expect(writing).rejects.toMatchObject({ code: 'lost' });
      await unplugged;
      expect(written).toBeLessThan(image.length);
      await device.close();
      await worksAgain();
    });
  });
}

unplugSuite('the simulated board', () => simulatedRig());
describeWith(needsPty, 'a pseudo-terminal', () => unplugSuite('serialport', () => ptyRig()));

describe('a link', () => {
  it('finds its board again, and says how it stands at every moment', async () => {
    const rig = await simulatedRig();
    const states: LinkState['status'][] = [];
    const link = await DeviceLink.open(simulatedPort, { pollMs: 20, openTransport: () => rig.transport });
    link.onState((state) => states.push(state.status));
    const first = link.device;
    await rig.unplug();
    expect(link.state.status).toBe('lost');
    expect(() => link.device).toThrow(/was lost/);
    await pause(60);
    await rig.replug();
    await until(() => link.state.status === 'connected');
    expect(link.device).not.toBe(first);
    let frames = 0;
    await link.device.startStream(0, 400, (block) => (frames += block.frames));
    await until(() => frames > 0);
    await link.close();
    expect(states[0]).toBe('lost');
    expect(states.slice(-2)).toEqual(['connected', 'closed']);
    expect(() => link.device).toThrow(LinkError);
    await rig.tearDown();
  });

  it('goes on through a restart that the app asked for', async () => {
    const rig = await simulatedRig();
    const link = await DeviceLink.open(simulatedPort, { pollMs: 20, openTransport: () => rig.transport });
    await link.device.reset('restart');
    expect(link.state.status).toBe('lost');
    await until(() => link.state.status === 'connected');
    await link.close();
  });

  it('that is closed while it connects again has let go of the port when it is done', async () => {
    const rig = await simulatedRig();
    const link = await DeviceLink.open(simulatedPort, { pollMs: 10, openTransport: () => rig.transport });
    await rig.unplug();
    const connecting = new Promise<void>((resolve) =>
      link.onState(({ status }) => {
        if (status === 'connecting') resolve();
      }),
    );
    await rig.replug();
    await connecting;
    // The greeting is under way: the port is open.
    await pause(0);
    await link.close();
    expect(link.state.status).toBe('closed');
    await rig.transport.open();
    await rig.transport.close();
    await link.close();
    await rig.tearDown();
  });

  it('that is closed while it waits stays closed', async () => {
    const rig = await simulatedRig();
    const link = await DeviceLink.open(simulatedPort, { pollMs: 10, openTransport: () => rig.transport });
    await rig.unplug();
    await link.close();
    await rig.replug();
    await pause(60);
    expect(link.state.status).toBe('closed');
  });
});

describe('the simulated world', () => {
  it('can run faster than real time, and loses nothing by it', async () => {
    const transport = new SimulatedTransport('sim', { speed: 30 });
    const device = await connectDevice(transport, simulatedPort);
    let lost = 0;
    let last = 0;
    await device.startStream(0, 100, (block) => {
      lost += block.lost;
      last = block.micros;
    });
    await until(() => last > 20e6, 60_000);
    expect(lost).toBe(0);
    await device.close();
  });

  it('writes a model image whole, whatever its length', async () => {
    const transport = new SimulatedTransport();
    const device = await connectDevice(transport, simulatedPort);
    const random = new Random(3);
    for (const length of [64, 1008, 1024, 30_000]) {
      const image = Uint8Array.from({ length }, () => random.below(256));
      await device.beginSlot(image.length, 0);
      const progress: number[] = [];
      await device.writeSlot(image, (bytes) => progress.push(bytes));
      expect(progress.at(-1)).toBe(length);
      expect([...progress].sort((a, b) => a - b)).toEqual(progress);
      const flash = (await transport.world()).board.flash();
      expect(Buffer.from(flash).indexOf(Buffer.from(image))).toBeGreaterThanOrEqual(0);
    }
    const cancel = new AbortController();
    await device.beginSlot(60_000, 0);
    const cancelled = device.writeSlot(new Uint8Array(60_000), () => cancel.abort(), cancel.signal);
    await expect(cancelled).rejects.toMatchObject({ code: 'cancelled' });
    await device.close();
  });
});

/**
 * What every transport must do, whatever is behind it. The board behind is a simulated one: it prints numbers until it
 * is greeted.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Transport, TransportEvent } from '../../src/link';
import { encodeFrame, FrameDecoder, type Frame } from '../../src/link/wire/frame';
import { request } from '../../src/link/wire/messages';
import { keep } from './fakes';

export interface Rig {
  /** A transport that is not open, and another to the same board. */
  readonly transport: Transport;
  readonly second: Transport;
  unplug(): Promise<void>;
  replug(): Promise<void>;
  tearDown(): Promise<void>;
}

/** Waits for something that will come; the limit only ends a test that would wait for ever. */
export async function until(what: () => boolean, limitMs = 10_000): Promise<void> {
  const end = performance.now() + limitMs;
  while (!what()) {
    if (performance.now() > end) throw new Error(`still waiting: ${what.toString()}`);
    await pause(5);
  }
}

export function ping(transport: Transport, sequence: number, payload: Uint8Array): Promise<void> {
  return transport.write(encodeFrame(request.ping, 0, sequence, payload));
}

export function transportContract(name: string, makeRig: () => Promise<Rig>): void {
  describe(`the transport contract over ${name}`, () => {
    let rig: Rig;
    let frames: Frame[];
    let events: TransportEvent[];

    beforeEach(async () => {
      rig = await makeRig();
      frames = [];
      events = [];
      const decoder = new FrameDecoder((frame) => frames.push(keep(frame)));
      rig.transport.listen((event) => {
        events.push(event.kind === 'data' ? { kind: 'data', bytes: event.bytes.slice() } : event);
        if (event.kind === 'data') decoder.push(event.bytes);
      });
    });
    afterEach(async () => {
      await rig.transport.close();
      await rig.tearDown();
    });

    it('brings bytes there and back, all 256 values, in order', async () => {
      await rig.transport.open();
      const payload = Uint8Array.from({ length: 1000 }, (_, i) => i & 0xff);
      await rig.transport.write(Uint8Array.of(0));
      for (let i = 0; i < 20; i++) await ping(rig.transport, i, payload);
      await until(() => frames.length >= 20);
      expect(frames.map((frame) => frame.sequence)).toEqual(Array.from({ length: 20 }, (_, i) => i));
      for (const frame of frames) expect(frame.payload.slice(8)).toEqual(payload);
    });

    it('takes many writes at once', async () => {
      await rig.transport.open();
      const writes = [rig.transport.write(Uint8Array.of(0))];
      for (let i = 0; i < 60; i++) writes.push(ping(rig.transport, i, new Uint8Array(500).fill(i)));
      await Promise.all(writes);
      await until(() => frames.length >= 60);
      expect(frames.map((frame) => frame.payload[8])).toEqual(Array.from({ length: 60 }, (_, i) => i));
    });

    it('refuses to write before open and after close', async () => {
      await expect(rig.transport.write(Uint8Array.of(0))).rejects.toMatchObject({ code: 'closed' });
      await rig.transport.open();
      await rig.transport.close();
      await expect(rig.transport.write(Uint8Array.of(0))).rejects.toMatchObject({ code: 'closed' });
    });

    it('can be closed and opened again, and closed twice', async () => {
      for (let round = 1; round <= 3; round++) {
        await rig.transport.open();
        await rig.transport.write(Uint8Array.of(0));
        await ping(rig.transport, 1000 + round, new Uint8Array(4));
        await until(() => frames.some((frame) => frame.sequence === 1000 + round));
        await rig.transport.close();
        await rig.transport.close();
      }
      expect(events.every((event) => event.kind === 'data')).toBe(true);
    });

    it('stops telling a listener that went, and everybody after close', async () => {
      let heard = 0;
      const unlisten = rig.transport.listen(() => heard++);
      await rig.transport.open();
      await rig.transport.write(Uint8Array.of(0));
      await ping(rig.transport, 1, new Uint8Array(4));
      await until(() => heard > 0 && frames.length > 0);
      unlisten();
      const before = heard;
      await ping(rig.transport, 2, new Uint8Array(4));
      await until(() => frames.length > 1);
      expect(heard).toBe(before);
      await rig.transport.close();
      const last = events.length;
      await pause(100);
      expect(events.length).toBe(last);
    });

    it('says once that the line is gone, and reaches the board again when it is back', async () => {
      await rig.transport.open();
      await rig.unplug();
      await until(() => events.some((event) => event.kind === 'closed'));
      await expect(rig.transport.write(Uint8Array.of(0))).rejects.toMatchObject({ name: 'LinkError' });
      await expect(rig.second.open()).rejects.toMatchObject({ code: 'port-missing' });
      await pause(400);
      expect(events.filter((event) => event.kind === 'closed')).toHaveLength(1);
      await rig.replug();
      await rig.transport.open();
      await rig.transport.write(Uint8Array.of(0));
      await ping(rig.transport, 77, new Uint8Array(4));
      await until(() => frames.some((frame) => frame.sequence === 77));
    });

    it('refuses a port that somebody else has open', async () => {
      await rig.transport.open();
      await expect(rig.second.open()).rejects.toMatchObject({ code: 'port-busy' });
      await rig.transport.close();
      await rig.second.open();
      await rig.second.close();
    });

    it('changes its speed without complaint', async () => {
      await rig.transport.open();
      await rig.transport.setBaud(230400);
      await rig.transport.write(Uint8Array.of(0));
      await ping(rig.transport, 5, new Uint8Array(4));
      await until(() => frames.some((frame) => frame.sequence === 5));
    });
  });
}

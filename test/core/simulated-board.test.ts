/** The simulated board as the app meets it: bytes in, bytes out, sensors in between. */
import { describe, expect, it } from 'vitest';
import { decode, encode } from 'cborg';
import { boards } from '../../src/boards';
import { SimulatedBoard } from '../../src/core';
import { FrameParser, frameBytes } from '../support/frames';

describe('a simulated board', () => {
  it('prints its motion sensor as text until it is spoken to, and again after BYE', async () => {
    const board = await SimulatedBoard.create();
    expect(board.wanted()).toEqual([{ sensor: 0, rateHz: 100, frames: 1024 }]);
    board.provide(0, new Int16Array([0, 8192, -8192, 16384, 1, -1]));
    board.advance(10_000);
    expect(new TextDecoder().decode(board.takeOutput())).toBe('0.000,9.807,-9.807,1000.000,0.061,-0.061\r\n');
    board.receive(frameBytes(0x02, 7, new Uint8Array([1, 2, 3])));
    const parser = new FrameParser();
    const [pong] = parser.push(board.takeOutput());
    expect([pong.type, pong.sequence, pong.flags]).toEqual([0x82, 7, 0]);
    expect([...pong.payload.subarray(8)]).toEqual([1, 2, 3]);
    expect(board.wanted()).toEqual([]);
    board.receive(frameBytes(0x03, 8));
    expect(parser.push(board.takeOutput())[0].type).toBe(0x83);
    expect(board.wanted().length).toBe(1);
  });

  it('has the slots and the RAM of the board it plays', async () => {
    for (const profile of boards) {
      const board = await SimulatedBoard.create({ board: profile.id });
      board.receive(frameBytes(0x01, 1, encode({})));
      const [answer] = new FrameParser().push(board.takeOutput());
      expect(decode(answer.payload)).toMatchObject({
        board: profile.id,
        ram: profile.freeRamBytes,
        slot: profile.slotBytes,
        slots: [{ state: 0 }, { state: 0 }],
      });
    }
  });

  it('says who it is', async () => {
    const board = await SimulatedBoard.create({ board: 'rpi-pico', uid: 'abc' });
    board.receive(frameBytes(0x01, 1, encode({})));
    const [answer] = new FrameParser().push(board.takeOutput());
    const hello = decode(answer.payload) as Record<string, unknown>;
    expect(Object.keys(hello)).toEqual(
      ['proto', 'board', 'mcu', 'fw', 'uid', 'btn', 'clock', 'rx', 'ram', 'slot', 'sensors', 'slots', 'active'], // prettier-ignore
    );
    expect(hello).toMatchObject({ proto: 1, board: 'rpi-pico', mcu: 'RP2040', uid: 'abc', rx: 1024, active: -1 });
    const sensors = hello['sensors'] as {
      name: string;
      axes: { n: string; u: string; s: number }[];
      rates: number[];
    }[];
    expect(
      sensors.map((sensor, id) => ({
        id,
        name: sensor.name,
        axes: sensor.axes.map((axis) => ({ name: axis.n, units: axis.u, scale: axis.s })),
        ratesHz: sensor.rates.map((rate) => rate / 1000),
      })),
    ).toEqual(board.sensors.map(({ id, name, axes, ratesHz }) => ({ id, name, axes, ratesHz })));
  });

  it('streams motion at 1 kHz and sound at 16 kHz at once, every frame in its place', async () => {
    const board = await SimulatedBoard.create();
    const parser = new FrameParser();
    const ask = (type: number, sequence: number, body: unknown) =>
      board.receive(frameBytes(type, sequence, encode(body)));
    ask(0x10, 1, { s: 0, r: 1_000_000 });
    ask(0x10, 2, { s: 1, r: 16_000_000 });
    const answers = parser.push(board.takeOutput());
    expect(answers.map((answer) => decode(answer.payload) as unknown)).toEqual([
      { r: 1_000_000, f: 25, c: 0 },
      { r: 16_000_000, f: 400, c: 0 },
    ]);
    const next = [0, 0];
    const got = [0, 0];
    for (let step = 0; step < 300; step++) {
      board.advance(10_000);
      for (const [sensor, frames, axes] of [
        [0, 10, 6],
        [1, 160, 1],
      ] as const) {
        // prettier-ignore
        const values = Int16Array.from({ length: frames * axes }, (_, i) => (next[sensor] + Math.floor(i / axes)) % 30000);
        next[sensor] += frames;
        expect(board.provide(sensor, values)).toBe(frames);
      }
      for (const event of parser.push(board.takeOutput())) {
        expect(event.type).toBe(0x40);
        const view = new DataView(event.payload.buffer, event.payload.byteOffset);
        const sensor = view.getUint8(0);
        expect(view.getUint32(4, true)).toBe(got[sensor]);
        expect(view.getInt16(20, true)).toBe(got[sensor] % 30000);
        expect(view.getUint32(16, true)).toBe(0);
        got[sensor] += view.getUint16(2, true);
      }
    }
    expect(got[0]).toBeGreaterThanOrEqual(2960);
    expect(got[1]).toBeGreaterThanOrEqual(47400);
  });

  it('shows every gap when nobody reads', async () => {
    const board = await SimulatedBoard.create({ testSignal: true });
    const parser = new FrameParser();
    board.receive(frameBytes(0x10, 1, encode({ s: 3, r: 100_000_000 })));
    parser.push(board.takeOutput());
    let made = 0;
    let next = 0;
    let lost = 0;
    for (let step = 0; step < 400; step++) {
      board.advance(10_000);
      board.provide(
        3,
        Int16Array.from({ length: 6000 }, (_, i) => (made + Math.floor(i / 6)) % 32000),
      );
      made += 1000;
      const events = step % 100 === 99 ? parser.push(board.takeOutput()) : [];
      for (const event of events) {
        const view = new DataView(event.payload.buffer, event.payload.byteOffset);
        const index = view.getUint32(4, true);
        lost += index - next;
        expect(view.getInt16(20, true)).toBe(index % 32000);
        next = index + view.getUint16(2, true);
      }
    }
    expect(lost).toBeGreaterThan(1000);
    board.receive(frameBytes(0x11, 2, encode({ s: 3 })));
    const stopped = decode(parser.push(board.takeOutput()).at(-1)?.payload ?? new Uint8Array()) as {
      n: number;
      d: number;
    };
    expect(stopped.n).toBeLessThanOrEqual(made - stopped.d);
    expect(stopped.d).toBeGreaterThanOrEqual(lost);
  });
});

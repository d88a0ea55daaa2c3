/** The conversation with a simulated board: repeats, refusals, hostile requests, restarts, and answers that just fit. */
import { describe, expect, it } from 'vitest';
import { decode, encode } from 'cborg';
import { Random } from '../../src/base';
import { SimulatedBoard } from '../../src/core';
import { message } from '../support/board-talk';
import { crc32, frameBytes } from '../support/frames';
import { boardWith, image, manifestOf, refusal, withManifest } from './board-images';

describe('a session', () => {
  it('answers a repeated request again without doing it twice', async () => {
    const talk = await boardWith({});
    const begin = encode({ n: image.length, c: crc32(image) });
    const first = talk.raw(message.slotBegin, begin, 77);
    const operations = talk.board.flashOperations.count;
    const second = talk.raw(message.slotBegin, begin, 77);
    expect(second).toEqual(first);
    expect(talk.board.flashOperations.count).toBe(operations);
    talk.raw(message.slotBegin, begin, 78);
    expect(talk.board.flashOperations.count).toBeGreaterThan(operations);
  });

  it('answers what it cannot do in one sentence, and lives through anything', async () => {
    const talk = await boardWith({}, image);
    const cases: [number, unknown, number][] = [
      [0x3f, {}, 1],
      [0x10, {}, 2],
      [0x10, { s: 9, r: 1000 }, 2],
      [0x10, { s: 0 }, 2],
      [0x10, [1, 2], 2],
      [0x10, { s: -1, r: 1000 }, 2],
      [0x04, { b: 115200 }, 4],
      [0x05, { m: 2 }, 2],
      [0x26, { s: 2 }, 2],
      [0x30, {}, 2],
      [0x33, { k: 0 }, 4],
    ];
    for (const [type, body, code] of cases) {
      const refused = refusal(() => talk.ask(type, body));
      expect([type, refused?.code]).toEqual([type, code]);
      expect(refused?.message).toMatch(/^[A-Z].*\.$/);
    }
    const random = new Random(3);
    for (let i = 0; i < 4000; i++) {
      const type = random.below(4) === 0 ? random.below(256) : [1, 2, 3, 16, 17, 32, 33, 34, 35, 36, 37, 48, 49, 50, 51, 52][random.below(16)]; // prettier-ignore
      const payload = Uint8Array.from({ length: random.below(random.below(8) === 0 ? 1024 : 24) }, () =>
        random.below(256),
      );
      talk.raw(type, random.below(3) === 0 ? encode({ s: random.below(4), r: random.below(2_000_000), n: random.below(70000), c: 0, w: 0, k: 0 }) : payload); // prettier-ignore
      if (random.below(4) === 0) talk.board.provide(0, new Int16Array(60));
    }
    expect(talk.ask(message.hello, {})).toMatchObject({ proto: 1 });
    expect(talk.board.flashOperations.breaches).toBe(0);
  });

  it('restarts when it is told to, with its model', async () => {
    const talk = await boardWith({}, image);
    talk.board.receive(frameBytes(0x05, 1, encode({ m: 0 })));
    expect(talk.hear().map((frame) => frame.type)).toEqual([0x85]);
    talk.board.advance(1000);
    expect(talk.board.wanted().map((sensor) => sensor.sensor)).toEqual([0]); // text mode again
    expect(talk.slots().active).toBe(0);
    talk.board.receive(frameBytes(0x05, 2, encode({ m: 1 })));
    talk.board.advance(1000);
    expect(talk.board.inBootloader).toBe(true);
    talk.board.restart();
    expect(talk.ask(message.hello, {})).toMatchObject({ active: 0 });
  });

  it('answers RESET first, whatever follows', async () => {
    const talk = await boardWith({}, image);
    const reset = frameBytes(0x05, 1, encode({ m: 0 }));
    talk.board.receive(reset);
    talk.board.advance(1000);
    talk.board.advance(1000);
    expect(talk.hear().map((frame) => frame.type)).toEqual([0x85]);
  });

  it('has room for the longest answer however full of text its line is', async () => {
    const ping = frameBytes(message.ping, 1, new Uint8Array(1016).fill(255));
    for (let taken = 980; taken <= 1045; taken++) {
      const board = await SimulatedBoard.create();
      for (let i = 0; i < 40; i++) {
        board.provide(0, new Int16Array(6 * 50));
        board.advance(500_000);
      }
      board.takeOutput(taken);
      board.receive(ping);
      expect(board.takeOutput().length, `after ${taken} bytes`).toBeGreaterThan(36_000);
    }
  });

  it('shortens a long name rather than leaving it out', async () => {
    const long = { ...(decode(manifestOf(image)) as object), name: 'ä'.repeat(40) };
    const talk = await boardWith({}, withManifest(image, encode(long, { mapSorter: () => 0 })));
    expect(talk.slots().slots[0].name).toBe('ä'.repeat(32));
  });
});

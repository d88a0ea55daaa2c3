/**
 * What the simulated board keeps of a model's first start for the next ones (firmware/MODEL_SLOT.md 7): kept once, found
 * again, made anew by another firmware, and never worth a wrong answer, whatever a power cut or somebody else left there.
 */
import { beforeAll, expect, it } from 'vitest';
import type { SimulatedBoardOptions } from '../../src/core';
import { boardWith, image } from './board-images';
import type { BoardTalk } from '../support/board-talk';

const slotBytes = 16384;
const eraseUnit = 4096;
const options: SimulatedBoardOptions = { board: 'sim', slotBytes, build: 5 };
const window = Float32Array.from({ length: 60 }, (_, i) => Math.fround(Math.sin(i)));
const memoAt = Math.ceil(image.length / eraseUnit) * eraseUnit;

let right: number[];
/** Of a board on which the model was started once. */
let flash: Uint8Array;

const answer = (talk: BoardTalk): number[] => [...talk.infer(0, window).output];
const memo = (bytes: Uint8Array): Uint8Array => bytes.slice(memoAt, slotBytes - eraseUnit);
const isBlank = (bytes: Uint8Array): boolean => bytes.every((byte) => byte === 0xff);
/** Flash operations that the first inference after a start takes. */
function operations(talk: BoardTalk): number {
  const before = talk.board.flashOperations.count;
  expect(answer(talk)).toEqual(right);
  expect(talk.board.flashOperations.breaches).toBe(0);
  return talk.board.flashOperations.count - before;
}

beforeAll(async () => {
  right = answer(await boardWith({ board: 'sim', slotBytes }, image));
  const talk = await boardWith(options, image);
  expect(isBlank(memo(talk.board.flash()))).toBe(true);
  expect(operations(talk)).toBeGreaterThan(3);
  flash = talk.board.flash();
  expect(Buffer.from(memo(flash)).subarray(0, 4).toString()).toBe('WAK1');
});

it('is kept once, and later starts write nothing', async () => {
  const talk = await boardWith({ ...options, flash });
  for (let start = 0; start < 3; start++) {
    expect(operations(talk)).toBe(0);
    talk.board.restart();
  }
  const without = await boardWith({ ...options, build: undefined }, image);
  expect(operations(without)).toBe(2); // START1 and GOOD
  expect(isBlank(memo(without.board.flash()))).toBe(true);
});

it('is made anew by other firmware, once', async () => {
  const talk = await boardWith({ ...options, flash, build: 6 });
  expect(operations(talk)).toBeGreaterThan(1);
  expect(memo(talk.board.flash())).not.toEqual(memo(flash));
  talk.board.restart();
  expect(operations(talk)).toBe(0);
  // The firmware of before again, with what the newer one kept.
  expect(operations(await boardWith({ ...options, flash: talk.board.flash() }))).toBeGreaterThan(1);
});

it('is not found where the memory lies elsewhere, and not written again and again for that', async () => {
  const moved = await boardWith({ ...options, flash, camera: { width: 160, height: 120, format: 'rgb' } });
  expect(operations(moved)).toBe(0);
});

it('is left alone when a cut got in its way, and answers stay right', async () => {
  let cuts = 0;
  for (let after = 0, powered = false; !powered; after++) {
    for (let tear = 0; tear < 32 && !powered; tear++) {
      const talk = await boardWith({ ...options, flash, build: 6 });
      talk.board.powerCut(after, tear);
      try {
        answer(talk);
      } catch {
        expect(talk.board.powered).toBe(false);
      }
      powered = talk.board.powered;
      if (powered) break;
      cuts++;
      talk.board.restart();
      const first = operations(talk);
      talk.board.restart();
      // Either it is whole, the old or the new, or nobody tries again.
      if (first > 0) expect(Buffer.from(memo(talk.board.flash())).subarray(0, 4).toString()).toBe('WAK1');
      expect(operations(talk)).toBe(0);
    }
  }
  console.log(`power cuts while what a start worked out was kept: ${cuts}`);
  expect(cuts).toBeGreaterThan(100);
});

it('is not taken with any one of its bytes changed', async () => {
  const length = memo(flash).findLastIndex((byte) => byte !== 0xff) + 1;
  for (let at = 0; at < length; at += 3) {
    const changed = flash.slice();
    changed[memoAt + at] ^= 1 << (at % 8);
    const talk = await boardWith({ ...options, flash: changed });
    expect(answer(talk), `byte ${at}`).toEqual(right);
  }
});

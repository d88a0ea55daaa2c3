/**
 * Models on the simulated board: deployed over the wire, run on windows and on live frames, and pulled out from under it by
 * power cuts. What it computes must be what the app's core computes, bit for bit.
 */
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { Random } from '../../src/base';
import { loadCore, type Core, type CoreModel, type WindowShape } from '../../src/core';
import { message } from '../support/board-talk';
import { crc32 } from '../support/frames';
import { boardWith, image, otherImage, refusal, vectors, withHeaderCrc } from './board-images';

// What the vectors' first image is, in the app's terms.
const shape: WindowShape = { frames: 20, axes: 3, rateHz: 62.5 };
const strideFrames = 5;
const smoothing = 3;
const threshold = 600;
const scale = Math.fround((9.80665 * 4) / 32768);

let core: Core;
let model: CoreModel;

beforeAll(async () => {
  core = await loadCore();
  const { tfliteOffset, tfliteBytes } = vectors.images[0];
  model = core.openModel(image.slice(tfliteOffset, tfliteOffset + tfliteBytes));
});

/** The app's way from a window to scores. */
function expected(window: Float32Array): { input: Int8Array; output: Int8Array } {
  const { mean, inverseStd } = vectors.images[0];
  const features = core.features({ kind: 'raw', params: [1] }, shape, window);
  const normalised = core.normalise(features, {
    mean: Float32Array.from(mean),
    inverseStd: Float32Array.from(inverseStd),
  });
  const input = core.quantise(normalised, model.inputs[0].scale, model.inputs[0].zeroPoint);
  const [output] = model.invoke([new Uint8Array(input.buffer, input.byteOffset, input.byteLength)]);
  return { input, output: new Int8Array(output.slice().buffer) };
}

describe('deploying', () => {
  it('verifies, commits and lists on the flash of every board', async () => {
    for (const board of ['sim', 'rpi-pico', 'portenta-h7']) {
      const talk = await boardWith({ board });
      expect(talk.deploy(image).g).toBe(vectors.images[0].golden.length);
      expect(talk.slots()).toEqual({
        slots: [
          { state: 3, q: 1, n: image.length, c: vectors.images[0].crc, name: 'gestures 1' },
          { state: 0, q: 0, n: 0, c: 0, name: '' },
        ],
        active: 0,
      });
      talk.deploy(otherImage());
      expect(talk.slots()).toMatchObject({
        slots: [{ state: 2 }, { state: 3, q: 2, name: 'gestures 2' }],
        active: 1,
      });
      expect(talk.ask(message.slotRollback)).toEqual({ active: 0 });
      expect(talk.slots().slots.map((slot) => slot.state)).toEqual([3, 5]);
      expect(refusal(() => talk.ask(message.slotRollback))?.code).toBe(4);
      talk.ask(message.slotErase, { s: 0 });
      expect(talk.slots()).toMatchObject({ slots: [{ state: 0 }, { state: 5 }], active: -1 });
      expect(talk.board.flashOperations.breaches).toBe(0);
    }
  });

  it('refuses what is not a sound image, and keeps the model that runs', async () => {
    const talk = await boardWith({}, image);
    for (const change of vectors.refused) {
      const bytes = image.slice();
      bytes.set(Buffer.from(change.bytes, 'hex'), change.at);
      const wrong = change.fixCrc ? withHeaderCrc(bytes) : bytes;
      const refused = refusal(() => talk.deploy(wrong));
      expect(refused?.code, change.why).toBe(6);
      expect(refused?.message, change.why).toMatch(/^[A-Z].*\.$/);
      expect(refusal(() => talk.ask(message.slotCommit))?.code, change.why).toBe(4);
      expect(talk.slots().active, change.why).toBe(0);
    }
    // Sent otherwise than announced; more than announced; nothing begun; too large; out of order.
    talk.ask(message.slotBegin, { n: image.length, c: 1 });
    talk.write(image);
    expect(refusal(() => talk.ask(message.slotVerify))?.code).toBe(6);
    expect(refusal(() => talk.write(image.slice(0, 16)))).toBeUndefined(); // an old offset is ignored
    talk.ask(message.slotBegin, { n: 1008, c: 1 });
    expect(refusal(() => talk.write(image))?.code).toBe(7);
    expect(refusal(() => talk.ask(message.slotVerify))?.code).toBe(4);
    expect(refusal(() => talk.ask(message.slotBegin, { n: 1 << 20, c: 1 }))?.code).toBe(7);
    expect(refusal(() => talk.ask(message.slotBegin, { n: 1024 }))?.code).toBe(2);
    expect(talk.slots()).toMatchObject({ active: 0 });
    expect(talk.infer(0, new Float32Array(60)).output.length).toBe(3);
  });

  it('says so where the board has too little RAM', async () => {
    const talk = await boardWith({ arenaBytes: 1000 });
    const refused = refusal(() => talk.deploy(image));
    expect(refused?.message).toMatch(/RAM|memory/i);
    expect(refused?.code).toBe(7);
    // However little is missing, it is never called a wrong model.
    const codes = new Set<number | undefined>();
    for (let arenaBytes = 16; arenaBytes < 8192; arenaBytes += 112) {
      const small = await boardWith({ arenaBytes });
      codes.add(refusal(() => small.deploy(image))?.code);
    }
    expect(codes).toEqual(new Set([7, undefined]));
  });

  it('keeps a whole model through a power cut at every flash operation', async () => {
    let cuts = 0;
    for (const board of ['sim', 'rpi-pico', 'portenta-h7']) {
      const old = await boardWith({ board, slotBytes: board === 'portenta-h7' ? 131072 : 16384 }, image);
      old.infer(0, new Float32Array(60)); // proves the old model
      const flash = old.board.flash();
      const options = { board, flash, slotBytes: flash.length / 2, build: 1 };
      for (let cut = 0, powered = false; !powered; cut++) {
        for (const tear of board === 'portenta-h7' ? [3, 10] : [0, 1, 3, 9, 18]) {
          const talk = await boardWith(options);
          talk.board.powerCut(cut, tear);
          try {
            talk.deploy(otherImage());
            talk.infer(0, new Float32Array(60));
          } catch {
            expect(talk.board.powered).toBe(false);
          }
          powered = talk.board.powered;
          if (powered) break;
          cuts++;
          talk.board.restart();
          const after = talk.slots();
          expect(['gestures 1', 'gestures 2']).toContain(after.slots[after.active].name);
          expect([...talk.infer(0, new Float32Array(60)).output]).toEqual([...expected(new Float32Array(60)).output]);
          expect(talk.board.flashOperations.breaches).toBe(0);
        }
      }
    }
    console.log(`power cuts during a deploy over the wire: ${cuts}`);
    expect(cuts).toBeGreaterThan(100);
  });

  it('does not start a model a third time that crashed twice', async () => {
    const talk = await boardWith({}, image);
    talk.infer(0, new Float32Array(60));
    talk.deploy(otherImage());
    for (let crash = 0; crash < 2; crash++) {
      expect(talk.slots().active).toBe(1);
      // The START mark is written, then the power fails before GOOD: what a crash looks like from outside.
      talk.board.powerCut(1, 0);
      expect(() => talk.infer(0, new Float32Array(60))).toThrow();
      talk.board.restart();
    }
    expect(talk.slots()).toMatchObject({ active: 0, slots: [{ state: 3 }, { state: 4 }] });
    expect(talk.infer(0, new Float32Array(60)).output.length).toBe(3);
  });
});

describe('recognising', () => {
  it('computes what the app computes, bit for bit', async () => {
    const talk = await boardWith({}, image);
    const random = new Random(5);
    for (let i = 0; i < 50; i++) {
      const window = Float32Array.from({ length: 60 }, () => Math.fround(random.normal() * 6));
      const here = expected(window);
      const there = talk.infer(0, window);
      expect([...there.input]).toEqual([...here.input]);
      expect([...there.output]).toEqual([...here.output]);
      expect([...talk.infer(1, here.input).output]).toEqual([...here.output]);
    }
    expect(refusal(() => talk.infer(0, new Float32Array(60).fill(Number.NaN)))?.code).toBe(2);
    expect(refusal(() => talk.infer(0, new Float32Array(61)))?.code).toBe(7);
    expect(refusal(() => talk.infer(0, new Float32Array(59)))?.code).toBe(4);
  });

  it('recognises live frames: every window, its label, and none across a gap', async () => {
    const talk = await boardWith({}, image);
    const run = talk.ask(message.runStart, { w: 1 });
    expect(run).toEqual({ stride_us: 80_000, window: 20, labels: 3 });
    const random = new Random(11);
    const total = 1400;
    const raw = Int16Array.from({ length: total * 6 }, () => Math.round(random.normal() * 4000));
    // Frames 300 to 1323 fill the sensor's FIFO while the board does not run; what comes after is lost.
    const play = (from: number, to: number) => talk.board.provide(0, raw.subarray(from * 6, to * 6));
    for (let at = 0; at < 300; at += 10) {
      play(at, at + 10);
      talk.board.advance(160_000);
    }
    talk.hear();
    const results = talk.events.filter((event) => event.type === 0x41);
    expect(results.length).toBe((300 - 20) / strideFrames + 1);
    const history: Int8Array[] = [];
    results.forEach((event, i) => {
      const view = new DataView(event.payload.buffer, event.payload.byteOffset, event.payload.byteLength);
      expect(view.getUint32(0, true)).toBe(i);
      const window = new Float32Array(60);
      for (let frame = 0; frame < 20; frame++) {
        for (let axis = 0; axis < 3; axis++)
          window[frame * 3 + axis] = Math.fround(raw[(i * strideFrames + frame) * 6 + axis] * scale);
      }
      const here = expected(window);
      expect([...new Int8Array(event.payload.slice(22).buffer)]).toEqual([...here.output]);
      const sent = talk.events.filter((e) => e.type === 0x44)[i].payload;
      expect([...new Int8Array(sent.slice(12).buffer)]).toEqual([...here.input]);
      history.push(here.output);
      const last = history.slice(-smoothing);
      const sums = [0, 1, 2].map((label) =>
        last.reduce((sum, scores) => sum + scores[label] - model.outputs[0].zeroPoint, 0),
      );
      const best = sums.indexOf(Math.max(...sums));
      const reached = Math.fround(Math.fround(sums[best] * model.outputs[0].scale) * 1000);
      expect(view.getInt8(20)).toBe(reached >= threshold * last.length ? best : -1);
    });

    talk.events.length = 0;
    const kept = play(300, 1400);
    expect(kept).toBe(1024);
    talk.board.advance(1000);
    play(0, 100); // frames 1400 to 1499 of the run
    talk.board.advance(1000);
    talk.hear();
    const numbers = talk.events
      .filter((event) => event.type === 0x41)
      .map((event) => new DataView(event.payload.buffer, event.payload.byteOffset).getUint32(0, true));
    // A backlog is skipped, not worked off; the first window behind the gap begins at frame 1400.
    expect(numbers.filter((n) => n * strideFrames + 20 > 1324 && n * strideFrames < 1400)).toEqual([]);
    expect(numbers.at(-1)).toBe((1500 - 20) / strideFrames);
    talk.ask(message.runStop);
    expect(talk.board.wanted()).toEqual([]);
  });

  it('streams and recognises from one sensor at once, and says what it cannot', async () => {
    const talk = await boardWith({}, image);
    talk.ask(message.runStart, { w: 0 });
    expect(refusal(() => talk.ask(message.streamStart, { s: 0, r: 100_000 }))?.code).toBe(3);
    expect(talk.ask(message.streamStart, { s: 0, r: 62_500 })).toEqual({ r: 62_500, f: 1, c: 0 });
    expect(refusal(() => talk.infer(0, new Float32Array(60)))?.code).toBe(3);
    for (let i = 0; i < 10; i++) {
      talk.board.provide(0, new Int16Array(60));
      talk.board.advance(160_000);
    }
    talk.hear();
    expect(talk.events.filter((event) => event.type === 0x40).length).toBe(100);
    expect(talk.events.filter((event) => event.type === 0x41).length).toBe(17);
    // A new host says hello: everything the old one left is over.
    talk.ask(message.hello, {});
    expect(talk.board.wanted()).toEqual([]);
    talk.ask(message.streamStart, { s: 0, r: 100_000 });
    expect(refusal(() => talk.ask(message.runStart, { w: 0 }))?.code).toBe(4);
    expect(refusal(() => talk.ask(message.slotErase, { s: 0 }))).toBeUndefined();
    expect(refusal(() => talk.ask(message.runStart, { w: 0 }))?.code).toBe(8);
  });

  it('still listens to the host where its model takes longer than a stride', async () => {
    const talk = await boardWith({}, image);
    talk.ask(message.runStart, { w: 0 });
    talk.board.provide(0, new Int16Array(6 * 40));
    // Time passes while the model computes: each look at the stopwatch, four an inference, costs two frames.
    let looks = 0;
    const stopwatch = vi.spyOn(performance, 'now').mockImplementation(() => {
      if (++looks <= 4000) talk.board.provide(0, new Int16Array(6 * 2));
      return looks;
    });
    try {
      for (let i = 0; i < 10; i++) talk.board.advance(1000);
      talk.ask(message.runStop);
    } finally {
      stopwatch.mockRestore();
    }
    expect(looks).toBeGreaterThan(10);
    expect(looks).toBeLessThan(400);
    talk.hear();
    expect(talk.events.filter((event) => event.type === 0x41).length).toBeGreaterThan(3);
  });

  it('joins a stream whose rate is close enough to the model’s, and names both where it is not', async () => {
    const near = image.slice();
    const rate = Buffer.from(near).indexOf('rate') + 4;
    expect([...near.subarray(rate, rate + 3)]).toEqual([0x19, 62500 >> 8, 62500 & 0xff]);
    near.set([0x19, 62400 >> 8, 62400 & 0xff], rate);
    const talk = await boardWith({}, withHeaderCrc(near));
    talk.ask(message.streamStart, { s: 0, r: 62_500 });
    expect(talk.ask(message.runStart, { w: 0 })).toMatchObject({ window: 20 });
    talk.ask(message.runStop);
    talk.ask(message.streamStart, { s: 0, r: 119_000 });
    expect(refusal(() => talk.ask(message.runStart, { w: 0 }))?.message).toBe(
      'The sensor streams at 119 Hz, the model was trained at 62.400 Hz: stop the stream first.',
    );
    // Stopping would not help where the sensor has no such rate: that is said whether it streams or not.
    near.set([0x19, 65000 >> 8, 65000 & 0xff], rate);
    talk.deploy(withHeaderCrc(near));
    const far = "The model was trained at 65 Hz, the nearest rate of this board's sensor is 62.500 Hz.";
    talk.ask(message.streamStop, { s: 0 });
    talk.ask(message.streamStart, { s: 0, r: 65_000 });
    expect(refusal(() => talk.ask(message.runStart, { w: 0 }))?.message).toBe(far);
    talk.ask(message.streamStop, { s: 0 });
    expect(refusal(() => talk.ask(message.runStart, { w: 0 }))?.message).toBe(
      "The model was trained at 65 Hz, the nearest rate of this board's sensor is 62.500 Hz.",
    );
  });

  it('runs the old model after a deployment that was broken off or refused', async () => {
    const talk = await boardWith({}, image);
    talk.ask(message.slotBegin, { n: image.length, c: crc32(image) });
    talk.write(image.slice(0, 64));
    expect(talk.ask(message.runStart, { w: 0 })).toMatchObject({ window: 20 });
    talk.ask(message.slotBegin, { n: image.length, c: 1 });
    talk.write(image);
    expect(refusal(() => talk.ask(message.slotVerify))?.code).toBe(6);
    expect(talk.infer(0, new Float32Array(60)).output.length).toBe(3);
    expect(refusal(() => talk.ask(message.slotCommit))?.code).toBe(4);
    expect(talk.slots()).toMatchObject({ active: 0 });
  });
});

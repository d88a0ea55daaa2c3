/** Speaks to a simulated board in plain requests, one at a time, and collects its events. */
import { decode, encode } from 'cborg';
import { crc32, FrameParser, frameBytes, type WireFrame } from './frames';
import type { SimulatedBoard } from '../../src/core';

/** An error answer: `code` as in firmware/PROTOCOL.md 2. */
export class Refused extends Error {
  constructor(
    readonly code: number,
    message: string,
  ) {
    super(message);
  }
}

export const message = {
  hello: 0x01,
  ping: 0x02,
  bye: 0x03,
  streamStart: 0x10,
  streamStop: 0x11,
  slotList: 0x20,
  slotBegin: 0x21,
  slotWrite: 0x22,
  slotVerify: 0x23,
  slotCommit: 0x24,
  slotRollback: 0x25,
  slotErase: 0x26,
  runStart: 0x30,
  runStop: 0x31,
  inferData: 0x32,
  inferRun: 0x33,
} as const;

export interface SlotMap {
  readonly state: number;
  readonly q: number;
  readonly n: number;
  readonly c: number;
  readonly name: string;
}

export class BoardTalk {
  readonly events: WireFrame[] = [];
  sequence = 0;
  private readonly parser = new FrameParser();

  constructor(readonly board: SimulatedBoard) {}

  /** Takes what the board said; its events are kept, its answers returned. */
  hear(): WireFrame[] {
    const frames = this.parser.push(this.board.takeOutput());
    this.events.push(...frames.filter((frame) => frame.type < 0x80));
    return frames.filter((frame) => frame.type >= 0x80);
  }

  /** undefined if the board says nothing (it has no power). */
  raw(type: number, payload: Uint8Array, sequence = ++this.sequence & 0xffff): WireFrame | undefined {
    this.board.receive(frameBytes(type, sequence, payload));
    return this.hear().find((answer) => answer.type === (type | 0x80) && answer.sequence === sequence);
  }

  bytes(type: number, payload: Uint8Array): Uint8Array {
    const answer = this.raw(type, payload);
    if (!answer) throw new Error('The board did not answer.');
    if (answer.flags & 1) {
      const { e, m } = decode(answer.payload) as { e: number; m: string };
      throw new Refused(e, m);
    }
    return answer.payload;
  }

  ask<T>(type: number, body?: unknown): T {
    const payload = this.bytes(type, body === undefined ? new Uint8Array() : encode(body));
    return (payload.length > 0 ? decode(payload) : undefined) as T;
  }

  slots(): { slots: SlotMap[]; active: number } {
    return this.ask(message.slotList);
  }

  write(image: Uint8Array): void {
    for (let at = 0; at < image.length; at += 1020) {
      const piece = image.subarray(at, at + 1020);
      const payload = new Uint8Array(4 + piece.length);
      new DataView(payload.buffer).setUint32(0, at, true);
      payload.set(piece, 4);
      this.bytes(message.slotWrite, payload);
    }
  }

  deploy(image: Uint8Array): { g: number; us: number } {
    this.ask(message.slotBegin, { n: image.length, c: crc32(image) });
    this.write(image);
    const verified = this.ask<{ g: number; us: number }>(message.slotVerify);
    this.ask(message.slotCommit);
    return verified;
  }

  /** kind 0: a window of float32 values; 1: the model's int8 input; 2: int16 sound; 3: a picture with its head. */
  infer(
    kind: 0 | 1 | 2 | 3,
    values: Float32Array | Int8Array | Int16Array | Uint8Array,
  ): { output: Int8Array; input: Int8Array; score: number } {
    const data = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    for (let at = 0; at < data.length; at += 1016) {
      const piece = data.subarray(at, at + 1016);
      const payload = new Uint8Array(8 + piece.length);
      payload[0] = kind;
      new DataView(payload.buffer).setUint32(4, at, true);
      payload.set(piece, 8);
      this.bytes(message.inferData, payload);
    }
    const answer = this.bytes(message.inferRun, encode({ k: kind }));
    const view = new DataView(answer.buffer, answer.byteOffset, answer.byteLength);
    const n = view.getUint32(8, true);
    const m = view.getUint32(12 + n, true);
    return {
      output: new Int8Array(answer.slice(12, 12 + n).buffer),
      input: new Int8Array(answer.slice(16 + n, 16 + n + m).buffer),
      score: answer.length > 16 + n + m ? view.getFloat32(16 + n + m, true) : NaN,
    };
  }
}

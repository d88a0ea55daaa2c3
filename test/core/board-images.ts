/**
 * The shared vectors' first model image, variants of it, and simulated boards that have such images on them: what the
 * tests of models on a board begin with.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { installRoot } from '../../src/base';
import { SimulatedBoard } from '../../src/core';
import { BoardTalk, Refused } from '../support/board-talk';
import { crc32 } from '../support/frames';

interface SlotVectors {
  images: {
    hex: string;
    crc: number;
    mean: number[];
    inverseStd: number[];
    tfliteOffset: number;
    tfliteBytes: number;
    golden: unknown[];
  }[];
  refused: { why: string; at: number; bytes: string; fixCrc: boolean }[];
}

export const vectors = JSON.parse(
  readFileSync(join(installRoot(), 'test', 'vectors', 'slot.json'), 'utf8'),
) as SlotVectors;
export const image = Uint8Array.from(Buffer.from(vectors.images[0].hex, 'hex'));

/** A later image: the same model under another name, so that the two can be told apart. */
export function otherImage(): Uint8Array {
  const other = image.slice();
  const at = Buffer.from(other).indexOf('gestures 1');
  other.set(new TextEncoder().encode('gestures 2'), at);
  return withHeaderCrc(other);
}

export function withHeaderCrc(bytes: Uint8Array): Uint8Array {
  const body = new Uint8Array(bytes.length - 4);
  body.set(bytes.subarray(0, 44));
  body.set(bytes.subarray(48), 44);
  new DataView(bytes.buffer).setUint32(44, crc32(body), true);
  return bytes;
}

export function manifestOf(bytes: Uint8Array): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const at = view.getUint32(12, true);
  return bytes.slice(at, at + view.getUint32(16, true));
}

/** The image with another manifest, which is put behind all else. */
export function withManifest(bytes: Uint8Array, manifest: Uint8Array): Uint8Array {
  const whole = new Uint8Array(bytes.length + Math.ceil(manifest.length / 16) * 16);
  whole.set(bytes);
  whole.set(manifest, bytes.length);
  const view = new DataView(whole.buffer);
  view.setUint32(8, whole.length, true);
  view.setUint32(12, bytes.length, true);
  view.setUint32(16, manifest.length, true);
  return withHeaderCrc(whole);
}

export async function boardWith(options: Parameters<typeof SimulatedBoard.create>[0], ...images: Uint8Array[]) {
  const talk = new BoardTalk(await SimulatedBoard.create(options));
  for (const each of images) talk.deploy(each);
  return talk;
}

export function refusal(action: () => unknown): Refused | undefined {
  try {
    action();
  } catch (error) {
    if (error instanceof Refused) return error;
    throw error;
  }
  return undefined;
}

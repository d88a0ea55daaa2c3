/** Folders of sounds and pictures, played by the simulated board as its microphone and camera. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encode as encodePng } from 'fast-png';
import jpeg from 'jpeg-js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectDevice, simulatedPort, SimulatedTransport, type PictureBlock, type SensorInfo } from '../../src/link';
import { Player } from '../../src/link/simulated/player';
import { fitShown, readShownPicture } from '../../src/link/simulated/pictures';
import { broughtDown, readPlayedWav } from '../../src/link/simulated/wav';
import { dataFolder, describeWith, needsData } from '../support/needs';

const microphone: SensorInfo = {
  id: 1,
  name: 'microphone',
  kind: 'audio',
  axes: [{ name: 'audio', units: 'wav', scale: 1 }],
  ratesHz: [16_000],
};

interface WavOptions {
  readonly code?: number;
  readonly bits: number;
  readonly channels?: number;
  readonly rateHz?: number;
}

/** Writes values of -1 to 1 in any of the formats. */
function wav(values: readonly number[], { code = 1, bits, channels = 1, rateHz = 16_000 }: WavOptions): Uint8Array {
  const bytes = bits / 8;
  const out = Buffer.alloc(44 + values.length * bytes);
  out.write('RIFF', 0);
  out.write('WAVEfmt ', 8);
  out.writeUInt32LE(16, 16);
  out.writeUInt16LE(code, 20);
  out.writeUInt16LE(channels, 22);
  out.writeUInt32LE(rateHz, 24);
  out.writeUInt32LE(rateHz * channels * bytes, 28);
  out.writeUInt16LE(channels * bytes, 32);
  out.writeUInt16LE(bits, 34);
  out.write('data', 36);
  out.writeUInt32LE(values.length * bytes, 40);
  values.forEach((value, i) => {
    const at = 44 + i * bytes;
    if (code === 3) out[bits === 32 ? 'writeFloatLE' : 'writeDoubleLE'](value, at);
    else if (bits === 8) out.writeUInt8(Math.round(value * 127) + 128, at);
    else out.writeIntLE(Math.round(value * (2 ** (bits - 1) - 1)), at, bytes);
  });
  return out;
}

describe('a WAV to be played', () => {
  const values = [0, 0.5, -0.5, 0.9];
  it.each([{ bits: 8 }, { bits: 16 }, { bits: 24 }, { bits: 32 }, { code: 3, bits: 32 }, { code: 3, bits: 64 }])(
    'of $bits bits (format $code) is read',
    (options) => {
      const sound = readPlayedWav(wav(values, options))!;
      expect(sound.rateHz).toBe(16_000);
      sound.values.forEach((value, i) => expect(Math.abs(value / 32768 - values[i])).toBeLessThan(0.01));
    },
  );

  it('has its channels mixed, and nothing that is no number', () => {
    expect([...readPlayedWav(wav([1, 0, 0.5, -0.5], { bits: 24, channels: 2 }))!.values].map(Math.round)).toEqual([
      16384, 0,
    ]);
    expect([...readPlayedWav(wav([NaN, Infinity], { code: 3, bits: 32 }))!.values]).toEqual([0, 0]);
    expect(readPlayedWav(wav([0], { code: 7, bits: 8 }))).toBeUndefined();
  });

  it('keeps what a slower rate can hold, and loses what it cannot', () => {
    const tone = (hz: number) => ({
      rateHz: 44_100,
      values: Float32Array.from({ length: 44_100 }, (_, i) => 10_000 * Math.sin((2 * Math.PI * hz * i) / 44_100)),
    });
    const level = (hz: number): number => {
      const { values: low } = broughtDown(tone(hz), 16_000);
      expect(low).toHaveLength(16_000);
      const middle = low.subarray(1000, 15_000);
      return Math.sqrt(middle.reduce((sum, value) => sum + value * value, 0) / middle.length);
    };
    expect(level(1000)).toBeCloseTo(7071, -2);
    expect(level(12_000)).toBeLessThan(20);
  });
});

const colours: Record<string, readonly [number, number, number]> = { red: [248, 0, 0], blue: [0, 0, 248] };

describe('a folder of pictures and sounds', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dormouse-folder-'));
    for (const [name, colour] of Object.entries(colours)) {
      await mkdir(join(folder, name));
      const rgb = Uint8Array.from({ length: 40 * 30 * 3 }, (_, i) => colour[i % 3]);
      await writeFile(join(folder, name, 'a.png'), encodePng({ width: 40, height: 30, data: rgb, channels: 3 }));
      const rgba = Buffer.from(Uint8Array.from({ length: 200 * 100 * 4 }, (_, i) => [...colour, 255][i % 4]));
      await writeFile(join(folder, name, 'b.jpg'), jpeg.encode({ width: 200, height: 100, data: rgba }, 90).data);
      await writeFile(join(folder, name, 'c.png'), Uint8Array.of(0x89, 0x50, 1, 2, 3));
    }
    await mkdir(join(folder, 'word'));
    const word = Array.from({ length: 8000 }, (_, i) => 0.5 * Math.sin(i / 3));
    await writeFile(join(folder, 'word', 'w.wav'), wav(word, { bits: 16, rateHz: 8000 }));
    await mkdir(join(folder, 'stream'));
    const long = Array.from({ length: 4 * 8000 }, (_, i) => (i % 100) / 200 + 0.1);
    await writeFile(join(folder, 'stream', 's.wav'), wav(long, { bits: 16, rateHz: 8000 }));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('is shown to the camera, one after the other, over the wire', async () => {
    const transport = new SimulatedTransport('sim', { speed: 4 });
    await transport.playFolder(folder);
    expect(await transport.gestures('image')).toEqual(['blue', 'red', 'stream', 'word']);
    const device = await connectDevice(transport, simulatedPort);
    for (const [name, colour] of Object.entries(colours)) {
      await transport.play(name);
      const pictures: PictureBlock[] = [];
      await device.startPictures(2, 5, (picture) => pictures.push(picture));
      while (pictures.length < 15) await new Promise((resolve) => setTimeout(resolve, 5));
      await device.stopStream(2);
      // PNG, JPEG and the damaged one, a second each: two in three are of the colour, the third is black.
      const middles = pictures.map(({ pixels }) => [...pixels.subarray((48 * 96 + 48) * 3, (48 * 96 + 48) * 3 + 3)]);
      const like = middles.filter((middle) => middle.every((value, i) => Math.abs(value - colour[i]) < 12)).length;
      expect(like).toBeGreaterThanOrEqual(9);
      expect(like).toBeLessThanOrEqual(12);
    }
    await device.close();
  });

  it('is heard by the microphone: words with silence between them, long sounds without', async () => {
    const player = new Player();
    await player.playFolder(folder);
    player.play('word');
    const heard = player.next(microphone, 8000, 8000 * 3);
    const loud = (from: number, to: number): boolean => heard.subarray(from, to).some((value) => value > 8000);
    expect([loud(0, 8000), loud(8100, 12_700), loud(12_900, 20_000)]).toEqual([true, false, true]);
    player.play('stream');
    const stream = player.next(microphone, 8000, 8 * 8000);
    expect(stream.every((value) => value > 3000)).toBe(true);
  });

  it('refuses what only pretends to be a picture', () => {
    const bomb = encodePng({ width: 4, height: 4, data: new Uint8Array(48), channels: 3 });
    new DataView(bomb.buffer, bomb.byteOffset).setUint32(16, 60_000);
    expect(readShownPicture(bomb)).toBeUndefined();
    expect(readShownPicture(new Uint8Array(5))).toBeUndefined();
    expect(readShownPicture(Uint8Array.of(0xff, 0xd8, 0xff, 0xe0))).toBeUndefined();
    const grey = { width: 2, height: 1, pixels: Uint8Array.of(10, 10, 10, 30, 30, 30) };
    expect([...fitShown(grey, 1, 1)]).toEqual([10, 10, 10]);
    expect([...fitShown({ width: 2, height: 2, pixels: Uint8Array.of(...grey.pixels, ...grey.pixels) }, 1, 1)]).toEqual(
      [20, 20, 20],
    );
  });
});

describeWith(needsData('image', 'electronic_components'), 'the electronic components', () => {
  it('can all be shown', async () => {
    const player = new Player();
    await player.playFolder(dataFolder('image', 'electronic_components'));
    expect(player.gestures()).toEqual(['background', 'capacitor', 'diode', 'led', 'resistor']);
    player.play('led');
    const shape = { width: 96, height: 96, format: 'gray' } as const;
    const sums = Array.from({ length: 4 }, () => player.picture(shape, 2, 1).bytes.reduce((a, b) => a + b, 0));
    expect(new Set(sums).size).toBe(4);
    for (const sum of sums) expect(sum).toBeGreaterThan(96 * 96 * 20);
  });
});

describeWith(needsData('audio', 'arabic_commands'), 'recorded words', () => {
  it('can be played, and are told apart by their labels', async () => {
    const player = new Player();
    await player.playFolder(dataFolder('audio', 'arabic_commands'));
    expect(player.gestures()).toEqual(['down', 'left', 'right', 'unknown', 'up']);
    player.play('left');
    const heard = player.next(microphone, 16_000, 48_000);
    expect(heard.some((value) => Math.abs(value) > 1000)).toBe(true);
  });
});

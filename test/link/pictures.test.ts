/** Pictures from a camera: whole or not at all, every missing one counted, and never at the cost of other sensors. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Random } from '../../src/base';
import {
  connectDevice,
  expandRgb565,
  packRgb565,
  simulatedPort,
  SimulatedTransport,
  type Device,
  type PictureBlock,
  type SensorInfo,
  type Simulation,
  type SimulationOptions,
} from '../../src/link';
import { PictureStream } from '../../src/link/pictures';

interface PictureVector {
  readonly name: string;
  readonly sensor: number;
  readonly width: number;
  readonly height: number;
  readonly format: 'gray' | 'rgb';
  readonly parts: readonly string[];
  readonly picture: { number: number; micros: number; lost: number; pixels: string };
}

const { pictures: vectors } = JSON.parse(readFileSync(new URL('../vectors/wire.json', import.meta.url), 'utf8')) as {
  pictures: readonly PictureVector[];
};

const camera = 2;
const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'));

function sensorOf(width: number, height: number, format: 'gray' | 'rgb'): SensorInfo {
  return { id: camera, name: 'camera', kind: 'camera', axes: [], ratesHz: [30], picture: { width, height, format } };
}

function streamOf(width: number, height: number, format: 'gray' | 'rgb') {
  const pictures: PictureBlock[] = [];
  const sensor = sensorOf(width, height, format);
  return { pictures, stream: new PictureStream(sensor, sensor.picture!, (picture) => pictures.push(picture)) };
}

function part(number: number, offset: number, bytes: Uint8Array, width: number, height: number): Uint8Array {
  const payload = new Uint8Array(28 + bytes.length);
  const view = new DataView(payload.buffer);
  payload[0] = camera;
  view.setUint16(2, width, true);
  view.setUint16(4, height, true);
  view.setUint32(8, number, true);
  view.setUint32(12, number * 1000, true);
  view.setUint32(24, offset, true);
  payload.set(bytes, 28);
  return payload;
}

async function connected(options: SimulationOptions): Promise<{ world: Simulation; device: Device }> {
  const transport = new SimulatedTransport('sim', options);
  const device = await connectDevice(transport, simulatedPort);
  const world = await transport.world();
  // A line of limited speed carries nothing while time stands still: there the test stops time after its requests.
  if (options.lineBytesPerSecond === undefined) world.setSpeed(0);
  return { world, device };
}

async function pass(world: Simulation, seconds: number): Promise<void> {
  for (let left = seconds; left > 0; left -= 0.02) {
    world.advance(20_000);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe('the shared vectors of pictures', () => {
  it.each(vectors)('$name', ({ sensor, width, height, format, parts, picture }) => {
    const { stream, pictures } = streamOf(width, height, format);
    for (const payload of parts) expect(stream.receive(hex(payload))).toBe(true);
    expect(pictures).toEqual([{ ...picture, sensor, width, height, format, pixels: hex(picture.pixels) }]);
  });
});

describe('a picture stream', () => {
  it('gives up a picture of which a part is missing, and counts it', () => {
    const { stream, pictures } = streamOf(4, 4, 'gray');
    const half = new Uint8Array(8).fill(7);
    for (const [number, offset] of [
      [0, 0],
      [0, 8],
      [1, 0],
      [2, 8],
      [3, 0],
      [4, 0],
      [4, 8],
      [5, 8],
      [6, 0],
      [6, 8],
    ])
      // prettier-ignore
      expect(stream.receive(part(number, offset, half, 4, 4))).toBe(true);
    expect(pictures.map(({ number, lost }) => [number, lost])).toEqual([[0, 0], [4, 3], [6, 1]]); // prettier-ignore
    stream.finish(9);
    expect([stream.frames, stream.lost]).toEqual([3, 6]);
  });

  it('survives a line that tears, swaps and invents parts: what it delivers was sent so', () => {
    const random = new Random(7);
    const { stream, pictures } = streamOf(10, 10, 'gray');
    const sent = Array.from({ length: 4000 }, (_, number) => Uint8Array.from({ length: 100 }, () => number & 0xff));
    let strange = 0;
    sent.forEach((bytes, number) => {
      for (let offset = 0; offset < 100; offset += 25) {
        const payload = part(number, offset, bytes.subarray(offset, offset + 25), 10, 10);
        const fate = random.below(12);
        if (fate === 0) continue;
        if (fate === 1) strange += stream.receive(payload.subarray(0, 28)) ? 0 : 1;
        else if (fate === 2) {
          const hurt = payload.slice();
          hurt[1 + random.below(27)] ^= 1 << random.below(8);
          strange += stream.receive(hurt) ? 0 : 1;
        } else stream.receive(payload);
      }
    });
    expect(pictures.length).toBeGreaterThan(1000);
    expect(strange).toBeGreaterThan(100);
    // A bit of the number or the clock may be wrong here (on the wire a CRC guards them); the pixels never are a mixture.
    for (const { pixels } of pictures) expect(new Set(pixels).size).toBe(1);
  });

  it('keeps colours through 16 bits: what was packed comes back to within what is left out', () => {
    const random = new Random(1);
    const pixels = Uint8Array.from({ length: 3000 }, () => random.below(256));
    const back = expandRgb565(packRgb565(pixels));
    pixels.forEach((value, i) => expect(Math.abs(back[i] - value)).toBeLessThan(i % 3 === 1 ? 4 : 8));
    expect([...expandRgb565(packRgb565(Uint8Array.of(255, 255, 255, 0, 0, 0)))]).toEqual([255, 255, 255, 0, 0, 0]);
  });
});

describe('the camera of the simulated board', () => {
  it('delivers every picture as it was taken, to the last bit', async () => {
    const { world, device } = await connected({});
    const random = new Random(3);
    const taken: Uint8Array[] = [];
    const pictures: PictureBlock[] = [];
    expect(await device.startPictures(camera, 30, (picture) => pictures.push(picture))).toBe(30);
    for (let i = 0; i < 20; i++) {
      const bytes = Uint8Array.from({ length: 96 * 96 * 2 }, () => random.below(256));
      taken.push(bytes);
      expect(world.board.providePicture(camera, bytes)).toBe(true);
      for (let loop = 0; loop < 8; loop++) {
        world.board.advance(1000);
        world.drain();
      }
    }
    await device.stopStream(camera);
    expect(pictures.map(({ number, lost }) => [number, lost])).toEqual(taken.map((_, i) => [i, 0]));
    pictures.forEach(({ pixels }, i) => expect(Buffer.compare(pixels, expandRgb565(taken[i]))).toBe(0));
    expect(device.health(camera)).toMatchObject({ frames: 20, lost: 0, damagedWireFrames: 0 });
    await device.close();
  });

  it('sends 160 x 120 gray pictures at 15 a second over 400 kB/s', async () => {
    const shape = { width: 160, height: 120, format: 'gray' } as const;
    const { world, device } = await connected({ camera: shape, lineBytesPerSecond: 400_000 });
    const pictures: PictureBlock[] = [];
    await device.startPictures(camera, 15, (picture) => pictures.push(picture));
    world.setSpeed(0);
    await pass(world, 4);
    world.setSpeed(1);
    await device.stopStream(camera);
    expect(pictures[0]).toMatchObject(shape);
    expect(pictures.length).toBeGreaterThanOrEqual(59);
    expect(pictures.reduce((sum, picture) => sum + picture.lost, 0)).toBe(0);
    // The one that was on its way when the stream was stopped.
    expect(device.health(camera).lost).toBeLessThanOrEqual(1);
    expect(device.health(camera).measuredRateHz).toBeCloseTo(15, 0);
    await device.close();
  });

  it('on a line far too slow for it loses whole pictures, and no frame of motion', async () => {
    // 12 kB/s: a picture takes 1.6 s; motion at 100 Hz takes a tenth of the line.
    const { world, device } = await connected({ lineBytesPerSecond: 12_000 });
    const pictures: PictureBlock[] = [];
    let lost = 0;
    let frames = 0;
    await device.startStream(0, 100, (block) => {
      lost += block.lost;
      frames += block.frames;
    });
    await device.startPictures(camera, 30, (picture) => pictures.push(picture));
    world.setSpeed(0);
    await pass(world, 12);
    world.setSpeed(4);
    await device.stopStream(camera);
    expect(lost).toBe(0);
    expect(frames).toBeGreaterThan(1000);
    expect(pictures.length).toBeGreaterThanOrEqual(4);
    for (const { pixels } of pictures) expect(pixels).toHaveLength(96 * 96 * 3);
    const health = device.health(camera);
    expect(health.damagedWireFrames).toBe(0);
    // Every picture that the camera took, 30 a second, came or is counted.
    expect(health.frames + health.lost).toBeGreaterThanOrEqual(359);
    await device.close();
  });

  it('says what it is, and what it is not asked for is refused in words', async () => {
    const { device } = await connected({ camera: { width: 32, height: 24, format: 'gray' } });
    expect(device.info.sensors[camera]).toMatchObject({
      kind: 'camera',
      axes: [{ name: 'gray', units: 'N/A', scale: 1 }],
      picture: { width: 32, height: 24, format: 'gray' },
    });
    await expect(device.startStream(camera, 30, () => undefined)).rejects.toMatchObject({ code: 'unsupported' });
    await expect(device.startPictures(0, 30, () => undefined)).rejects.toMatchObject({ code: 'unsupported' });
    await device.close();
  });

  it('greets in one frame with everything at its longest', async () => {
    const { device } = await connected({ testSignal: true, uid: 'u'.repeat(63), board: 'xiao-nrf52840-sense' });
    expect(device.info.sensors).toHaveLength(4);
    await device.close();
  });
});

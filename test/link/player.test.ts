/** What a simulated board senses: gestures that look like gestures, and recordings played back. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  connectDevice,
  generateGesture,
  gestureNames,
  simulatedPort,
  SimulatedTransport,
  type SensorInfo,
} from '../../src/link';
import { Player } from '../../src/link/simulated/player';
import { readCsv, readRecordings, readWav } from '../../src/link/simulated/recordings';
import { dataFolder, describeWith, needsData } from '../support/needs';

const imu: SensorInfo = {
  id: 0,
  name: 'imu',
  kind: 'motion',
  axes: ['accX', 'accY', 'accZ', 'gyrX', 'gyrY', 'gyrZ'].map((name) => ({
    name,
    units: '',
    scale: name < 'g' ? 0.001 : 0.1,
  })),
  ratesHz: [100],
};
const microphone: SensorInfo = {
  id: 1,
  name: 'microphone',
  kind: 'audio',
  axes: [{ name: 'audio', units: 'wav', scale: 1 }],
  ratesHz: [16000],
};

function column(values: Float32Array, axis: number): number[] {
  return Array.from({ length: values.length / 6 }, (_, i) => values[i * 6 + axis]);
}
const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
const spread = (values: readonly number[]): number => {
  const middle = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - middle) ** 2)));
};

describe('a generated gesture', () => {
  it('is the same for the same person, seed and rate, and another for any other', () => {
    const one = generateGesture('wave', 'ann', 1, 2, 100);
    expect(generateGesture('wave', 'ann', 1, 2, 100)).toEqual(one);
    expect(generateGesture('wave', 'ann', 2, 2, 100)).not.toEqual(one);
    expect(generateGesture('wave', 'ben', 1, 2, 100)).not.toEqual(one);
    expect(one).toHaveLength(1200);
  });

  it('feels gravity, whoever holds the board, and stays within what the sensor can read', () => {
    for (let person = 0; person < 20; person++) {
      for (const name of gestureNames) {
        const values = generateGesture(name, person, 1, 4, 100);
        const still = Math.hypot(...[0, 1, 2].map((axis) => mean(column(values, axis))));
        expect(still).toBeGreaterThan(5.5);
        expect(still).toBeLessThan(13);
        for (let i = 0; i < values.length; i++) expect(Math.abs(values[i])).toBeLessThan(i % 6 < 3 ? 39.2 : 2000);
      }
    }
  });

  it('is told from the others by where it moves', () => {
    for (let person = 0; person < 10; person++) {
      const energy = (name: string): number[] => {
        const values = generateGesture(name, person, 1, 6, 100);
        return [0, 1, 2, 3, 4, 5].map((axis) => spread(column(values, axis)));
      };
      const idle = energy('idle');
      expect(Math.max(...idle.slice(0, 3))).toBeLessThan(0.6);
      expect(Math.max(...energy('wave').slice(0, 3))).toBeGreaterThan(2);
      expect(Math.max(...energy('up-down').slice(0, 3))).toBeGreaterThan(2);
      const circle = energy('circle');
      expect(circle[0]).toBeGreaterThan(1);
      expect(circle[2]).toBeGreaterThan(1);
    }
  });

  it('reads the same motion at every rate', () => {
    const slow = column(generateGesture('circle', 'ann', 3, 4, 50), 2);
    const fast = column(generateGesture('circle', 'ann', 3, 4, 400), 2);
    // Apart from the noise of each reading.
    const differences = slow.map((value, i) => Math.abs(value - fast[i * 8]));
    expect(mean(differences)).toBeLessThan(0.3);
  });
});

describe('the player', () => {
  it('plays what it is told, and refuses what it does not know', () => {
    const player = new Player('ann', 1);
    expect(player.gestures()).toEqual([...gestureNames]);
    expect(player.playing).toBe('idle');
    player.play('wave');
    expect(player.playing).toBe('wave');
    expect(() => player.play('juggle')).toThrow(/cannot play "juggle"/);
    expect(player.next(imu, 100, 50)).toHaveLength(300);
    expect(player.next(microphone, 16000, 320)).toHaveLength(320);
  });

  it('goes on where it was, however its frames are asked for', () => {
    const whole = new Player('ann', 1).next(imu, 100, 60);
    const player = new Player('ann', 1);
    const parts = [1, 9, 20, 30].flatMap((frames) => [...player.next(imu, 100, frames)]);
    expect(Int16Array.from(parts)).toEqual(whole);
  });

  it('lets the microphone hear a tone with a gesture and quiet without', () => {
    const player = new Player(1, 1);
    const loud = (values: Int16Array): number => Math.max(...values);
    expect(loud(player.next(microphone, 16000, 16000))).toBeLessThan(200);
    player.play('circle');
    expect(loud(player.next(microphone, 16000, 16000))).toBeGreaterThan(3000);
  });
});

function wav(values: readonly number[], rateHz: number, statedBytes = values.length * 2): Uint8Array {
  const bytes = new Uint8Array(44 + values.length * 2);
  const view = new DataView(bytes.buffer);
  const tag = (at: number, text: string): void => bytes.set(new TextEncoder().encode(text), at);
  tag(0, 'RIFF');
  view.setUint32(4, 36 + statedBytes, true);
  tag(8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, rateHz, true);
  view.setUint32(28, rateHz * 2, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  tag(36, 'data');
  view.setUint32(40, statedBytes, true);
  values.forEach((value, i) => view.setInt16(44 + i * 2, value, true));
  return bytes;
}

describe('recordings', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dormouse-play-'));
    await mkdir(join(folder, 'shake'));
    const rows = Array.from({ length: 20 }, (_, i) => `${i * 40},${i * 100},0,1000`);
    await writeFile(join(folder, 'shake', 'a.csv'), ['timestamp_ms,ax_mg,ay_mg,az_mg', ...rows].join('\n'));
    await writeFile(join(folder, 'knock.01.wav'), wav([0, 1000, 2000, 3000], 8000));
    await writeFile(join(folder, 'indexed.csv'), 'x,y,z\n1,2,3\n1,2,3\n');
    await writeFile(join(folder, 'index.csv'), 'file,label\nindexed.csv,named\n');
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('are found with their labels, units and rates', async () => {
    const recordings = await readRecordings(folder);
    expect(recordings.map((one) => [one.label, one.kind, one.rateHz])).toEqual([
      ['named', 'motion', 100],
      ['knock', 'audio', 8000],
      ['shake', 'motion', 25],
    ]);
    expect(recordings[2].axes).toEqual(['accX', 'accY', 'accZ']);
    expect(recordings[2].values[2]).toBeCloseTo(9.80665, 4);
  });

  it('are resampled to the sensor, loop, and leave axes that they lack at zero', async () => {
    const player = new Player();
    await player.playFolder(folder);
    expect(player.gestures()).toEqual(['knock', 'named', 'shake']);
    player.play('shake');
    const values = player.next(imu, 50, 100);
    const accX = Array.from({ length: 100 }, (_, i) => values[i * 6] * 0.001);
    expect(accX[1]).toBeCloseTo(0.05 * 9.80665, 2);
    expect(accX[2]).toBeCloseTo(0.1 * 9.80665, 2);
    expect(Math.max(...accX)).toBeCloseTo(1.9 * 9.80665, 2);
    expect(accX.filter((value) => value === 0).length).toBeGreaterThanOrEqual(2);
    expect(values[3]).toBe(0);
    player.play('knock');
    expect([...player.next(microphone, 8000, 6)]).toEqual([0, 1000, 2000, 3000, 0, 1000]);
  });

  it('come out of a board as they went in', async () => {
    const transport = new SimulatedTransport('sim', { speed: 20 });
    await transport.playFolder(folder);
    await transport.play('shake');
    const device = await connectDevice(transport, simulatedPort);
    const seen: number[] = [];
    await device.startStream(0, 25, (block) => seen.push(...block.values));
    while (seen.length < 6 * 40) await new Promise((resolve) => setTimeout(resolve, 5));
    await device.close();
    expect(seen[2]).toBeCloseTo(9.80665, 2);
    expect(Math.max(...seen.filter((_, i) => i % 6 === 0))).toBeCloseTo(1.9 * 9.80665, 2);
  });

  it('that are damaged, hostile or none are refused, not believed', async () => {
    expect(readWav(new Uint8Array(10), 'x')).toBeUndefined();
    expect(readWav(wav([1, 2], 8000).subarray(0, 43), 'x')).toBeUndefined();
    expect(readWav(wav([1, 2, 3], 8000, 0xfffffff0), 'x')?.values).toEqual(Float32Array.of(1, 2, 3));
    expect(readCsv('', 'x')).toBeUndefined();
    expect(readCsv('1,2\n3,4', 'x')).toBeUndefined();
    expect(readCsv('x,y\n1,2\n3\nnan,5\n6,7', 'x')?.values).toEqual(Float32Array.of(1, 2, 6, 7));
    await expect(readRecordings(join(folder, 'nowhere'))).rejects.toMatchObject({ code: 'bad-recording' });
  });
});

describeWith(needsData('motion', 'magic_wand'), 'the magic wand recordings', () => {
  it('can all be played', async () => {
    const recordings = await readRecordings(dataFolder('motion', 'magic_wand'));
    expect(recordings).toHaveLength(594);
    expect(new Set(recordings.map((one) => one.label))).toEqual(new Set(['negative', 'ring', 'slope', 'wing']));
    expect(new Set(recordings.map((one) => Math.round(one.rateHz)))).toEqual(new Set([25]));
  });
});

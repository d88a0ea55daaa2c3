/** Sounds into a project about sound: any rate, depth and number of channels become what its microphone would have sent. */
import { afterAll, describe, expect, it } from 'vitest';
import type { Dataset } from '../../src/dataset';
import { dataFolder, describeWith, needsData } from '../support/needs';
import { writeWav } from '../../src/dataset/wav';
import { folders, importFiles } from './made-up-files';

afterAll(() => folders.clean());

/** `seconds` of 400 Hz in every channel, 1000 louder in each than in the one before. */
function sound(rateHz: number, channels: number, seconds = 0.5, amplitude = 4000): Float32Array {
  const frames = Math.round(rateHz * seconds);
  return Float32Array.from({ length: frames * channels }, (_, i) => {
    const frame = Math.floor(i / channels);
    return (amplitude + 1000 * (i % channels)) * Math.sin((2 * Math.PI * 400 * frame) / rateHz);
  });
}

/** WAV of a depth that writeWav does not write. */
function wav(values: Float32Array, channels: number, rateHz: number, bits: 8 | 24 | 32 | 'float'): Uint8Array {
  const size = bits === 'float' ? 4 : bits / 8;
  const bytes = new Uint8Array(44 + values.length * size);
  bytes.set(writeWav(new Float32Array(0), channels, rateHz));
  const view = new DataView(bytes.buffer);
  view.setUint16(20, bits === 'float' ? 3 : 1, true);
  view.setUint16(32, channels * size, true);
  view.setUint16(34, size * 8, true);
  view.setUint32(40, values.length * size, true);
  for (const [i, value] of values.entries()) {
    const at = 44 + i * size;
    if (bits === 8) view.setUint8(at, Math.round(value / 256) + 128);
    if (bits === 32) view.setInt32(at, Math.round(value * 65536), true);
    if (bits === 'float') view.setFloat32(at, value / 32768, true);
    if (bits !== 24) continue;
    view.setUint16(at, (Math.round(value * 256) >>> 0) & 0xffff, true);
    view.setInt8(at + 2, Math.round(value * 256) >> 16);
  }
  return bytes;
}

describe('sounds of any kind', () => {
  it.each([
    ['8 bit at 8 kHz', 8000, 1, 8],
    ['24 bit stereo at 44.1 kHz', 44_100, 2, 24],
    ['32 bit at 22.05 kHz', 22_050, 1, 32],
    ['float, three channels at 48 kHz', 48_000, 3, 'float'],
  ] as const)('%s become one channel of 16 bits at 16 kHz', async (_name, rateHz, channels, bits) => {
    const file = wav(sound(rateHz, channels), channels, rateHz, bits);
    const { captures } = await importFiles({ 'tone/a.wav': file }, { soundRateHz: 16_000 });
    const [capture] = captures;
    expect(capture.rateHz).toBe(16_000);
    expect(capture.axes).toEqual([{ name: 'audio', units: 'wav' }]);
    expect(capture.values.length).toBe(8000);
    const amplitude = 4000 + 500 * (channels - 1);
    const worst = capture.values
      .subarray(200, 7800)
      .reduce(
        (most, value, i) => Math.max(most, Math.abs(value - amplitude * Math.sin((Math.PI * (i + 200)) / 20))),
        0,
      );
    // Half a step of 8 bits, or of 16.
    expect(worst).toBeLessThan(bits === 8 ? 140 : 1.5);
    expect(capture.values.every((value) => Number.isInteger(value))).toBe(true);
  });

  it('are kept as they are in projects about something else', async () => {
    const { captures } = await importFiles({ 'tone/a.wav': writeWav(sound(8000, 2), 2, 8000) });
    expect([captures[0].rateHz, captures[0].axes.length]).toEqual([8000, 2]);
  });

  it('bring their labelled parts along', async () => {
    const info = {
      version: 1,
      files: [
        {
          path: 'a.wav',
          category: 'training',
          label: { type: 'multi-label', labels: [{ startIndex: 800, endIndex: 1599, label: 'yes' }] },
        },
      ],
    };
    const files = { 'a.wav': writeWav(sound(8000, 1), 1, 8000), 'info.labels': JSON.stringify(info) };
    const { captures } = await importFiles(files, { soundRateHz: 16_000 });
    expect(captures[0].segments).toEqual([{ start: 1600, end: 3200, label: 'yes' }]);
  });

  it('are the same recording when they are imported again', async () => {
    const files = { 'tone/a.wav': writeWav(sound(8000, 1), 1, 8000), 'tone/b.wav': writeWav(sound(8000, 1), 1, 8000) };
    const { report } = await importFiles(files, { soundRateHz: 16_000 });
    expect([report.imported, report.duplicates]).toEqual([1, 1]);
  });
});

describe('who speaks', () => {
  it('is taken from names that the folder confirms, and from no others', async () => {
    const clip = (seed: number): Uint8Array => writeWav(sound(16_000, 1, 0.1, 1000 + 100 * seed), 1, 16_000);
    const { captures } = await importFiles({
      '7/7_ann_3.wav': clip(1),
      '7/8_ann_3.wav': clip(2),
      'yes/0ab3b47d_nohash_2.wav': clip(3),
      'yes/Yes_bob jr_12.wav': clip(4),
      'yes/yes_left.wav': clip(5),
    });
    expect(captures.map(({ source, label, person }) => [source, label, person])).toEqual([
      ['import/7/7_ann_3.wav', '7', 'ann'],
      ['import/7/8_ann_3.wav', '7', ''],
      ['import/yes/0ab3b47d_nohash_2.wav', 'yes', '0ab3b47d'],
      ['import/yes/Yes_bob jr_12.wav', 'yes', 'bob jr'],
      ['import/yes/yes_left.wav', 'yes', ''],
    ]);
  });
});

describeWith(needsData('audio'), 'real recordings of words', () => {
  async function imported(name: string): Promise<Dataset> {
    const dataset = await folders.dataset();
    await dataset.importPaths([dataFolder('audio', name)], { soundRateHz: 16_000 });
    return dataset;
  }

  it('come with label, speaker and split', async () => {
    const commands = (await imported('arabic_commands')).summary();
    expect(commands.persons.length).toBe(24);
    expect(commands.labels.map(({ label, training, testing }) => [label, training, testing])).toEqual([
      ['down', 54, 18],
      ['left', 54, 18],
      ['right', 54, 18],
      ['unknown', 144, 48],
      ['up', 54, 18],
    ]);
  });

  it('of 8 kHz are of 16 kHz', async () => {
    const digits = await imported('spoken_digits');
    expect(digits.summary().persons.length).toBe(4);
    expect(
      digits
        .summary()
        .labels.map(({ label }) => label)
        .join(''),
    ).toBe('0123456789');
    expect(digits.list().items.every(({ rateHz, kind }) => rateHz === 16_000 && kind === 'audio')).toBe(true);
  });
});

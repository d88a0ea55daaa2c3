/** The pure parts of the sound, picture and anomaly screens. */
import { describe, expect, it } from 'vitest';
import { beatAt, leadSeconds, takeSeconds } from '../../renderer/capture/sound/beat';
import { alongMeter, LevelMeter } from '../../renderer/capture/sound/level';
import { added, moved, removed, resized } from '../../renderer/capture/sound/segments';
import { drawn, movedBy, resizedBy, same } from '../../renderer/dataset/boxes/boxes';
import { rowTicks } from '../../renderer/impulse/axes';
import { blocksFor, grouped } from '../../renderer/impulse/groups';
import { roundQuantile, shareBelow } from '../../renderer/test/histogram';
import { strengthColours } from '../../renderer/ui/plot/colourmap';
import { fitInside } from '../../renderer/ui/plot/raster';
import { columnRows, columnSamples, spectrumColumn, spectrumOf } from '../../renderer/ui/plot/spectrum';
import { SpectrumRing } from '../../renderer/ui/plot/spectrum-ring';
import { StreamBuffer } from '../../renderer/ui/plot/stream-buffer';
import { loadCore } from '../../src/core';
import { dspKinds } from '../../src/core/types';

const sine = (hz: number, size: number, frames = 16000): Float32Array =>
  Float32Array.from({ length: frames }, (_, i) => size * Math.sin((2 * Math.PI * hz * i) / 16000));

describe('the plotted spectrum', () => {
  it('peaks at the frequency of a sine, and grows 20 dB with ten times the size', () => {
    for (const hz of [500, 1000, 3125, 7000]) {
      const column = new Uint8Array(columnRows);
      spectrumColumn(sine(hz, 3000), 8000, column);
      expect(column.indexOf(Math.max(...column))).toBe(Math.round((hz * columnSamples) / 16000));
    }
    const peak = (size: number): number => Math.max(...spectrumOf(sine(1000, size), 1));
    // 254 levels over 80 dB.
    expect(peak(1000) - peak(100)).toBeCloseTo((254 * 20) / 80, -1);
  });

  it('is nothing where a sample is missing, which no silence is', () => {
    const values = sine(1000, 3000);
    values[8000] = NaN;
    const column = new Uint8Array(columnRows);
    spectrumColumn(values, 8000, column);
    expect(Math.max(...column)).toBe(0);
    spectrumColumn(new Float32Array(16000), 8000, column);
    expect(Math.min(...column)).toBe(1);
  });

  it('computes each live column once, whatever the size of the blocks, and again the same', () => {
    const values = sine(700, 2000, 48000);
    const rings = [160, 1000, 4096].map((size) => {
      const buffer = new StreamBuffer(1, 16000, 32000);
      const ring = new SpectrumRing(buffer);
      for (let at = 0; at < values.length; at += size) {
        const part = values.subarray(at, at + size);
        buffer.push({ sensor: 1, index: at, micros: 0, lost: 0, values: part, frames: part.length });
        ring.update();
      }
      return ring;
    });
    const counts = rings.map((ring) => ring.columns);
    expect(new Set(counts)).toEqual(new Set([Math.floor((48000 - columnSamples / 2) / rings[0].hop)]));
    for (const ring of rings.slice(1)) {
      const last = ((ring.columns - 1) % ring.capacity) * columnRows;
      expect(ring.levels.subarray(last, last + columnRows)).toEqual(rings[0].levels.subarray(last, last + columnRows));
    }
  });

  it('goes from the surface to its opposite, never lighter and darker again', () => {
    const lightness = (rgba: number): number =>
      0.2126 * (rgba & 255) + 0.7152 * ((rgba >> 8) & 255) + 0.0722 * ((rgba >> 16) & 255);
    for (const dark of [false, true]) {
      const steps = Array.from(strengthColours(dark), lightness);
      const sign = dark ? 1 : -1;
      for (let i = 1; i < 256; i++) expect(sign * (steps[i] - steps[i - 1])).toBeGreaterThanOrEqual(-0.6);
    }
  });
});

describe('the level meter', () => {
  it('tells silence, quiet, good and loud by the peak, and holds it', () => {
    const meter = new LevelMeter();
    expect(meter.read(new Float32Array(800), 0).loudness).toBe('silent');
    expect(meter.read(sine(500, 200, 800), 50).loudness).toBe('quiet');
    expect(meter.read(sine(500, 8000, 800), 100).loudness).toBe('good');
    const held = meter.read(new Float32Array(800), 900);
    expect(held.loudness).toBe('good');
    expect(held.peakDb).toBeCloseTo(20 * Math.log10(8000 / 32768), 1);
    expect(held.db).toBe(-96);
    expect(meter.read(new Float32Array(800), 2000).loudness).toBe('silent');
    expect(meter.read(sine(500, 30000, 800), 2050).loudness).toBe('loud');
  });

  it('warns of clipping for three seconds, but not for one true peak', () => {
    const meter = new LevelMeter();
    const one = new Float32Array(100);
    one[50] = 32767;
    expect(meter.read(one, 0)).toMatchObject({ clipped: 0, loudness: 'loud' });
    const cut = Float32Array.from(sine(500, 50000, 800), (x) => Math.min(32767, Math.max(-32768, x)));
    expect(meter.read(cut, 100).loudness).toBe('clipping');
    expect(meter.read(new Float32Array(100), 3000).loudness).toBe('clipping');
    expect(meter.read(new Float32Array(100), 3200).loudness).toBe('silent');
    expect([-60, -30, 0, 6, -200].map(alongMeter)).toEqual([0, 0.5, 1, 1, 0]);
  });
});

describe('the metronome', () => {
  it('begins after a moment of silence, and ends with the take', () => {
    expect(takeSeconds(20, 2)).toBe(40.6);
    expect(beatAt(0, 20, 2)).toEqual({ beat: 0, part: 0 });
    expect(beatAt(leadSeconds, 20, 2)).toEqual({ beat: 1, part: 0 });
    expect(beatAt(leadSeconds + 3, 20, 2)).toEqual({ beat: 2, part: 0.5 });
    expect(beatAt(1000, 20, 2)).toEqual({ beat: 20, part: 1 });
  });
});

describe('words of a take', () => {
  const parts = [
    { start: 100, end: 200 },
    { start: 300, end: 400 },
  ];
  it('move and grow no further than their neighbours and the take', () => {
    expect(moved(parts, 0, 500, 1000)[0]).toEqual({ start: 200, end: 300 });
    expect(moved(parts, 0, -500, 1000)[0]).toEqual({ start: 0, end: 100 });
    expect(resized(parts, 1, 'start', 0, 1000, 20)[1]).toEqual({ start: 200, end: 400 });
    expect(resized(parts, 1, 'end', 310, 1000, 20)[1]).toEqual({ start: 300, end: 320 });
    expect(resized(parts, 1, 'end', 5000, 1000, 20)[1]).toEqual({ start: 300, end: 1000 });
    expect(removed(parts, 0)).toEqual([parts[1]]);
  });
  it('are added where there is room, as long as it lets them be', () => {
    expect(added(parts, 700, 100, 1000, 20)).toEqual({ parts: [...parts, { start: 650, end: 750 }], index: 2 });
    expect(added(parts, 250, 400, 1000, 20)).toEqual({
      parts: [parts[0], { start: 200, end: 300 }, parts[1]],
      index: 1,
    });
    expect(added(parts, 150, 100, 1000, 20).index).toBe(-1);
    expect(added([{ start: 10, end: 1000 }], 5, 100, 1000, 20).index).toBe(-1);
  });
});

describe('boxes', () => {
  const picture = { width: 96, height: 64 };
  const box = { label: 'a', x: 10, y: 10, width: 20, height: 20 };
  it('are drawn from any corner, cut at the edges, and a slip is none', () => {
    expect(drawn({ x: 30, y: 40 }, { x: 10, y: 20 }, picture, 'a')).toEqual({ ...box, y: 20 });
    expect(drawn({ x: 80, y: 50 }, { x: 500, y: 500 }, picture, 'a')).toMatchObject({ width: 16, height: 14 });
    expect(drawn({ x: 80, y: 50 }, { x: 81, y: 90 }, picture, 'a')).toBeUndefined();
  });
  it('stay in the picture when moved, and keep two pixels when resized', () => {
    expect(movedBy(box, { x: 500, y: -500 }, picture)).toMatchObject({ x: 76, y: 0, width: 20 });
    expect(resizedBy(box, { x: -1, y: 0 }, { x: 100, y: 9 }, picture)).toMatchObject({ x: 28, y: 10, width: 2 });
    expect(resizedBy(box, { x: 1, y: 1 }, { x: 500, y: 5 }, picture)).toMatchObject({ width: 86, height: 25 });
  });
  it('are the same only where all of them is', () => {
    expect(same([box], [{ ...box }])).toBe(true);
    expect(same([box], [{ ...box, label: 'b' }])).toBe(false);
    expect(same([box], [])).toBe(false);
  });
  it('lie on a picture that is shown as large as it fits', () => {
    expect(fitInside(96, 64, { x: 0, y: 0, width: 480, height: 480 })).toEqual({
      x: 0,
      y: 80,
      width: 480,
      height: 320,
      scale: 5,
    });
  });
});

describe('a block’s parameters', () => {
  it('stand each in one group, the basic ones first', async () => {
    const core = await loadCore();
    for (const kind of dspKinds) {
      const parameters = core.dspParameters(kind);
      const groups = grouped(kind, parameters);
      const names = groups.flatMap((group) => group.parameters.map((parameter) => parameter.name));
      expect([...names].sort()).toEqual(parameters.map((parameter) => parameter.name).sort());
      expect(new Set(groups.map((group) => group.name)).size).toBe(groups.length);
    }
    expect(grouped('mfcc', core.dspParameters('mfcc'))[0].name).toBe('basic');
  });
  it('are offered for what suits the recordings, and for what is set', () => {
    expect(blocksFor('image', 'image')).toEqual(['image']);
    expect(blocksFor('audio', 'flatten')).toEqual(['flatten', 'mfcc', 'mfe', 'spectrogram', 'spectral', 'raw']);
  });
  it('give the sides of the picture their units', () => {
    const plain = (text: string): string => text.replace(/\u00a0/g, ' ');
    expect(rowTicks('spectrogram', 64, 16000, {}).map(({ text }) => plain(text))).toContain('8 kHz');
    const bands = rowTicks('mfe', 40, 16000, { 'low-frequency': 300, 'high-frequency': 4000 });
    expect(bands.map(({ text }) => plain(text))).toEqual(['500 Hz', '1 kHz', '2 kHz', '4 kHz']);
    expect(bands.at(-1)?.at).toBeCloseTo(1, 9);
    expect(rowTicks('mfcc', 13, 16000, {})[0]).toEqual({ at: 0.5 / 13, text: '0' });
  });
});

describe('the threshold on the scores', () => {
  const histogram = { low: 0, high: 4, counts: [10, 60, 20, 10] };
  it('is a share of the windows, and is set in thousandths', () => {
    expect([-1, 0, 1, 1.5, 4, 9].map((x) => shareBelow(histogram, x))).toEqual([0, 0, 0.1, 0.4, 1, 1]);
    expect(shareBelow({ low: 0, high: 0, counts: [] }, 1)).toBe(1);
    expect([0.98765, 0.1, 2].map(roundQuantile)).toEqual([0.988, 0.5, 1]);
  });
});

/** What a simulated board senses by itself: words, things, machines. The same bits everywhere, and persons that differ. */
import { describe, expect, it } from 'vitest';
import { cosine, exponential, power2, sine } from '../../src/base';
import {
  crc32,
  generateObject,
  generateScene,
  generateSound,
  generateWord,
  objectNames,
  simulatedNames,
  vibrationNames,
  VibrationMotion,
  wordNames,
} from '../../src/link';
import { makeNoise, noiseKinds } from '../../src/link/simulated/noises';

const size = { width: 96, height: 96 };
const bytesOf = (values: Int16Array): Uint8Array => new Uint8Array(values.buffer, values.byteOffset, values.byteLength);

describe('sines and powers of our own', () => {
  it('agree with the engine’s to a thousandth of a millionth', () => {
    for (let i = -2000; i <= 2000; i++) {
      const x = i / 311;
      expect(Math.abs(sine(x) - Math.sin(2 * Math.PI * x))).toBeLessThan(1e-9);
      expect(Math.abs(cosine(x) - Math.cos(2 * Math.PI * x))).toBeLessThan(1e-9);
      expect(Math.abs(power2(x) / 2 ** x - 1)).toBeLessThan(1e-9);
      expect(Math.abs(exponential(x) / Math.exp(x) - 1)).toBeLessThan(1e-9);
    }
  });
});

/** Energy in `bands` bands of equal width, by a plain DFT of short pieces: enough to tell vowels apart. */
function spectrum(values: Int16Array, bands = 16): number[] {
  const energy = new Array<number>(bands).fill(0);
  for (let start = 0; start + 128 <= values.length; start += 128) {
    for (let k = 1; k < 64; k++) {
      let re = 0;
      let im = 0;
      for (let i = 0; i < 128; i++) {
        re += values[start + i] * Math.cos((2 * Math.PI * k * i) / 128);
        im += values[start + i] * Math.sin((2 * Math.PI * k * i) / 128);
      }
      energy[Math.floor((k * bands) / 64)] += re * re + im * im;
    }
  }
  const total = energy.reduce((a, b) => a + b, 0) || 1;
  return energy.map((value) => value / total);
}

describe('a generated word', () => {
  it('has the same bits on every machine', () => {
    const sums = wordNames.map((word) => crc32(bytesOf(generateSound(word, 'ann', 1, 1.5, 16_000))));
    expect(sums).toEqual([2467505050, 3165492551, 2377188120, 3960354831, 1492339765, 4254788925]);
    expect(generateWord('yes', 'ann', 1, 16_000)).toEqual(generateWord('yes', 'ann', 1, 16_000));
  });

  it('is another at each try and with each person, of believable length and loudness', () => {
    const seen = new Set<number>();
    for (let person = 0; person < 8; person++) {
      for (const word of ['yes', 'no', 'stop', 'go', 'unknown']) {
        for (let seed = 0; seed < 2; seed++) {
          const values = generateWord(word, person, seed, 16_000);
          seen.add(crc32(bytesOf(values)));
          expect(values.length / 16_000).toBeGreaterThan(0.2);
          expect(values.length / 16_000).toBeLessThan(1);
          const peak = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
          expect(peak).toBeGreaterThan(2500);
        }
      }
    }
    expect(seen.size).toBe(80);
  });

  it('hisses where it should: “yes” at its end, “stop” at its beginning, “no” nowhere', () => {
    for (let person = 0; person < 6; person++) {
      const high = (word: string, from: number, to: number): number => {
        const values = generateWord(word, person, 1, 16_000);
        const part = values.subarray(Math.floor(from * values.length), Math.floor(to * values.length));
        return spectrum(part)
          .slice(8)
          .reduce((a, b) => a + b, 0);
      };
      expect(high('yes', 0.62, 0.8)).toBeGreaterThan(0.5);
      expect(high('stop', 0.02, 0.18)).toBeGreaterThan(0.5);
      expect(high('no', 0.1, 0.8)).toBeLessThan(0.1);
    }
  });

  it('comes between silences in a room that is never silent', () => {
    const values = generateSound('go', 3, 1, 6, 16_000);
    const levels = Array.from({ length: 60 }, (_, i) => {
      const part = values.subarray(i * 1600, (i + 1) * 1600);
      return Math.sqrt(part.reduce((sum, value) => sum + value * value, 0) / part.length);
    });
    const loud = levels.map((level) => level > 500);
    const starts = loud.filter((now, i) => now && !loud[i - 1]).length;
    expect(starts).toBeGreaterThanOrEqual(3);
    expect(starts).toBeLessThanOrEqual(6);
    expect(Math.min(...levels)).toBeGreaterThan(0.5);
  });

  it('has backgrounds of several kinds beside it, none of them silent, none of them too loud', () => {
    const spectra = Array.from({ length: noiseKinds }, (_, kind) => {
      const noise = makeNoise(kind, 1, 16_000);
      const values = Int16Array.from({ length: 32_000 }, (_, i) => 2000 * noise(i / 16_000));
      const level = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
      expect(level).toBeGreaterThan(50);
      expect(level).toBeLessThan(8000);
      return spectrum(values);
    });
    for (let a = 0; a < noiseKinds; a++)
      for (let b = 0; b < a; b++)
        expect(spectra[a].reduce((sum, value, i) => sum + Math.abs(value - spectra[b][i]), 0)).toBeGreaterThan(0.01);
  });
});

describe('a drawn thing', () => {
  it('has the same bits on every machine', () => {
    const sums = objectNames.map((name) => crc32(generateObject(name, 'ann', 1, size).pixels));
    expect(sums).toEqual([66769777, 518349680, 2358522957, 3349701535]);
    expect(crc32(generateScene('ann', 5, { width: 160, height: 120 }).pixels)).toBe(2439379855);
  });

  it('is where its box says, whole, and the bare room has none', () => {
    for (let seed = 0; seed < 12; seed++) {
      expect(generateObject('background', 2, seed, size).boxes).toEqual([]);
      for (const name of ['circle', 'square', 'triangle']) {
        const { boxes } = generateObject(name, 2, seed, size);
        expect(boxes).toHaveLength(1);
        const [{ label, x, y, width, height }] = boxes;
        expect(label).toBe(name);
        expect(x >= 0 && y >= 0 && x + width <= 96 && y + height <= 96).toBe(true);
        expect(Math.min(width, height)).toBeGreaterThan(15);
        expect(Math.max(width, height)).toBeLessThan(90);
      }
    }
  });

  it('stands apart from others in a scene', () => {
    const counts = new Set<number>();
    for (let seed = 0; seed < 30; seed++) {
      const { boxes } = generateScene('room', seed, { width: 160, height: 120 });
      counts.add(boxes.length);
      for (const one of boxes)
        for (const other of boxes) {
          if (one === other) continue;
          const across = one.x + one.width / 2 - other.x - other.width / 2;
          const along = one.y + one.height / 2 - other.y - other.height / 2;
          expect(Math.hypot(across, along)).toBeGreaterThan(20);
        }
    }
    expect([...counts].sort()).toEqual([0, 1, 2, 3, 4]);
  });
});

describe('a machine', () => {
  it('shakes once a turn, more with a coin, and not at all when off', () => {
    const swing = (name: string, person: number): number => {
      const motion = new VibrationMotion(name, person, 1);
      const out = new Float32Array(6);
      const x: number[] = [];
      for (let i = 0; i < 600; i++) {
        motion.sample(i / 200, out);
        x.push(out[0]);
      }
      const mean = x.reduce((a, b) => a + b) / x.length;
      return Math.sqrt(x.reduce((sum, value) => sum + (value - mean) ** 2, 0) / x.length);
    };
    for (let person = 0; person < 10; person++) {
      const [fan, coin, off] = vibrationNames.map((name) => swing(name, person));
      expect(coin).toBeGreaterThan(1.2 * fan);
      expect(off).toBeLessThan(0.6 * fan);
    }
  });
});

it('every task has names of its own', () => {
  expect(simulatedNames('motion')).toContain('wave');
  expect(simulatedNames('audio')).toEqual(['yes', 'no', 'stop', 'go', 'unknown', 'background']);
  expect(simulatedNames('image')).toEqual(['circle', 'square', 'triangle', 'background']);
  expect(simulatedNames('anomaly')).toEqual(['fan', 'fan with a coin', 'off']);
});

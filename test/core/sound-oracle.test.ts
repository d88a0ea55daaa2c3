/** The sound blocks against their definition computed in float64 by numpy (sound_oracle.py). */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Random } from '../../src/base';
import { dspParameterTables, loadCore, soundKinds, type Core } from '../../src/core';
import { dataFolder, describeWith, needsData, needsPython, python } from '../support/needs';
import { randomSettings, randomSound, readWav, soundBlock, type SoundCase } from './sound-cases';

/** What rounding to the block's steps may add to the 1e-3. */
const step: Readonly<Record<string, number>> = { spectrogram: 1 / 16384, mfe: 1 / 256, mfcc: 0 };

describeWith(needsPython('numpy'), 'the sound blocks beside their definition in float64', () => {
  let core: Core;
  let folder: string;
  beforeAll(async () => {
    core = await loadCore();
    folder = mkdtempSync(join(tmpdir(), 'dormouse-sound-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function oracle(cases: readonly SoundCase[]): ({ skip: true } | { skip?: undefined; features: number[] })[] {
    const jobs = cases.map(({ block, shape, values }) => {
      const names = dspParameterTables[block.kind].map((each, i): [string, number] => [each.name, block.params[i]]);
      const bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
      const job = { kind: block.kind, params: Object.fromEntries(names), rate: shape.rateHz };
      return JSON.stringify({ ...job, values: bytes.toString('base64') });
    });
    writeFileSync(join(folder, 'jobs'), jobs.join('\n'));
    const script = join(import.meta.dirname, 'sound_oracle.py');
    execFileSync(python, [script, join(folder, 'jobs'), join(folder, 'rows')], { stdio: ['ignore', 'ignore', 'pipe'] });
    const lines = readFileSync(join(folder, 'rows'), 'utf8').trim().split('\n');
    return lines.map((line) => JSON.parse(line) as { skip: true } | { features: number[] });
  }

  /** The largest error of each block, in features as they are (MFCC: in deviations, or in nepers without win-size). */
  function compare(cases: readonly SoundCase[]): { errors: Record<string, number>; compared: number } {
    const errors: Record<string, number> = {};
    let compared = 0;
    oracle(cases).forEach((row, index) => {
      if (row.skip) return;
      compared++;
      const { block, shape, values } = cases[index];
      const actual = core.features(block, shape, values);
      expect(actual.length).toBe(row.features.length);
      const rounding = step[block.kind] / 2;
      actual.forEach((value, i) => {
        const error = Math.abs(value - row.features[i]) - rounding;
        if (!(error <= 1e-3))
          expect.fail(
            `case ${index}, feature ${i}: ${value} instead of ${row.features[i]}: ${JSON.stringify({ block, shape })}`,
          );
        errors[block.kind] = Math.max(errors[block.kind] ?? 0, error);
      });
    });
    return { errors, compared };
  }

  it('agree within 1e-3 on random sounds and settings, quiet ones included', () => {
    const random = new Random(31);
    const fits: Parameters<typeof randomSettings>[1] = (block, shape) => {
      try {
        return core.featureCount(block, shape) > 0;
      } catch {
        return false;
      }
    };
    const cases = Array.from({ length: 300 }, () => {
      const settings = randomSettings(random, fits);
      return { ...settings, values: randomSound(random, settings.shape.frames) };
    });
    const { errors, compared } = compare(cases);
    console.log(`largest errors over ${compared} random cases: ${JSON.stringify(errors)}`);
    expect(compared).toBeGreaterThan(200);
  });

  describeWith(needsData('audio'), 'on recordings', () => {
    it.each([1, 0.05, 0.001])('agree within 1e-3 at %d of their loudness', (gain) => {
      const folders = ['arabic_commands/up', 'spoken_digits/7', 'misc_clips'].map((name) =>
        dataFolder('audio', ...name.split('/')),
      );
      const cases: SoundCase[] = [];
      for (const path of folders) {
        for (const name of readdirSync(path)
          .filter((each) => each.endsWith('.wav'))
          .slice(0, 8)) {
          const { rateHz, values } = readWav(join(path, name));
          const window = values.slice(0, Math.min(values.length, rateHz)).map((value) => Math.round(value * gain));
          if (window.length < rateHz / 4) continue;
          for (const kind of soundKinds)
            cases.push({ block: soundBlock(kind), shape: { frames: window.length, axes: 1, rateHz }, values: window });
        }
      }
      const { errors, compared } = compare(cases);
      console.log(`largest errors over ${compared} windows of recordings at ${gain}: ${JSON.stringify(errors)}`);
      expect(compared).toBe(cases.length);
    });
  });
});

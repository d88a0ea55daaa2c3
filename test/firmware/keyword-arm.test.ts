/**
 * A keyword model with its front end as Cortex-M4F code: sound streamed into the board's own recogniser, out of the image
 * that would be flashed, gives the app's scores to the bit, in time for four results a second, in the RAM that `fit` names.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadCore } from '../../src/core';
import { parseImage } from '../../src/deploy';
import { Replay } from '../../src/live';
import { fitProject, imageOf, type Project } from '../../src/project';
import { ArmKeywords, type KeywordRun } from '../support/arm-keywords';
import { describeWith, needsCommands } from '../support/needs';
import { pitches, toneWord, toneWords } from './tone-words';

const rateHz = 16_000;
const slow = 300_000;

describeWith(needsCommands('arm-none-eabi-g++', 'qemu-system-arm'), 'recognising words on a Cortex-M4F', () => {
  const folder = mkdtempSync(join(tmpdir(), 'dormouse-keyword-'));
  const arm = new ArmKeywords();
  // Low, high, low: each a second.
  const played = ['low', 'high', 'low'] as const;
  const samples = Int16Array.from(played.flatMap((word, i) => [...toneWord(1, pitches[word] * 1.1, 90 + i)]));
  let project: Project;
  let image: Uint8Array;
  let run: KeywordRun;

  beforeAll(async () => {
    project = await toneWords(folder);
    image = await imageOf(project);
    const { strideFrames } = parseImage(image).manifest;
    expect(rateHz / strideFrames).toBeGreaterThanOrEqual(4);
    const job = { image, samples, memoryBytes: 128 * 1024, countedSamples: 4 * strideFrames };
    run = await arm.run('cortex-m4f', await arm.build('cortex-m4f', '-Os'), job);
  }, slow);

  afterAll(async () => {
    arm.close();
    await project?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('gives the scores that the app computes of the same sound, and hears the words', async () => {
    const { manifest, tflite } = parseImage(image);
    const replay = new Replay(await loadCore(), { manifest, tflite });
    await replay.push(Float32Array.from(samples));
    const expected = replay.results();
    replay.close();
    expect(run.results.length).toBe(expected.count);
    run.results.forEach(({ scores }, i) =>
      expect(scores, `result ${i}`).toEqual([
        ...expected.scores.subarray(i * expected.width, (i + 1) * expected.width),
      ]),
    );
    // The windows that hold nothing but one whole word say it.
    const atSecond = (second: number): readonly number[] =>
      run.results[Math.round((second * rateHz) / manifest.strideFrames)].scores;
    const said = [0, 1, 2].map((second) => manifest.labels[atSecond(second).indexOf(Math.max(...atSecond(second)))]);
    expect(said).toEqual([...played]);
  });

  it('needs the memory that fit names, and less than half of 64 MHz', async () => {
    const fit = await fitProject(project, 'nano33ble-sense');
    expect(run.memoryBytes).toBe(fit.ram.used);
    expect(run.countedResults).toBe(4);
    // Four results and the sound between them; one and a third cycles each.
    const { strideFrames } = parseImage(image).manifest;
    const cyclesPerSecond = (run.instructions * 4 * rateHz) / (4 * strideFrames) / 3;
    expect(cyclesPerSecond).toBeLessThan(32e6);
    expect(run.stackBytes).toBeLessThan(1024);
    console.log(
      `words on a Cortex-M4F: ${Math.round(cyclesPerSecond / 640_000)} % of 64 MHz, ${run.memoryBytes} bytes`,
    );
  });
});

/**
 * A small project about sound that learns within seconds: two "words", tones of two pitches in noise, and background, by four
 * people, the last held out; everything else as `dormouse new --task audio` makes it.
 */
import { join } from 'node:path';
import { Random } from '../../src/base';
import { Project, trainProject } from '../../src/project';

const rateHz = 16_000;
export const pitches = { high: 2500, low: 400 } as const;

/** Sound with a tone in its middle half; hz 0: without. */
export function toneWord(seconds: number, hz: number, seed: number): Int16Array {
  const random = new Random(seed);
  return Int16Array.from({ length: seconds * rateHz }, (_, i) => {
    const loud = hz > 0 && i > seconds * 4000 && i < seconds * 12_000;
    return Math.round(random.normal() * 40 + (loud ? 3000 * Math.sin((2 * Math.PI * hz * i) / rateHz) : 0));
  });
}

/** Trained, and open. */
export async function toneWords(folder: string): Promise<Project> {
  const project = await Project.create(join(folder, 'tones'), { task: 'audio', name: 'tones' });
  let seed = 0;
  for (const person of ['ann', 'bob', 'cem', 'dee']) {
    for (const [label, hz] of [...Object.entries(pitches), ['background', 0] as const]) {
      for (let take = 0; take < (hz === 0 ? 1 : 3); take++) {
        seed++;
        await project.dataset.add({
          values: Float32Array.from(toneWord(hz === 0 ? 10 : 1, hz * (1 + seed * 0.002), seed)),
          axes: [{ name: 'audio', units: 'wav' }],
          rateHz,
          kind: 'audio',
          notes: { label, person, split: person === 'dee' ? 'testing' : 'training' },
        });
      }
    }
  }
  await trainProject(project, { settings: { epochs: 6, threads: 1 } });
  return project;
}

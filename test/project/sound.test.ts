/** A project about sound: what its training is told, what it says is missing, and what its model sees. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../src/base';
import { Project, trainProject } from '../../src/project';
import { previewFeatures } from '../../src/project/impulse-view';
import { wordsOf } from '../../src/project/words';

const rateHz = 16_000;
const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A tone in noise; words of a label differ in pitch from those of others, people a little from each other. */
function word(seconds: number, hz: number, seed: number): Float32Array {
  const random = new Random(seed);
  return Float32Array.from({ length: seconds * rateHz }, (_, i) => {
    const loud = hz > 0 && i > seconds * 4000 && i < seconds * 12_000;
    return Math.round(random.normal() * 40 + (loud ? 3000 * Math.sin((2 * Math.PI * hz * i) / rateHz) : 0));
  });
}

async function newProject(labels: Readonly<Record<string, number>>): Promise<Project> {
  const folder = mkdtempSync(join(tmpdir(), 'dormouse-test-'));
  folders.push(folder);
  const project = await Project.create(join(folder, 'sounds'), { task: 'audio' });
  let seed = 0;
  for (const [label, hz] of Object.entries(labels))
    for (const person of ['ann', 'bob', 'cem', 'dee'])
      for (let take = 0; take < 3; take++) {
        seed++;
        const isBackground = label === 'background';
        if (isBackground && take > 0) continue;
        await project.dataset.add({
          values: isBackground ? word(20, 0, seed) : word(0.6, hz * (1 + seed * 0.002), seed),
          axes: [{ name: 'audio', units: 'wav' }],
          rateHz,
          kind: 'audio',
          notes: { label, person, split: person === 'dee' ? 'testing' : 'training' },
        });
      }
  return project;
}

const quick = { epochs: 2, threads: 1 };

describe('a project about sound', () => {
  let project: Project;
  beforeAll(async () => {
    project = await newProject({ high: 2500, low: 400, background: 0 });
  });
  afterAll(() => project.close());

  it('begins with MFCC and the smallest DS-CNN', () => {
    expect(project.settings.impulse.dsp.kind).toBe('mfcc');
    expect(project.settings.training.size).toBe('small');
  });

  it('learns from as much of a long background as keeps the balance, and says that "unknown" is missing', async () => {
    const { report, normalisation, resolved } = await trainProject(project, { settings: quick });
    // Nine of each word; of three recordings of background, 39 windows each, twice as many.
    expect(report.trainingRows).toBe(9 + 9 + 18);
    expect(report.warnings.join(' ')).toMatch(/Of the 117 windows of "background" 18/);
    expect(report.warnings.join(' ')).toMatch(/labelled "unknown"/);
    expect(report.warnings.join(' ')).not.toMatch(/labelled "background"/);
    expect(report.testedOn).toBe('person');
    expect([resolved.inputShape.length, normalisation.mean.length]).toEqual([2, 13]);
  });

  it('gives the same model for the same sounds and seed, and another without variation', async () => {
    const sha = async (more: object): Promise<string> =>
      (await trainProject(project, { settings: { ...quick, epochs: 1, ...more } })).report.tfliteSha256;
    const one = await sha({});
    expect(await sha({ threads: 2 })).toBe(one);
    expect(await sha({ augment: false })).not.toBe(one);
  });

  it('shows what the model sees as a picture between 0 and 1', async () => {
    const [{ id }] = project.dataset.list({ label: 'low' }).items;
    const preview = await previewFeatures(project, id, 0);
    expect(preview.picture?.columns).toBe(13);
    expect(preview.picture?.values.length).toBe(preview.values.length);
    expect(Math.min(...(preview.picture?.values ?? []))).toBe(0);
    expect(Math.max(...(preview.picture?.values ?? []))).toBe(1);
  });

  it('looks for words in sounds only', async () => {
    const [{ id }] = project.dataset.list({ label: 'low' }).items;
    const capture = await project.dataset.get(id);
    expect(wordsOf(capture).segments.length).toBe(1);
    expect(() => wordsOf({ ...capture, kind: 'motion' })).toThrow(/is no sound/);
  });
});

describe('a project about sound without background', () => {
  it('is told so, and trains with made-up noise', async () => {
    const project = await newProject({ high: 2500, low: 400, unknown: 1200 });
    const { report } = await trainProject(project, { settings: { ...quick, epochs: 1 } });
    expect(report.warnings.join(' ')).toMatch(/labelled "background"/);
    expect(report.warnings.join(' ')).not.toMatch(/labelled "unknown"/);
    await project.close();
  });
});

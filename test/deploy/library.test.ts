/** Exported C++ libraries: what is in them, that they compile without a warning, and that they give the core's bits. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installRoot } from '../../src/base';
import { loadCore, type Core } from '../../src/core';
import { buildImage, goldenVectors, libraryFiles, type LibraryFile } from '../../src/deploy';
import { coreAnswers, probeAnswers, probeJob } from '../support/library-answers';
import { cppOf, LibraryPrograms } from '../support/library-programs';
import { describeWith, needsCommands } from '../support/needs';
import { sampleModel } from './sample-model';
import { normalSample, pictureSample, soundSample, type SenseSample } from './sample-senses';

const live = { threshold: 0.3, smoothing: 2 };

function motionSample(core: Core, seed: number): SenseSample {
  const { manifest, tflite, windows } = sampleModel(seed);
  const image = buildImage(manifest, tflite, goldenVectors(core, manifest, tflite, windows));
  return { manifest, tflite, windows, image };
}

const samples: Readonly<Record<string, (core: Core) => SenseSample>> = {
  motion: (core) => motionSample(core, 1),
  sound: (core) => soundSample(core, 2, live),
  objects: (core) => pictureSample(core, 3, true, { ...live, thresholds: [0.2, 0.3] }),
  'clusters beside a classifier': (core) => normalSample(core, 4, 'kmeans', true, { ...live, suppress: 2 }),
};

let core: Core;
beforeAll(async () => {
  core = await loadCore();
});

const probe = (name: string): string => join(installRoot(), 'test/deploy/library_probe', name);

/** Flags of a probe for one library. */
function probeFlags({ manifest: { sensor } }: SenseSample, name: string): string[] {
  const way = sensor === 'audio' ? ['-DPROBE_SOUND'] : sensor === 'camera' ? ['-DPROBE_PICTURE'] : [];
  return [...way, '-include', `${name}.h`];
}

describeWith(needsCommands('g++'), 'exported libraries on this computer', () => {
  let programs: LibraryPrograms;
  beforeAll(() => {
    programs = new LibraryPrograms();
  });
  afterAll(() => {
    programs.close();
  });

  it.each(Object.keys(samples))('answer to the bit as the app does: %s', { timeout: 240_000 }, async (sense) => {
    const sample = samples[sense](core);
    const { name, files } = libraryFiles(core, sample.image, 'cpp');
    const folder = programs.write(sense.replaceAll(' ', '-'), files);
    const flags = ['-std=gnu++11', '-O1', '-fsanitize=address,undefined', '-fno-sanitize-recover=all'];
    const library = await programs.compile('g++', flags, folder, cppOf(files));
    const golden = await programs.compile('g++', flags, folder, ['examples/golden/main.cpp']);
    const said = await programs.run(await programs.link('g++', flags, [...library, ...golden]));
    expect(said).toContain('the same bits as in Dormouse');
    const asked = await programs.compile('g++', [...flags, ...probeFlags(sample, name)], folder, [probe('native.cpp')]);
    const answers = await programs.run(
      await programs.link('g++', flags, [...library, ...asked]),
      probeJob(sample.manifest, sample.windows),
    );
    expect(probeAnswers(answers)).toEqual(coreAnswers(core, sample.manifest, sample.tflite, sample.windows));
  });
});

const texts = (files: readonly LibraryFile[]): Map<string, string> =>
  new Map(files.map(({ name, bytes }) => [name, new TextDecoder().decode(bytes)]));

describe('an exported library', () => {
  it('holds the blocks and operators of its model, and no others', () => {
    const names = [...texts(libraryFiles(core, samples['motion'](core).image, 'cpp').files).keys()];
    expect(names.filter((name) => /src\/dormouse\/(slot|wire|device)\/.*\.cpp$/.test(name))).toEqual([
      'src/dormouse/device/judge.cpp',
    ]);
    expect(names.filter((name) => name.includes('/operators/') && name.endsWith('.cpp'))).toEqual(
      ['common', 'conv_2d', 'fully_connected', 'pool_2d', 'registry', 'reshape', 'softmax'].map(
        (one) => `src/dormouse/nn/operators/${one}.cpp`,
      ),
    );
    expect(names.filter((name) => /\/dsp\/.*\.cpp$/.test(name))).toEqual(['src/dormouse/dsp/scaling.cpp']);
  });
});

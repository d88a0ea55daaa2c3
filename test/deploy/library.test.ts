/** Exported C++ libraries: what is in them, that they compile without a warning, and that they give the core's bits. */
import { join, posix } from 'node:path';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installRoot } from '../../src/base';
import { loadCore, type Core } from '../../src/core';
import { arduinoZip, buildImage, goldenVectors, libraryFiles, type LibraryFile } from '../../src/deploy';
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

/** Other ways and heads, of which the stored window is proof enough. */
const furtherSamples: Readonly<Record<string, (core: Core) => SenseSample>> = {
  'sound in whole windows': (core) => soundSample(core, 5, live, 1000),
  'a mixture alone': (core) => normalSample(core, 6, 'mixture', false, live),
  'an autoencoder': (core) => normalSample(core, 7, 'reconstruction', false, live),
};

describeWith(needsCommands('clang++'), 'exported libraries by another compiler', () => {
  it.each(Object.keys(furtherSamples))('answer the stored window: %s', { timeout: 240_000 }, async (sense) => {
    const programs = new LibraryPrograms();
    try {
      const { files } = libraryFiles(core, furtherSamples[sense](core).image, 'cpp');
      const folder = programs.write('library', files);
      const flags = ['-std=gnu++17', '-Os'];
      const sources = [...cppOf(files), 'examples/golden/main.cpp'];
      const program = await programs.link('clang++', flags, await programs.compile('clang++', flags, folder, sources));
      expect(await programs.run(program)).toContain('the same bits as in Dormouse');
    } finally {
      programs.close();
    }
  });
});

/** As the boards' Arduino cores compile. */
const dialects = {
  'XIAO nRF52840 Sense': [
    ...['-std=gnu++11', '-Ofast', '-mcpu=cortex-m4', '-mfloat-abi=hard', '-mfpu=fpv4-sp-d16'],
    ...['-fno-threadsafe-statics'],
  ],
  'Nano 33 BLE Sense': [
    ...['-std=gnu++14', '-Os', '-funsigned-char', '-mcpu=cortex-m4', '-mfloat-abi=softfp', '-mfpu=fpv4-sp-d16'],
  ],
  'Raspberry Pi Pico': ['-std=gnu++17', '-Os', '-mcpu=cortex-m0plus', '-mfloat-abi=soft'],
} as const;
const bareFlags = ['-mthumb', '-fno-exceptions', '-fno-rtti', '-ffunction-sections', '-fdata-sections'];
const boards: readonly (readonly [keyof typeof dialects, keyof typeof samples])[] = [
  ['XIAO nRF52840 Sense', 'motion'],
  ['XIAO nRF52840 Sense', 'clusters beside a classifier'],
  ['Nano 33 BLE Sense', 'sound'],
  ['Raspberry Pi Pico', 'objects'],
];

describeWith(needsCommands('arm-none-eabi-g++', 'qemu-system-arm'), 'exported libraries on Arm', () => {
  let programs: LibraryPrograms;
  beforeAll(() => {
    programs = new LibraryPrograms();
  });
  afterAll(() => {
    programs.close();
  });

  it.each(boards)('answer to the bit as the app does: %s, %s', { timeout: 240_000 }, async (board, sense) => {
    const sample = samples[sense](core);
    const { name, files } = libraryFiles(core, sample.image, 'cpp');
    const folder = programs.write(`${board}-${sense}`.replaceAll(' ', '-'), files);
    const flags = [...dialects[board], ...bareFlags];
    const arm = join(installRoot(), 'test/firmware/arm');
    const own = [...flags, ...probeFlags(sample, name), `-I${arm}`];
    const objects = [
      ...(await programs.compile('arm-none-eabi-g++', flags, folder, cppOf(files))),
      ...(await programs.compile('arm-none-eabi-g++', own, folder, [probe('arm.cpp'), join(arm, 'bare.cpp')])),
    ];
    const linking = ['-nostartfiles', '-nostdlib', '-Wl,--gc-sections', '-T', join(arm, 'bare.ld')];
    const program = await programs.link('arm-none-eabi-g++', [...flags, ...linking], [...objects, '-lgcc']);
    const answers = await programs.runOnArm(program, probeJob(sample.manifest, sample.windows));
    expect(probeAnswers(answers)).toEqual(coreAnswers(core, sample.manifest, sample.tflite, sample.windows));
  });
});

const texts = (files: readonly LibraryFile[]): Map<string, string> =>
  new Map(files.map(({ name, bytes }) => [name, new TextDecoder().decode(bytes)]));

describe('an exported library', () => {
  it('holds the blocks and kernels of its model, and no others', () => {
    const names = [...texts(libraryFiles(core, samples['motion'](core).image, 'cpp').files).keys()];
    expect(names.filter((name) => /src\/dormouse\/(slot|wire|device)\/.*\.cpp$/.test(name))).toEqual([
      'src/dormouse/device/judge.cpp',
    ]);
    // Kernels without what would load a model: the calls are in network.cpp.
    expect(names.filter((name) => name.includes('/nn/') && name.endsWith('.cpp'))).toEqual(
      [
        'conv',
        'exponential',
        'fully_connected',
        'gemm',
        'gemm_arm_dsp',
        'gemm_arm_small',
        'pool',
        'softmax',
        'window',
      ].map((one) => `src/dormouse/nn/kernels/${one}.cpp`),
    );
    expect(names.filter((name) => /\/dsp\/.*\.cpp$/.test(name))).toEqual(['src/dormouse/dsp/scaling.cpp']);
  });
});

describe('an Arduino library', () => {
  const zipped = (sense: string): { name: string; texts: Map<string, string>; names: string[] } => {
    const files = unzipSync(arduinoZip(core, samples[sense](core).image));
    const names = Object.keys(files);
    const [name] = names[0].split('/');
    return { name, names, texts: new Map(names.map((path) => [path, new TextDecoder().decode(files[path])])) };
  };

  it.each(Object.keys(samples))('is laid out as the Arduino library specification says: %s', (sense) => {
    const { name, names, texts } = zipped(sense);
    expect(name).toMatch(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$/);
    expect(names.every((path) => path.startsWith(`${name}/`))).toBe(true);
    const lines = (texts.get(`${name}/library.properties`) ?? '').trim().split('\n');
    const fields = new Map(lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
    for (const field of ['name', 'version', 'author', 'maintainer', 'sentence', 'paragraph', 'category', 'url'])
      expect(fields.get(field), field).toMatch(/\S/);
    expect(fields.get('name')).toBe(name);
    expect(fields.get('version')).toMatch(/^\d+\.\d+\.\d+$/);
    expect(fields.get('category')).toBe('Data Processing');
    expect(fields.get('architectures')).toBe('*');
    expect(names).toContain(`${name}/src/${fields.get('includes') ?? ''}`);
    for (const path of ['README.md', 'LICENSE', 'keywords.txt']) expect(names).toContain(`${name}/${path}`);
    // A sketch has its folder's name; a library must not bring a main() or a second root for sources.
    const sketches = names.filter((path) => path.endsWith('.ino'));
    expect(sketches.length).toBeGreaterThan(1);
    for (const path of sketches) expect(path).toMatch(new RegExp(`^${name}/examples/(\\w+)/\\1\\.ino$`));
    expect(names.filter((path) => path.endsWith('.cpp') && !path.startsWith(`${name}/src/`))).toEqual([]);
    for (const line of (texts.get(`${name}/keywords.txt`) ?? '').trim().split('\n'))
      expect(line).toMatch(/^\w+\t(KEYWORD1|KEYWORD2|LITERAL1)$/);
    // Includes lead to files that are there (some of the library's own stand behind a switch: the compiler looks there).
    for (const [path, text] of [...texts].filter(([one]) => !one.includes('/library/')))
      for (const [, included] of text.matchAll(/^#include "([^"]+)"/gm))
        expect(names, `${path}: ${included}`).toContain(posix.join(posix.dirname(path), included));
  });

  it.each([
    [
      'motion',
      ['ESP32_MPU6050', 'Nano33BLESense_Rev1', 'Nano33BLESense_Rev2', 'Nicla_Vision_Motion', 'Pico_MPU6050'],
      ['XIAO_nRF52840_Sense'],
    ],
    [
      'sound',
      ['ESP32_INMP441_Microphone', 'Nano33BLESense_Microphone', 'Nicla_Vision_Microphone', 'Pico_Analog_Microphone'],
      ['Portenta_H7_Microphone', 'XIAO_ESP32S3_Sense_Microphone', 'XIAO_nRF52840_Sense_Microphone'],
    ],
    ['objects', ['ESP32_CAM', 'Nicla_Vision_Camera', 'Portenta_H7_Vision_Shield'], ['XIAO_ESP32S3_Sense_Camera']],
  ])('has a sketch for every board with its sensor: %s', (sense, some, more) => {
    const sketches = zipped(sense).names.flatMap((path) => /\/(\w+)\.ino$/.exec(path)?.[1] ?? []);
    expect(sketches.sort()).toEqual(['Golden', ...some, ...more].sort());
  });

  it('says values in the units that were learned', () => {
    const { name, texts } = zipped('motion');
    const sketch = texts.get(`${name}/examples/XIAO_nRF52840_Sense/XIAO_nRF52840_Sense.ino`);
    expect(sketch).toContain('{ax * 9.80665f, ay * 9.80665f, az * 9.80665f}');
    expect(sketch).not.toContain('#error');
  });

  it('is the same bytes for the same model', () => {
    const { image } = samples['motion'](core);
    expect(arduinoZip(core, image)).toEqual(arduinoZip(core, image));
  });
});

describe('names and texts of people', () => {
  it.each([
    ['Zauberstab für Kinder', 'Zauberstab_fu_r_Kinder_model'],
    ['../../etc', 'etc_model'],
    ['手', 'Project_model'],
    ['9 lives', 'Project_9_lives_model'],
  ])('make a name of %s', (given, name) => {
    const sample = motionSample(core, 1);
    const manifest = { ...sample.manifest, name: given, labels: ['a"b\\', '*/ é??/', 'line\nend'] };
    const image = buildImage(manifest, sample.tflite, []);
    const library = libraryFiles(core, image, 'cpp');
    expect(library.name).toBe(name);
    const data = texts(library.files).get('src/dormouse/library/model_data.cpp');
    expect(data).toContain('"a\\042b\\134"');
    expect(data).toContain('"*/ \\303\\251\\077\\077/"');
    expect(data).toContain('"line\\012end"');
  });
});

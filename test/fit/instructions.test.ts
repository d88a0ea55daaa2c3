/**
 * The latency estimate against instructions counted in an emulator: the core's engine, compiled for Cortex-M4F and
 * Cortex-M0+, runs whole models. Fails when the engine has become faster or slower than the cost table says.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { installRoot, Random } from '../../src/base';
import { quantiseModel, readTflite } from '../../src/compress';
import { modelInstructions } from '../../src/fit/costs';
import { buildModel, initialWeights } from '../../src/model';
import { dataFolder, describeWith, needsCommands } from '../support/needs';

const here = join(import.meta.dirname, 'instructions');
const source = join(installRoot(), 'firmware', 'dormouse', 'src');

const cores = [
  {
    core: 'cortex-m4f',
    machine: 'mps2-an386',
    flags: ['-mcpu=cortex-m4', '-mthumb', '-mfloat-abi=hard', '-mfpu=fpv4-sp-d16', '-DHAS_FPU'],
  },
  // ARMv6-M is a part of ARMv7-M: the Cortex-M3 of this machine executes the same instructions.
  { core: 'cortex-m0plus', machine: 'mps2-an385', flags: ['-mcpu=cortex-m0plus', '-mthumb', '-mfloat-abi=soft'] },
] as const;

function zooModel(kind: 'dense' | 'conv1d', inputShape: number[]): Uint8Array {
  const spec = buildModel({ kind, size: 'medium', inputShape, classes: 4 });
  const random = new Random(3);
  const width = inputShape.reduce((a, b) => a * b, 1);
  const calibration = Float32Array.from({ length: 8 * width }, () => random.normal());
  return quantiseModel(spec, initialWeights(spec, 3), { calibration, calibrationCount: 8 }).tflite;
}

describeWith(needsCommands('arm-none-eabi-g++', 'qemu-system-arm'), 'the estimated instructions', () => {
  let folder = '';
  const models: [string, Uint8Array][] = [
    ['conv1d medium', zooModel('conv1d', [75, 3])],
    ['dense medium', zooModel('dense', [33])],
  ];
  const keywords = dataFolder('models', 'mlperf_tiny', 'keyword_spotting__kws_ref_model.tflite');
  if (existsSync(keywords)) models.push(['keyword spotting', readFileSync(keywords)]);

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'dormouse-count-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const gcc = (...parameters: string[]): unknown => execFileSync('arm-none-eabi-g++', parameters, { stdio: 'pipe' });

  it.each(cores)('are within a third of what the engine executes on a $core', ({ core, machine, flags }) => {
    const sources = ['nn', 'math'].flatMap((part) =>
      readdirSync(join(source, part), { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.cpp'))
        .map((name) => join(source, part, name)),
    );
    // One translation unit would change what is inlined; the sketch compiles file by file.
    const common = [
      ...flags,
      '-std=c++11',
      '-O2',
      '-ffunction-sections',
      '-fno-exceptions',
      '-fno-rtti',
      '-fno-threadsafe-statics',
      `-I${source}`,
    ];
    const objects = [...sources, join(here, 'main.cpp')].map((file, i) => {
      const object = join(folder, `${core}-${i}.o`);
      gcc(...common, '-c', file, '-o', object);
      return object;
    });
    for (const [name, tflite] of models) {
      const modelFile = join(folder, 'model.tflite');
      const image = join(folder, 'image.elf');
      writeFileSync(modelFile, tflite);
      gcc(
        ...flags,
        `-DMODEL="${modelFile}"`,
        '-x',
        'assembler-with-cpp',
        '-c',
        join(here, 'model.S'),
        '-o',
        join(folder, 'model.o'),
      );
      gcc(
        ...flags,
        '-nostartfiles',
        '-Wl,--gc-sections',
        '--specs=nano.specs',
        '-T',
        join(here, 'link.ld'),
        ...objects,
        join(folder, 'model.o'),
        '-o',
        image,
      );
      const printed = execFileSync(
        'sh',
        [
          '-c',
          `timeout 60 qemu-system-arm -M ${machine} -nographic -monitor none -serial none -semihosting-config enable=on,target=native -icount shift=0 -kernel ${image} 2>&1`,
        ],
        { encoding: 'utf8' },
      );
      const counted = [...printed.matchAll(/^\w+ (\d+)$/gm)].reduce((sum, match) => sum + Number(match[1]), 0);
      const estimated = modelInstructions(readTflite(tflite), core);
      console.log(`${name} on ${core}: ${counted} instructions counted, ${Math.round(estimated)} estimated`);
      expect(estimated / counted, `${name}: ${printed.slice(0, 200)}`).toBeGreaterThan(2 / 3);
      expect(estimated / counted, name).toBeLessThan(4 / 3);
    }
  });
});

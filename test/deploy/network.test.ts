/** Networks exported without an interpreter give the app's bits: single operators and published models, on each processor. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { installRoot } from '../../src/base';
import { loadCore, type Core } from '../../src/core';
import { fnv1a32, goldenInput, goldenModels, readGolden } from '../support/goldens';
import { dataFolder, describeWith, needsCommands, needsPython } from '../support/needs';
import { appHashes, networkHashes, rowsFor, type NetworkCase, type NetworkTarget } from '../support/networks';

let core: Core;
beforeAll(async () => {
  core = await loadCore();
});

/** One model of each operator; damaged ones are left to the fuzzers. */
function operatorCases(): NetworkCase[] {
  const folder = join(installRoot(), 'test/firmware/corpus');
  const names = readdirSync(folder).filter((name) => name.endsWith('.tflite') && !name.startsWith('damaged'));
  return names.sort().map((name) => {
    const tflite = new Uint8Array(readFileSync(join(folder, name)));
    const model = core.openModel(tflite);
    const rows = rowsFor(model, 3);
    model.close();
    return { name, tflite, rows };
  });
}

function publishedCases(wanted: readonly string[]): NetworkCase[] {
  return goldenModels
    .filter(([name]) => wanted.includes(name))
    .map(([name, file]) => {
      const golden = readGolden(name);
      const width = golden.input.shape.reduce((a, b) => a * b, 1);
      const rows = golden.cases.map(
        ({ rule }) => new Uint8Array(goldenInput(rule, width, golden.input.zero_point).buffer),
      );
      return { name, tflite: new Uint8Array(readFileSync(dataFolder('models', file))), rows };
    });
}

const bare = ['-mthumb', '-ffunction-sections', '-fdata-sections', '-fno-exceptions', '-fno-rtti'];
const targets: Readonly<Record<string, NetworkTarget & { readonly published: readonly string[] }>> = {
  'this computer, with sanitizers': {
    compiler: 'g++',
    flags: ['-std=c++11', '-O1', '-fsanitize=address,undefined', '-fno-sanitize-recover=all'],
    arm: false,
    published: goldenModels.map(([name]) => name),
  },
  'Cortex-M4F': {
    compiler: 'arm-none-eabi-g++',
    flags: [
      ...['-std=gnu++14', '-O2', '-funsigned-char', '-mcpu=cortex-m4', '-mfloat-abi=hard', '-mfpu=fpv4-sp-d16'],
      ...bare,
    ],
    arm: true,
    published: ['kws', 'micro_speech', 'hello'],
  },
  'Cortex-M0+': {
    compiler: 'arm-none-eabi-g++',
    flags: ['-std=gnu++17', '-Os', '-mcpu=cortex-m0plus', '-mfloat-abi=soft', ...bare],
    arm: true,
    published: ['kws', 'hello'],
  },
};

describeWith(needsCommands('g++', 'arm-none-eabi-g++', 'qemu-system-arm'), 'a network without an interpreter', () => {
  it.each(Object.keys(targets))('answers as the app does, on %s', { timeout: 240_000 }, async (on) => {
    const target = targets[on];
    const published = existsSync(dataFolder('models', 'golden')) ? publishedCases(target.published) : [];
    const cases = [...operatorCases(), ...published];
    const hashes = await networkHashes(core, cases, target);
    expect(hashes.map((each, i) => [cases[i].name, ...each])).toEqual(
      cases.map((each) => [each.name, ...appHashes(core, each)]),
    );
  });
});

const count = Number(process.env['DORMOUSE_NETWORK_MODELS'] ?? 300);

describeWith(needsPython('tflite_micro', 'numpy'), 'networks of one random operator, without an interpreter', () => {
  it(`answer as TensorFlow Lite Micro: ${count} models`, { timeout: 240_000 }, async (context) => {
    const need = needsCommands('g++');
    if (!need.met) context.skip(need.reason);
    const folder = mkdtempSync(join(tmpdir(), 'dormouse-networks-'));
    try {
      execFileSync('python3', [join(installRoot(), 'test/core/operators.py'), folder, '23', String(count)]);
      const read = (index: number, kind: string): Uint8Array =>
        new Uint8Array(readFileSync(join(folder, `${index}.${kind}`)));
      const halves = (bytes: Uint8Array): Uint8Array[] => [
        bytes.slice(0, bytes.length / 2),
        bytes.slice(bytes.length / 2),
      ];
      const cases = Array.from({ length: count }, (_, i) => ({
        name: String(i),
        tflite: read(i, 'tflite'),
        rows: halves(read(i, 'in')),
      }));
      const hashes = await networkHashes(core, cases, targets['this computer, with sanitizers']);
      expect(hashes).toEqual(cases.map((_, i) => halves(read(i, 'out')).map(fnv1a32)));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

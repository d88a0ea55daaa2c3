/**
 * The Arduino sketch, as far as it can be checked without an Arduino core: what it includes, that its board files say
 * what the board profiles say, and that the portable core compiles under every dialect and set of flags that the boards'
 * cores pass. Whether the board files themselves compile is only known from the real cores: firmware/README.md.
 */
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installRoot } from '../../src/base';
import { boardById, boards, type BoardFamily } from '../../src/boards';
import { cppFiles, NativeTests } from '../support/native';
import { describeWith, needsCommands } from '../support/needs';

const run = promisify(execFile);
const root = installRoot();
const sketch = join(root, 'firmware/dormouse');
const core = 'firmware/dormouse/src';

const read = (path: string): string => readFileSync(path, 'utf8');

function filesUnder(folder: string, ...endings: string[]): string[] {
  return readdirSync(folder, { recursive: true })
    .map((name) => join(folder, String(name)))
    .filter((path) => endings.some((ending) => path.endsWith(ending)))
    .sort();
}

interface Includes {
  readonly quoted: string[];
  readonly angled: string[];
}

function includesOf(path: string): Includes {
  const quoted: string[] = [];
  const angled: string[] = [];
  for (const [, quote, name] of read(path).matchAll(/^\s*#\s*include\s*(["<])([^">]+)/gm)) {
    (quote === '"' ? quoted : angled).push(name ?? '');
  }
  return { quoted, angled };
}

/** `static const uint32_t kName = 256 * 1024;` or hexadecimal, or `kName = 4096` in an enum. */
function constant(text: string, name: string): number {
  const found = new RegExp(`\\b${name} = (0x[0-9a-f]+|\\d+)(?: \\* (\\d+))?(?:[;,]| \\})`).exec(text);
  if (!found) throw new Error(`no constant ${name}`);
  return Number(found[1]) * Number(found[2] ?? 1);
}

const boardFiles = readdirSync(sketch).filter((name) => /^board_.*\.cpp$/.test(name));
const profiled = boardFiles
  .map((name) => ({ name, text: read(join(sketch, name)) }))
  .filter(({ text }) => text.includes('kBoardId'))
  .map(({ name, text }) => ({ name, text, id: /kBoardId\[\] = "([^"]+)"/.exec(text)?.[1] ?? '' }));

describe('the sketch’s includes', () => {
  const own = readdirSync(sketch)
    .filter((name) => /\.(cpp|h|ino)$/.test(name))
    .map((name) => join(sketch, name));
  const portable = filesUnder(join(root, core), '.cpp', '.h');

  it('finds each quoted file beside the one that names it, or below src/', () => {
    for (const path of [...own, ...portable]) {
      for (const name of includesOf(path).quoted) {
        const target = join(dirname(path), name);
        expect(existsSync(target), `${relative(root, path)} includes ${name}`).toBe(true);
        expect(relative(sketch, target).startsWith('..'), `${relative(root, path)} leaves the sketch`).toBe(false);
      }
    }
  });

  it('keeps Arduino, and everything else but three C headers, out of the portable core', () => {
    const outside = portable.flatMap((path) =>
      includesOf(path)
        .angled.filter((name) => !['stdint.h', 'stddef.h', 'string.h'].includes(name))
        .map((name) => `${relative(root, path)}: ${name}`),
    );
    // The one header for host builds stands behind DORMOUSE_HOST.
    expect(outside.filter((line) => !line.startsWith(`${core}/wire/check.h: `))).toEqual([]);
    expect(read(join(root, core, 'wire/check.h'))).toMatch(/#if(def)? .*DORMOUSE_HOST/);
  });

  it('includes board.h before any header of Arduino’s', () => {
    for (const path of own.filter((name) => name.endsWith('.cpp'))) {
      const order = [...read(path).matchAll(/#include\s*(["<][^">]+)/g)].map((match) => match[1] ?? '');
      const arduino = order.findIndex((name) => name.startsWith('<') && !/^<(stdint|string)\.h/.test(name));
      const late = order.findIndex((name, at) => arduino >= 0 && at > arduino && name.startsWith('"'));
      expect(late, `${basename(path)} includes ${order[late] ?? ''} after Arduino’s`).toBe(-1);
    }
  });
});

/** Where the geometry of each family's flash stands, and where its flash begins among the addresses. */
const chipFile: Partial<Record<BoardFamily, string>> = {
  nrf52840: 'nrf52840.h',
  rp2040: 'pico_core.h',
  stm32h7: 'stm32h7.h',
  esp32: 'esp32.h',
  esp32s3: 'esp32.h',
};
const flashStart: Partial<Record<BoardFamily, number>> = { nrf52840: 0, rp2040: 0x10000000, stm32h7: 0x8000000 };

describe('the board files', () => {
  it('are there for each board that has a profile, each once', () => {
    const real = boards.filter((board) => board.family !== 'simulated');
    expect(profiled.map(({ id }) => id).sort()).toEqual(real.map(({ id }) => id).sort());
  });

  it('are all named in the refusal of other boards, and nothing else is', () => {
    const refusal = /^#if (!defined.*)$/m.exec(read(join(sketch, 'board.h')).replaceAll('\\\n', ' '))?.[1] ?? '';
    const named = [...refusal.matchAll(/ARDUINO_\w+/g)].map(([macro]) => macro).sort();
    const guarded = profiled.map(({ text }) => /^#if defined\((ARDUINO_\w+)\)/m.exec(text)?.[1] ?? '').sort();
    expect(named).toEqual(guarded);
  });

  it.each(profiled.map((file) => [file.name, file] as const))('%s says what its profile says', (_, { id, text }) => {
    const profile = boardById(id);
    expect(profile).toBeDefined();
    if (!profile) return;
    const chip = text + read(join(sketch, chipFile[profile.family] ?? ''));
    const slots = constant(chip, 'kSlotBytes');
    const page = constant(chip, 'kEraseUnit');
    expect(/kMcu\[\] = "([^"]+)"/.exec(text)?.[1]).toBe(profile.mcu);
    expect(slots).toBe(profile.slotBytes);
    expect(page).toBe(profile.flashEraseUnit);
    expect(constant(chip, 'kWriteUnit')).toBe(profile.flashWriteUnit);
    expect(slots % page).toBe(0);
    // An ESP32's slots lie wherever its partition table has room for data.
    const start = flashStart[profile.family];
    if (start !== undefined) {
      const end = constant(chip, 'kFlashEnd') - start;
      expect(end).toBeLessThanOrEqual(profile.flashBytes);
      expect(end % page).toBe(0);
      // At least a quarter of a megabyte is left for the sketch below the slots.
      expect(end - 2 * slots).toBeGreaterThanOrEqual(0x40000);
    }
    // What HELLO will say is what the fit promises.
    expect(constant(text, 'kModelRam')).toBe(profile.freeRamBytes);
  });

  it('are described in firmware/README.md', () => {
    const readme = read(join(root, 'firmware/README.md'));
    for (const { id, text } of profiled) {
      expect(readme).toContain(boards.find((board) => board.id === id)?.name);
      expect(readme).toContain(`${String(constant(text, 'kModelRam') / 1024)} KB`);
    }
  });
});

describeWith(needsCommands('g++'), 'the filter of a PDM microphone', () => {
  it('gives back what a modulator was told, no louder at one pitch than at another, and little else', async () => {
    const native = new NativeTests();
    try {
      const sources = [join(sketch, 'pdm_filter.cpp'), 'test/firmware/pdm_test.cpp'];
      expect(await native.run(await native.build('pdm_test', sources))).toBe('ok\n');
    } finally {
      native.close();
    }
  });
});

describeWith(needsCommands('g++'), 'the motion chips’ drivers', () => {
  it('read whole frames in order, at the right moments, from chips that keep their data sheets’ rules', async () => {
    const native = new NativeTests();
    try {
      const chips = ['imu_lsm6ds3.cpp', 'imu_lsm9ds1.cpp', 'imu_lsm6dsox.cpp', 'imu_mpu6050.cpp'];
      const parts = ['imu.cpp', ...chips, 'motion_sensor.cpp', 'src/capture/ring.cpp'];
      const sources = [...parts.map((part) => join(sketch, part)), 'test/firmware/imu_test.cpp'];
      expect(await native.run(await native.build('imu_test', sources))).toBe('ok\n');
    } finally {
      native.close();
    }
  });
});

const dialects: readonly (readonly [string, string[]])[] = [
  // Seeed nRF52 core 1.1.8: platform.txt.
  [
    'XIAO nRF52840 Sense: C++11, -Ofast',
    ['-std=gnu++11', '-Ofast', '-mcpu=cortex-m4', '-mfloat-abi=hard', '-mfpu=fpv4-sp-d16', '-fno-threadsafe-statics'],
  ],
  // ArduinoCore-mbed 4.6.0: variants/ARDUINO_NANO33BLE/cxxflags.txt.
  [
    'Nano 33 BLE Sense: C++14, -Os, unsigned char',
    ['-std=gnu++14', '-Os', '-funsigned-char', '-mcpu=cortex-m4', '-mfloat-abi=softfp', '-mfpu=fpv4-sp-d16'],
  ],
  // arduino-pico 5.x for the Raspberry Pi Pico.
  ['Raspberry Pi Pico: C++17, Cortex-M0+', ['-std=gnu++17', '-Os', '-mcpu=cortex-m0plus', '-mfloat-abi=soft']],
];
const common = ['-mthumb', '-fno-exceptions', '-fno-rtti', '-ffunction-sections', '-fdata-sections', '-nostdlib'];
const strict = ['-Wall', '-Wextra', '-Wconversion', '-Wshadow', '-Werror'];

describeWith(needsCommands('arm-none-eabi-g++', 'arm-none-eabi-objdump'), 'the portable core for Arm', () => {
  let work: string;
  beforeAll(() => {
    work = mkdtempSync(join(tmpdir(), 'dormouse-sketch-'));
  });
  afterAll(() => {
    rmSync(work, { recursive: true, force: true });
  });

  async function compileAll(flags: readonly string[], folder: string): Promise<string[]> {
    const waiting = cppFiles(core).map((source, at) => ({ source, object: join(folder, `${String(at)}.o`) }));
    const objects = waiting.map(({ object }) => object);
    const worker = async (): Promise<void> => {
      for (let next = waiting.pop(); next; next = waiting.pop()) {
        const args = [...flags, ...common, ...strict, '-c', next.source, '-o', next.object];
        await run('arm-none-eabi-g++', args, { cwd: root });
      }
    };
    await Promise.all(Array.from({ length: Math.min(4, cpus().length) }, worker));
    return objects;
  }

  it.each(dialects)('compiles without a warning: %s', async (_, flags) => {
    const folder = mkdtempSync(join(work, 'objects-'));
    const objects = await compileAll(flags, folder);
    expect(objects.length).toBeGreaterThan(40);
    const code = await Promise.all(
      objects.map(
        async (object) => (await run('arm-none-eabi-objdump', ['-d', object], { maxBuffer: 1 << 26 })).stdout,
      ),
    );
    // One rounding where the app has two would change features: allowed only in the text lines for people.
    const fused = cppFiles(core).filter((_source, at) => /\bvfn?m[as]\b/.test(code[at] ?? ''));
    expect(fused.filter((source) => !source.endsWith('device/text_line.cpp'))).toEqual([]);
  });

  it('would notice a fused multiply-add', async () => {
    const source = join(work, 'fused.cpp');
    writeFileSync(source, 'float fused(float a, float b, float c) { return a * b + c; }\n');
    const object = join(work, 'fused.o');
    await run('arm-none-eabi-g++', [...(dialects[0]?.[1] ?? []), '-mthumb', '-c', source, '-o', object]);
    expect((await run('arm-none-eabi-objdump', ['-d', object])).stdout).toMatch(/\bvfn?m[as]\b/);
  });

  it('defends its arithmetic wherever a result is promised to the bit', () => {
    for (const source of cppFiles(`${core}/dsp`, `${core}/math`, `${core}/nn/kernels`)) {
      // Tables hold numbers and compute nothing.
      if (!/\bfloat\b/.test(read(join(root, source))) || source.endsWith('_tables.cpp')) continue;
      expect(includesOf(join(root, source)).quoted[0], source).toMatch(/exact\.h$/);
    }
    for (const source of ['device/judge.cpp', 'anomaly/anomaly.cpp'])
      expect(includesOf(join(root, core, source)).quoted[0], source).toMatch(/exact\.h$/);
  });
});

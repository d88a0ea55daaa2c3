/** What an exported network takes of a Cortex-M's flash and RAM, as gcc links it. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { installRoot } from '../../src/base';
import type { Core } from '../../src/core';
import { networkFiles } from '../../src/deploy';
import type { ArmCore } from './arm-programs';
import { cppOf, LibraryPrograms } from './library-programs';

const cores: Readonly<Record<ArmCore, readonly string[]>> = {
  'cortex-m4f': ['-mcpu=cortex-m4', '-mfloat-abi=hard', '-mfpu=fpv4-sp-d16'],
  'cortex-m0plus': ['-mcpu=cortex-m0plus', '-mfloat-abi=soft'],
};
const common = ['-std=gnu++11', '-mthumb', '-ffunction-sections', '-fdata-sections', '-fno-exceptions', '-fno-rtti'];
const linking = ['-nostartfiles', '--specs=nano.specs', '--specs=nosys.specs', '-Wl,--gc-sections', '-Wl,-e,start'];

/** Flash: code, parameters and weights; RAM: tensors and whatever else is static. */
export async function networkSize(
  core: Core,
  tflite: Uint8Array,
  arm: ArmCore,
  level: string,
): Promise<{ readonly flashBytes: number; readonly ramBytes: number }> {
  const programs = new LibraryPrograms();
  const size = async (objects: readonly string[]): Promise<number[]> => {
    const program = await programs.link('arm-none-eabi-g++', [...cores[arm], ...common, ...linking], objects);
    const { stdout } = await promisify(execFile)('arm-none-eabi-size', [program]);
    return stdout.trim().split('\n')[1].trim().split(/\s+/).map(Number);
  };
  try {
    const { files } = networkFiles(core, tflite);
    const folder = programs.write('network', files);
    const flags = [...cores[arm], ...common, level];
    const main = [join(installRoot(), 'test/deploy/network_probe/size.cpp')];
    const kernels = await programs.compile('arm-none-eabi-g++', flags, folder, cppOf(files));
    const caller = await programs.compile('arm-none-eabi-g++', [...flags, '-DWITH_NETWORK'], folder, main);
    const nothing = await programs.compile('arm-none-eabi-g++', flags, folder, main);
    const [text, data, bss] = await size([...kernels, ...caller]);
    const [emptyText, emptyData, emptyBss] = await size(nothing);
    return { flashBytes: text + data - emptyText - emptyData, ramBytes: data + bss - emptyData - emptyBss };
  } finally {
    programs.close();
  }
}

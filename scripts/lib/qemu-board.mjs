/**
 * The whole device as an image for a Cortex-M4F (firmware/sim/qemu), built with gcc and run in QEMU, its UART a
 * pseudo-terminal that any program opens as a board's serial port. Knows nothing of who talks to it.
 */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

const flags = [
  ...['-mcpu=cortex-m4', '-mthumb', '-mfloat-abi=hard', '-mfpu=fpv4-sp-d16', '-std=gnu++11', '-O2'],
  ...['-ffunction-sections', '-fdata-sections', '-fno-exceptions', '-fno-rtti', '-fno-threadsafe-statics'],
  ...['-Wall', '-Wextra', '-Wconversion', '-Werror', '-Ifirmware/dormouse/src', '-Ifirmware/sim'],
];
const gcc = (parameters) => run('arm-none-eabi-g++', [...flags, ...parameters], { cwd: root });

const cppFiles = (folder) =>
  readdirSync(join(root, folder), { recursive: true })
    .map(String)
    .filter((name) => name.endsWith('.cpp'))
    .map((name) => join(folder, name));

const boardProgram = 'firmware/sim/qemu/board.cpp';

/**
 * Compiles into `folder`; `programs` are files with a program() each. Returns the images' paths.
 */
export async function buildQemuImages(folder, programs) {
  mkdirSync(folder, { recursive: true });
  const machine = ['firmware/sim/qemu/machine.cpp', 'firmware/sim/qemu/tape.cpp'];
  const board = ['firmware/sim/board/sim_board.cpp', 'firmware/sim/board/sim_flash.cpp'];
  const sources = [...cppFiles('firmware/dormouse/src'), ...board, ...machine, ...programs];
  const objectOf = (source) => join(folder, `${source.replaceAll(/[\\/]/g, '_')}.o`);
  let next = 0;
  const worker = async () => {
    for (let i = next++; i < sources.length; i = next++) await gcc(['-c', sources[i], '-o', objectOf(sources[i])]);
  };
  await Promise.all([worker(), worker()]);
  const shared = sources.slice(0, sources.length - programs.length).map(objectOf);
  const link = ['-nostartfiles', '--specs=nano.specs', '-Wl,--gc-sections', '-T', 'firmware/sim/qemu/mps2.ld'];
  return Promise.all(
    programs.map(async (program) => {
      const image = join(folder, `${basename(program, '.cpp')}.elf`);
      await gcc([...link, ...shared, objectOf(program), `-Wl,-Map=${image}.map`, '-o', image]);
      return image;
    }),
  );
}

/**
 * Bytes that the device's own code (firmware/dormouse/src) takes in an image, by its linker map: code and constants in
 * flash, variables in RAM. The device itself and its memory are not among them: a board's file makes them.
 */
export function coreBytes(image) {
  const bytes = { flash: 0, ram: 0 };
  const map = readFileSync(`${image}.map`, 'utf8');
  // Each piece of an object: section, address, size, file. What the linker dropped stands before the memory map.
  const placed = map.slice(map.indexOf('Linker script and memory map'));
  for (const [, section, , size, file] of placed.matchAll(/^ (\.\S+)\s+(0x\w+)\s+(0x\w+) (\S+)$/gm)) {
    if (!basename(file).startsWith('firmware_dormouse_src_')) continue;
    if (/^\.(text|rodata|init_array|data)/.test(section)) bytes.flash += Number(size);
    if (/^\.(data|bss)/.test(section)) bytes.ram += Number(size);
  }
  return bytes;
}

/** The image of the device itself. */
export const buildQemuBoard = async (folder) => (await buildQemuImages(folder, [boardProgram]))[0];

/** What the sensors are to play, as firmware/sim/qemu/tape.h reads it: `values` are int16 frames or bytes of pictures. */
export function tapeBytes(pieces) {
  const parts = [Buffer.from('TAPE')];
  for (const { sensor, rateHz, frameBytes, values } of pieces) {
    const bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
    const head = Uint32Array.of(sensor, Math.round(rateHz * 1000), bytes.length / frameBytes, frameBytes);
    parts.push(Buffer.from(head.buffer), bytes, Buffer.alloc(-bytes.length & 3));
  }
  parts.push(Buffer.alloc(4, 0xff));
  return new Uint8Array(Buffer.concat(parts));
}

/** Starts QEMU; the port is where `path` (a symlink) points. `tapeFile`: where the tape is put for the emulator. */
export async function startQemuBoard({ image, path, tape, tapeFile }) {
  const parameters = ['-M', 'mps2-an386', '-nographic', '-monitor', 'none', '-serial', 'pty', '-kernel', image];
  if (tape) {
    writeFileSync(tapeFile, tape);
    parameters.push('-device', `loader,file=${tapeFile},addr=0x21000000,force-raw=on`);
  }
  const child = spawn('qemu-system-arm', parameters, { stdio: ['ignore', 'pipe', 'pipe'] });
  const terminal = await new Promise((resolve, reject) => {
    let said = '';
    const listen = (bytes) => {
      said += bytes.toString();
      const found = /char device redirected to (\S+)/.exec(said);
      if (found) resolve(found[1]);
    };
    child.stdout.on('data', listen);
    child.stderr.on('data', listen);
    child.once('error', reject);
    child.once('exit', () => reject(new Error(`QEMU ended and said: ${said}`)));
  });
  if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink()) unlinkSync(path);
  symlinkSync(terminal, path);
  const close = async () => {
    if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink()) unlinkSync(path);
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill();
    await once(child, 'exit');
  };
  return { path, ended: once(child, 'exit'), close };
}

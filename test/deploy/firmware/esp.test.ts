/** A firmware file onto an ESP32, against a strict emulation of the loader in its ROM; and all that can go wrong. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { sketches, type EspBoot } from '../../../src/boards';
import { firmwarePlan, installFirmware, type FirmwareProgress, type FirmwareReport } from '../../../src/deploy';
import { installEsp } from '../../../src/deploy/firmware/esp/install';
import { regionsOf } from '../../../src/deploy/firmware/esp/image';
import { encodeSlip, SlipReader } from '../../../src/deploy/firmware/esp/slip';
import { describePort } from '../../../src/link/serial/ports';
import { cli } from '../../support/cli';
import { describeWith, needsCommands } from '../../support/needs';
import { Computer } from './computer';
import { esp32, esp32c3, esp32s3, RomChip } from './rom-chip';

const bridge = describePort({ path: '/dev/ttyUSB0', vendorId: '10c4', productId: 'ea60', serialNumber: 'B1' });
const xiao = describePort({ path: '/dev/ttyACM0', vendorId: '303a', productId: '1001', serialNumber: 'X1' });
const boot = (board: string): EspBoot => {
  const { esp } = sketches[board];
  if (!esp) throw new Error(`${board} has no ROM loader`);
  return esp;
};
const megabyte = 2 ** 20;

/** A merged file as arduino-esp32 makes it: bootloader, table, program, filled up to the flash's size. */
function merged(chipId: number, bytes = 4 * megabyte, sizeCode = 2): Buffer {
  const file = Buffer.alloc(bytes, 0xff);
  const image = (at: number, length: number, seed: number): void => {
    for (let i = 0; i < length; i++) file[at + i] = (i * 131 + seed + (i >> 8) * 7) & 0xff;
    file.set([0xe9, 4, 2, sizeCode << 4], at);
    file.writeUInt16LE(chipId, at + 12);
  };
  image(chipId === 0 ? 0x1000 : 0, 20_000, 1);
  file.fill(0xaa, 0x8000, 0x8c00);
  image(0x10000, 150_000, 5);
  return file;
}

const fast = { syncMs: 15, commandMs: 120, eraseMsPerMegabyte: 1000, md5MsPerMegabyte: 1000 };
const work = (chip: RomChip, change: Partial<Parameters<typeof installEsp>[0]> = {}) => ({
  line: chip,
  port: bridge,
  file: merged(0),
  offset: 0,
  esp: boot('esp32'),
  byHand: sketches.esp32.byHand,
  onProgress: () => undefined,
  resets: 2,
  times: fast,
  ...change,
});

describe('a merged file', () => {
  it('is written to an ESP32 whole, compared, and the chip restarted into it', async () => {
    const chip = new RomChip(esp32);
    const file = merged(0);
    const seen: FirmwareProgress[] = [];
    await installEsp(work(chip, { file, onProgress: (progress) => seen.push(progress) }));
    for (const { address, bytes } of regionsOf(file, 0))
      expect(chip.flash.subarray(address, address + bytes.length).equals(bytes)).toBe(true);
    // What lies behind it, a model's slot for example, is as it was.
    expect(chip.flash[2 * megabyte]).toBe(0x5a);
    expect(chip.state).toBe('program');
    expect(chip.baud).toBe(460800);
    expect(chip.complaints).toEqual([]);
    const fractions = seen.filter(({ phase }) => phase === 'uploading').map(({ fraction }) => fraction ?? -1);
    expect(fractions.at(-1)).toBe(1);
    expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
    expect(new Set(seen.map(({ phase }) => phase))).toEqual(new Set(['bootloader', 'uploading', 'verifying']));
  });

  it('is written to an ESP32-S3 over its own USB, with its watchdogs quiet', async () => {
    const chip = new RomChip(esp32s3, 8 * megabyte, { ownUsb: true });
    const file = merged(9, 8 * megabyte, 3);
    await installEsp(work(chip, { file, port: xiao, esp: boot('xiao-esp32s3-sense') }));
    expect(chip.flash.subarray(0, 0x1000).equals(file.subarray(0, 0x1000))).toBe(true);
    expect(chip.watchdogsOff).toBe(true);
    expect(chip.baud).toBe(115200);
    expect(chip.complaints).toEqual([]);
    expect(chip.state).toBe('program');
  });

  it('leaves out long runs of blank flash only', () => {
    const file = merged(0);
    const regions = regionsOf(file, 0);
    // From the first sector that says something on; the 16 KB before the program are written, too, as they are blank.
    expect(regions.map(({ address }) => address)).toEqual([0x1000]);
    expect(regions[0]?.bytes.length).toBe(Math.ceil((0x10000 + 150_000 - 0x1000) / 4096) * 4096);
    file[3 * megabyte] = 0;
    expect(regionsOf(file, 0x10000).map(({ address }) => address)).toEqual([0x11000, 3 * megabyte + 0x10000]);
    expect(regionsOf(Buffer.alloc(9000, 0xff), 0)).toEqual([]);
  });
});

describe('a line that is not perfect', () => {
  it('is called until the chip answers, and reset again where it does not', async () => {
    const chip = new RomChip(esp32);
    chip.faults.deafSyncs = 3;
    chip.faults.deafResets = 1;
    await installEsp(work(chip));
    expect(chip.commands.filter((code) => code === 0x08).length).toBeGreaterThan(3);
    expect(chip.state).toBe('program');
  });

  it('is used slowly where it cannot be fast', async () => {
    const chip = new RomChip(esp32);
    chip.faults.fastIsTooFast = true;
    await installEsp(work(chip));
    expect(chip.baud).toBe(115200);
    expect(chip.flash.subarray(0x1000, 0x2000).equals(merged(0).subarray(0x1000, 0x2000))).toBe(true);
  });

  it('carries a block again that came damaged, or whose answer was lost', async () => {
    const chip = new RomChip(esp32);
    chip.faults.damagedBlocks = 1;
    chip.faults.lostAnswers = 1;
    await installEsp(work(chip));
    expect(chip.complaints).toEqual([]);
    await expect(
      (() => {
        const broken = new RomChip(esp32);
        broken.faults.damagedBlocks = 99;
        return installEsp(work(broken));
      })(),
    ).rejects.toMatchObject({ code: 'upload-failed', message: expect.stringContaining('came damaged') as string });
  });
});

describe('what goes wrong is said', () => {
  const failing = (chip: RomChip, change: Parameters<typeof work>[1] = {}) =>
    installEsp(work(chip, change)).then(
      () => undefined,
      (error: unknown) => error,
    );

  it('no answer, wrong chip, wrong file', async () => {
    const deaf = new RomChip(esp32);
    deaf.faults.deafSyncs = 999;
    expect(await failing(deaf)).toMatchObject({
      code: 'no-bootloader',
      action: 'Hold BOOT, press EN, let BOOT go. Then try again.',
    });
    expect(await failing(new RomChip(esp32c3))).toMatchObject({
      code: 'wrong-board',
      message: 'The board at /dev/ttyUSB0 has the chip ESP32-C3, not an ESP32.',
    });
    const untouched = new RomChip(esp32);
    expect(await failing(untouched, { file: merged(9) })).toMatchObject({ code: 'bad-file' });
    expect(await failing(untouched, { file: merged(9).subarray(0x10000), offset: 0x10000 })).toMatchObject({
      code: 'wrong-board',
      message: 'This file is for the ESP32-S3, and the board has an ESP32.',
    });
    expect(await failing(untouched, { file: Buffer.from('no firmware at all') })).toMatchObject({ code: 'bad-file' });
    expect(await failing(untouched, { offset: 5 })).toMatchObject({ code: 'bad-file' });
    // A program alone, where a merged file belongs.
    expect(await failing(untouched, { file: merged(0).subarray(0x10000) })).toMatchObject({
      code: 'bad-file',
      action: expect.stringContaining('--offset 0x10000') as string,
    });
    expect(untouched.commands).toEqual([]);
  });

  it('a pulled cable, at once', async () => {
    const chip = new RomChip(esp32);
    chip.unplugAfterBlocks = 20;
    expect(await failing(chip)).toMatchObject({
      code: 'board-gone',
      message: 'The board was unplugged while its firmware was being written.',
    });
    const early = new RomChip(esp32);
    early.unplug();
    expect(await failing(early)).toMatchObject({ code: 'board-gone' });
  });

  it('flash that does not keep what it is given', async () => {
    const chip = new RomChip(esp32);
    chip.faults.badBit = 0x10800;
    expect(await failing(chip)).toMatchObject({ code: 'verify-failed' });
    expect(chip.state).toBe('loader');
  });

  it('and it can be cancelled', async () => {
    const controller = new AbortController();
    const chip = new RomChip(esp32);
    const onProgress = ({ fraction }: FirmwareProgress): void => {
      if ((fraction ?? 0) > 0.3) controller.abort();
    };
    expect(await failing(chip, { onProgress, signal: controller.signal })).toMatchObject({ code: 'cancelled' });
  });
});

it('frames survive any bytes, in any pieces, with noise between them', () => {
  const packets = Array.from({ length: 40 }, (_, i) =>
    Uint8Array.from({ length: 1 + i }, (_, j) => [0xc0, 0xdb, 0xdc, 0xdd, j][(i * 7 + j) % 5]),
  );
  const got: Uint8Array[] = [];
  const reader = new SlipReader((packet) => got.push(packet));
  reader.push(new TextEncoder().encode('ets Jul 29 2019\r\n'));
  for (const packet of packets) for (const byte of encodeSlip(packet)) reader.push(Uint8Array.of(byte));
  expect(got).toEqual(packets);
  // A packet that never ends does not grow without end, and does not hide the next.
  reader.push(new Uint8Array(100_000).fill(1));
  reader.push(Uint8Array.of(0xc0));
  reader.push(encodeSlip(Uint8Array.of(9)));
  expect(got.at(-1)).toEqual(Uint8Array.of(9));
});

describe('through the command', () => {
  let here: Computer;
  beforeEach(() => (here = new Computer(bridge)));
  afterEach(() => here.close());

  it('plans it, does it, and finds the port that comes back', async () => {
    const file = join(here.folder, 'x.merged.bin');
    writeFileSync(file, merged(0));
    const chip = new RomChip(esp32);
    here.chip = chip;
    const question = { board: 'esp32', file };
    expect(await firmwarePlan(question, here)).toMatchObject({ way: 'esp', port: bridge.path, files: ['bin'] });
    const report = await installFirmware(question, { onProgress: () => undefined }, here);
    expect(report).toMatchObject({ board: 'esp32', way: 'esp', port: bridge.path });
    expect(chip.state).toBe('program');
    here.plugged = [];
    await expect(installFirmware(question, { onProgress: () => undefined }, here)).rejects.toMatchObject({
      code: 'no-port',
    });
  });
});

describeWith(needsCommands('socat'), 'dormouse firmware --board esp32 over a real port', () => {
  it('writes the file', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'dormouse-esp-'));
    const port = join(folder, 'port');
    const file = join(folder, 'x.merged.bin');
    writeFileSync(file, merged(0).subarray(0, 0x12000));
    const chip = new RomChip(esp32);
    // A pseudo-terminal carries neither DTR nor speed: somebody held BOOT, and the speed never matters.
    chip.state = 'loader';
    chip.speedMatters = false;
    const socat = spawn('socat', [`PTY,link=${port},raw,echo=0`, 'STDIO'], { stdio: ['pipe', 'pipe', 'inherit'] });
    try {
      socat.stdout.on('data', (bytes: Buffer) => void chip.write(bytes));
      chip.listen((event) => {
        if (event.kind === 'data') socat.stdin.write(event.bytes);
      });
      await vi.waitFor(() => expect(existsSync(port)).toBe(true));
      const said = await cli('firmware', '--board', 'esp32', '--port', port, '--file', file, '--json');
      expect(said.stderr).toBe('');
      expect(JSON.parse(said.stdout) as FirmwareReport).toMatchObject({ board: 'esp32', way: 'esp' });
      expect(chip.flash.subarray(0x10000, 0x11000).equals(merged(0).subarray(0x10000, 0x11000))).toBe(true);
    } finally {
      socat.kill();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

/** Putting the sketch on a board: through arduino-cli, by a drive, by hand; and everything that can go wrong. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { boards, sketches } from '../../../src/boards';
import { firmwarePlan, installFirmware, readUf2, writeUf2, type FirmwareProgress } from '../../../src/deploy';
import { Computer, nano, pico, portenta } from './computer';

let open: Computer[] = [];
function computer(...plugged: ConstructorParameters<typeof Computer>): Computer {
  const made = new Computer(...plugged);
  open.push(made);
  return made;
}
afterEach(() => {
  for (const made of open) made.close();
  open = [];
});

const quiet = { onProgress: () => undefined };

describe('the plan', () => {
  it('knows every board that has a profile', async () => {
    const here = computer();
    for (const { id, name, family } of boards) {
      if (family === 'simulated') continue;
      const plan = await firmwarePlan({ board: id }, here);
      expect(plan).toMatchObject({ board: id, name, way: 'steps', port: '' });
      expect(plan.steps.length).toBeGreaterThan(2);
      expect(plan.commands[0]).toContain(`arduino-cli core install ${sketches[id]?.core ?? '?'}`);
      expect(plan.commands.at(-1)).toContain('--port PORT');
    }
    await expect(firmwarePlan({ board: 'sim' }, here)).rejects.toMatchObject({ code: 'unknown-board' });
    await expect(firmwarePlan({ board: 'mega2560' }, here)).rejects.toMatchObject({ code: 'unknown-board' });
  });

  it('finds the board by its USB ids, and the port by the board', async () => {
    expect(await firmwarePlan({}, computer(nano))).toMatchObject({ board: 'nano33ble-sense', port: nano.path });
    const both = computer(nano, pico);
    await expect(firmwarePlan({}, both)).rejects.toMatchObject({ code: 'unknown-board' });
    expect(await firmwarePlan({ port: pico.path }, both)).toMatchObject({ board: 'rpi-pico' });
    expect(await firmwarePlan({ board: 'rpi-pico' }, both)).toMatchObject({ port: pico.path });
    await expect(firmwarePlan({ board: 'rpi-pico', port: nano.path }, both)).rejects.toMatchObject({
      code: 'wrong-board',
    });
    await expect(firmwarePlan({ board: 'rpi-pico', port: '/dev/none' }, both)).rejects.toMatchObject({
      code: 'no-port',
    });
    const twins = computer(pico, { ...pico, path: '/dev/ttyACM9', serialNumber: 'P2' });
    await expect(firmwarePlan({ board: 'rpi-pico' }, twins)).rejects.toMatchObject({ code: 'no-port' });
    await expect(firmwarePlan({}, computer())).rejects.toMatchObject({ code: 'unknown-board' });
  });

  it('takes arduino-cli where it is', async () => {
    const here = computer(nano);
    here.installCli('compile-ok');
    expect(await firmwarePlan({}, here)).toMatchObject({ way: 'arduino-cli' });
  });
});

describe('arduino-cli', () => {
  it('compiles a copy of the sketch, uploads it, and the port that comes back is found', async () => {
    const here = computer(nano);
    here.installCli('compile-ok');
    // The board restarts under another name: the same serial number, another path.
    here.onLook = (look) => {
      if (look === 3) here.plugged = [];
      if (look === 5) here.plugged = [{ ...nano, path: '/dev/ttyACM7' }];
    };
    const seen: FirmwareProgress[] = [];
    const report = await installFirmware({}, { onProgress: (progress) => seen.push(progress) }, here);
    expect(report).toMatchObject({ board: 'nano33ble-sense', way: 'arduino-cli' });
    expect([nano.path, '/dev/ttyACM7']).toContain(report.port);
    const phases = seen.map(({ phase }) => phase).filter((phase, i, all) => phase !== all[i - 1]);
    expect(phases).toEqual(['preparing', 'compiling', 'uploading', 'waiting']);
    expect(seen.map(({ fraction }) => fraction).filter((fraction) => fraction !== null)).toEqual(
      expect.arrayContaining([0.46, 1]),
    );
    const [compile, upload] = here.calls();
    expect(compile).toContain('compile --no-color --fqbn arduino:mbed_nano:nano33ble');
    expect(upload).toContain(`--port ${nano.path}`);
    const build = /--build-path (\S+)/.exec(compile ?? '')?.[1] ?? '';
    expect(upload).toContain(`--input-dir ${build}`);
    expect(existsSync(build)).toBe(false);
    expect(existsSync(join(build, '..'))).toBe(false);
  });

  const failures = [
    ['core-missing', 'upload-ok', 'core-missing', /arduino-cli core install arduino:mbed_nano$/],
    ['library-missing', 'upload-ok', 'library-missing', /arduino-cli lib install Arduino_BMI270_BMM150/],
    ['compile-failed', 'upload-ok', 'compile-failed', /upgrade/],
    ['compile-ok', 'port-busy', 'port-busy', /Close it/],
    ['compile-ok', 'no-permission', 'no-permission', /group|Allow/],
    ['compile-ok', 'no-dfu', 'no-dfu', /reset button twice/],
    ['compile-ok', 'no-bootloader', 'no-bootloader', /Then try again/],
    ['compile-ok', 'no-port', 'no-port', /Plug/],
    ['compile-ok', 'upload-failed', 'upload-failed', /Then try again/],
  ] as const;
  it.each(failures)('%s, %s: says %s and what to do', async (compile, upload, code, action) => {
    const here = computer(nano);
    here.installCli(compile, upload);
    const before = readdirSync(tmpdir()).filter((name) => name.startsWith('dormouse-sketch-')).length;
    const error = await installFirmware({}, quiet, here).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toMatchObject({ name: 'FirmwareError', code, action: expect.stringMatching(action) as string });
    expect((error as Error).message).not.toMatch(/exit status/);
    expect(readdirSync(tmpdir()).filter((name) => name.startsWith('dormouse-sketch-')).length).toBeLessThanOrEqual(
      before,
    );
  });

  it('says the command with the index where the core is not Arduino’s own', async () => {
    const xiao = { ...nano, boardId: 'xiao-nrf52840-sense' };
    const here = computer(xiao);
    here.installCli('core-missing');
    await expect(installFirmware({}, quiet, here)).rejects.toMatchObject({
      action: expect.stringContaining('Seeeduino:nrf52 --additional-urls https://') as string,
    });
  });

  it('is ended when the person cancels', async () => {
    const here = computer(nano);
    here.installCli('compile-ok', 'upload-ok', { hangs: true });
    const controller = new AbortController();
    const work = installFirmware({}, { signal: controller.signal, onProgress: () => undefined }, here);
    // The tool is told to stop only once it runs: before that, there would be nothing to end.
    const running = vi.waitFor(
      () => {
        expect(existsSync(join(here.folder, 'hanging'))).toBe(true);
      },
      { timeout: 20_000, interval: 20 },
    );
    const ended = expect(work).rejects.toMatchObject({ code: 'cancelled' });
    await running;
    controller.abort();
    await ended;
    expect(here.calls()).toHaveLength(1);
  });

  it('is needed, and so is a board', async () => {
    await expect(installFirmware({}, quiet, computer(nano))).rejects.toMatchObject({ code: 'by-hand' });
    const here = computer();
    here.installCli('compile-ok');
    await expect(installFirmware({ board: 'portenta-h7' }, quiet, here)).rejects.toMatchObject({ code: 'no-port' });
    expect(portenta.boardId).toBe('portenta-h7');
  });

  it('leaves the port out of the report where it does not come back', async () => {
    const here = computer(nano);
    here.installCli('compile-ok');
    here.onLook = (look) => {
      if (look === 2) here.plugged = [];
    };
    expect(await installFirmware({}, quiet, here)).toMatchObject({ port: '' });
  });
});

describe('a board’s drive', () => {
  const file = (here: Computer, name: string, bytes: Uint8Array): string => {
    const path = join(here.folder, name);
    writeFileSync(path, bytes);
    return path;
  };

  it('is waited for, given the file, and the board comes back', async () => {
    const here = computer(pico);
    let drive = '';
    here.onEnter = () => {
      here.plugged = [];
      setTimeout(() => {
        drive = here.makeDrive('RPI-RP2');
      }, 30);
    };
    const uf2 = writeUf2(new Uint8Array(70_000).fill(3), 0x10000000, 0xe48bff56);
    const fractions: number[] = [];
    const onProgress = ({ phase, fraction }: FirmwareProgress): void => {
      if (phase === 'uploading' && fraction !== null) fractions.push(fraction);
      if (phase === 'waiting') here.plugged = [{ ...pico, path: '/dev/ttyACM4' }];
    };
    const report = await installFirmware({ file: file(here, 'x.uf2', uf2) }, { onProgress }, here);
    expect(report).toMatchObject({ board: 'rpi-pico', way: 'uf2', port: '/dev/ttyACM4' });
    expect(here.entered).toEqual([pico.path]);
    expect(readFileSync(join(drive, 'dormouse.uf2'))).toEqual(Buffer.from(uf2));
    expect(fractions.length).toBeGreaterThan(5);
    expect(fractions.at(-1)).toBe(1);
  });

  it('takes a plain binary as UF2 at the board’s own address', async () => {
    const here = computer();
    const drive = here.makeDrive('Seeed_XIAO_nRF52840_Sense');
    const path = file(here, 'sketch.bin', new Uint8Array(1000).fill(9));
    const report = await installFirmware({ board: 'xiao-nrf52840-sense', file: path }, quiet, here);
    expect(report.port).toBe('');
    const written = readFileSync(join(drive, 'dormouse.uf2'));
    expect(readUf2(written)).toEqual({ family: 0xada52840, start: 0x27000, bytes: 1024 });
  });

  it('is refused where it, or the file, is another board’s', async () => {
    const here = computer(pico);
    here.makeDrive('SAMD21G18A-Feather-v0');
    const right = file(here, 'right.uf2', writeUf2(new Uint8Array(10), 0x10000000, 0xe48bff56));
    const wrong = file(here, 'wrong.uf2', writeUf2(new Uint8Array(10), 0x27000, 0xada52840));
    const noise = file(here, 'noise.uf2', new Uint8Array(100));
    await expect(installFirmware({ file: right }, quiet, here)).rejects.toMatchObject({ code: 'wrong-board' });
    await expect(installFirmware({ file: wrong }, quiet, here)).rejects.toMatchObject({ code: 'wrong-board' });
    await expect(installFirmware({ file: noise }, quiet, here)).rejects.toMatchObject({ code: 'bad-file' });
    await expect(installFirmware({ file: '/none.uf2' }, quiet, here)).rejects.toMatchObject({ code: 'bad-file' });
    here.drives = [];
    await expect(installFirmware({ file: right }, quiet, here)).rejects.toMatchObject({ code: 'no-drive' });
    const without = computer(nano);
    await expect(installFirmware({ file: right }, quiet, without)).rejects.toMatchObject({ code: 'by-hand' });
  });

  it('can be waited for no longer', async () => {
    const here = computer(pico);
    const path = file(here, 'x.uf2', writeUf2(new Uint8Array(10), 0x10000000, 0xe48bff56));
    const controller = new AbortController();
    here.onEnter = () => controller.abort();
    const work = installFirmware({ file: path }, { ...quiet, signal: controller.signal }, here);
    await expect(work).rejects.toMatchObject({ code: 'cancelled' });
  });
});

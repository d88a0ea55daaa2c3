/** `dormouse firmware` as a person runs it on a computer where no board is plugged in. */
import { existsSync } from 'node:fs';
import { expect, it, describe } from 'vitest';
import type { FirmwarePlan } from '../../src/deploy';
import { cli, cliJson } from '../support/cli';

describe('dormouse firmware', () => {
  it('shows how each board is done, with a folder that is there', async () => {
    const plan = await cliJson<FirmwarePlan>('firmware', '--board', 'xiao-nrf52840-sense', '--steps');
    expect(plan).toMatchObject({ board: 'xiao-nrf52840-sense', name: 'Seeed XIAO nRF52840 Sense' });
    const folder = /"([^"]+)"$/.exec(plan.commands.at(-1) ?? '')?.[1] ?? '';
    expect(existsSync(`${folder}/dormouse.ino`)).toBe(true);
    const said = await cli('firmware', '--board', 'rpi-pico', '--steps');
    expect(said.code).toBe(0);
    expect(said.stdout).toContain('arduino-cli core install arduino:mbed_rp2040');
  });

  it('says in one sentence what it does not know', async () => {
    const unknown = await cli('firmware', '--board', 'mega2560');
    expect(unknown).toMatchObject({ code: 1, stdout: '' });
    expect(unknown.stderr).toContain('nano33ble-sense');
    const gone = await cli('firmware', '--board', 'rpi-pico', '--port', '/dev/none');
    expect(gone.code).toBe(1);
    expect(gone.stderr).toContain('/dev/none');
  });
});

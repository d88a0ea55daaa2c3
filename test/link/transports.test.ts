/** The simulated transport and serialport on a pseudo-terminal: one contract. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openTransport, SerialTransport, SimulatedTransport, startSimulatedPty } from '../../src/link';
import { portError } from '../../src/link/errors';
import { describeWith } from '../support/needs';
import { needsPty, ptyRig, simulatedRig } from './rigs';
import { transportContract } from './transport-contract';

transportContract('the simulated board', simulatedRig);

describeWith(needsPty, 'a pseudo-terminal', () => {
  transportContract('serialport', ptyRig);

  it('takes the place of a link that a killed run left, but of nothing else', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'dormouse-pty-'));
    const path = join(folder, 'board');
    try {
      const first = await startSimulatedPty({ path });
      const second = await startSimulatedPty({ path });
      await second.close();
      await first.close();
      await writeFile(path, 'precious');
      await expect(startSimulatedPty({ path })).rejects.toMatchObject({ code: 'pty-unavailable' });
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe('opening', () => {
  it('finds the simulated board, and keeps it as long as the program runs', () => {
    expect(openTransport('sim')).toBeInstanceOf(SimulatedTransport);
    expect(openTransport('sim')).toBe(openTransport('sim'));
    expect(openTransport('sim:rpi-pico')).not.toBe(openTransport('sim'));
    expect(openTransport('/dev/ttyACM0')).toBeInstanceOf(SerialTransport);
  });

  it('says that there is no such port', async () => {
    await expect(new SerialTransport('/dev/dormouse-is-not-here').open()).rejects.toMatchObject({
      code: 'port-missing',
    });
  });

  it.each([
    ['Error Resource temporarily unavailable Cannot lock port', 'linux', 'port-busy'],
    ['Opening COM4: Access denied', 'win32', 'port-busy'],
    ['Error: Permission denied, cannot open /dev/ttyACM0', 'linux', 'port-permission'],
    ['Error: No such file or directory, cannot open /dev/ttyACM9', 'linux', 'port-missing'],
    ['Opening COM9: File not found', 'win32', 'port-missing'],
    ['Error: Input/output error', 'linux', 'port-failed'],
  ] as const)('turns "%s" on %s into %s', (text, platform, code) => {
    const error = portError('/dev/ttyACM0', new Error(text), platform);
    expect(error.code).toBe(code);
    if (code === 'port-permission') expect(error.action).toMatch(/dialout.*udev/);
  });
});

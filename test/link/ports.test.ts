/** Which ports there are, what they are called, and word of every change. */
import { describe, expect, it } from 'vitest';
import {
  customPort,
  describePort,
  DeviceLink,
  listPorts,
  simulatedPort,
  SimulatedTransport,
  watchPorts,
  type PortInfo,
} from '../../src/link';
import { until } from './transport-contract';

const nano = {
  path: '/dev/ttyACM0',
  vendorId: '2341',
  productId: '805A',
  serialNumber: 'F00',
  manufacturer: 'Arduino',
};

describe('a port', () => {
  it('is named after the board that its USB ids give away, in either mode', () => {
    const application = describePort(nano);
    expect(application).toMatchObject({
      boardId: 'nano33ble-sense',
      bootloader: false,
      usbProduct: '805a',
      serialNumber: 'F00',
    });
    const bootloader = describePort({ ...nano, productId: '005a' });
    expect(bootloader).toMatchObject({
      boardId: 'nano33ble-sense',
      bootloader: true,
      title: `${application.title} (bootloader)`,
    });
  });
  it('of a board that nobody knows still has a title', () => {
    expect(describePort({ path: 'COM7', vendorId: 'ffff', productId: '0001' }).title).toBe('USB serial port');
    expect(describePort({ path: 'COM7', manufacturer: 'Somebody' }).title).toBe('Serial port (Somebody)');
    expect(customPort('/tmp/board')).toMatchObject({ title: 'Serial port', simulated: false, boardId: '' });
    expect(customPort('sim:rpi-pico')).toMatchObject({ simulated: true, path: 'sim:rpi-pico' });
  });
  it('on macOS is the one that can be opened without a carrier', () => {
    expect(describePort({ path: '/dev/tty.usbmodem101' }).path).toBe('/dev/cu.usbmodem101');
    expect(describePort({ path: '/dev/ttyUSB0' }).path).toBe('/dev/ttyUSB0');
  });
  it('is listed with the simulated board last', async () => {
    expect((await listPorts()).at(-1)).toEqual(simulatedPort);
  });
});

describe('watching', () => {
  it('tells what there is, and then only what changes', async () => {
    let now: readonly PortInfo[] = [simulatedPort];
    let looks = 0;
    const heard: string[][] = [];
    const stop = watchPorts((ports) => heard.push(ports.map((port) => port.path)), {
      intervalMs: 5,
      list: () => {
        looks++;
        return Promise.resolve(now);
      },
    });
    await until(() => looks > 3);
    now = [describePort(nano), simulatedPort];
    await until(() => heard.length === 2);
    const before = looks;
    await until(() => looks > before + 3);
    now = [simulatedPort];
    await until(() => heard.length === 3);
    stop();
    now = [];
    expect(heard).toEqual([['sim'], ['/dev/ttyACM0', 'sim'], ['sim']]);
  });

  it('still offers the simulated board where ports cannot be listed', async () => {
    const heard: (readonly PortInfo[])[] = [];
    const stop = watchPorts((ports) => heard.push(ports), {
      intervalMs: 5,
      list: () => Promise.reject(new Error('no')),
    });
    await until(() => heard.length > 0);
    stop();
    expect(heard[0]).toEqual([simulatedPort]);
  });
});

describe('a link to a board that comes back elsewhere', () => {
  it('follows it to the port where it is now', async () => {
    const boards = new Map([
      ['A', new SimulatedTransport('A')],
      ['B', new SimulatedTransport('B')],
    ]);
    let there = describePort({ ...nano, path: 'A' });
    const link = await DeviceLink.open(there, {
      pollMs: 10,
      openTransport: (path) => boards.get(path)!,
      find: (port) =>
        Promise.resolve(port.serialNumber === there.serialNumber && port.path !== there.path ? there : undefined),
    });
    await boards.get('A')!.unplug();
    there = { ...there, path: 'B' };
    await until(() => link.state.status === 'connected' && link.state.port.path === 'B');
    expect(link.device.port.path).toBe('B');
    await link.close();
  });
});

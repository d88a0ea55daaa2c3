/** The board's button, from the finger to whoever listens. */
import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { connectDevice, customPort, SimulatedTransport } from '../../src/link';

it('is heard when pressed and when let go, while somebody listens', async () => {
  const line = new SimulatedTransport('sim:rpi-pico', { board: 'rpi-pico' });
  // A board that nobody has spoken to tells nobody.
  await line.press(true);
  await line.press(false);
  const device = await connectDevice(line, customPort(line.path));
  try {
    expect(device.info.button).toBe('Button');
    const heard: boolean[] = [];
    const stop = device.onButton((pressed) => heard.push(pressed));
    await line.press(true);
    await line.press(false);
    await line.press(true);
    await pause(20);
    expect(heard).toEqual([true, false, true]);
    stop();
    await line.press(false);
    await pause(20);
    expect(heard).toHaveLength(3);
    expect(device.health().damagedWireFrames).toBe(0);
  } finally {
    await device.close();
  }
});

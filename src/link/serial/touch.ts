/** Asks a board for its bootloader: opening its port at 1200 baud and letting go of it, as Arduino's tools do. */
import { loadSerialPort } from './serial-transport';
import { portError } from '../errors';

/** Longer than the slowest core waits after the line was dropped (mbed: 200 ms). */
const heldMs = 300;

/** Rejects with LinkError where the port cannot be opened; that it vanishes meanwhile is what is wanted. */
export async function touchBootloader(path: string): Promise<void> {
  const { SerialPort } = await loadSerialPort();
  const port = new SerialPort({ path, baudRate: 1200, autoOpen: false });
  // After the touch the device is gone, and every error of its port only says so.
  port.on('error', () => undefined);
  await new Promise<void>((resolve, reject) => {
    port.open((error) => {
      if (error) reject(portError(path, error));
      else resolve();
    });
  });
  await new Promise<void>((resolve) => {
    port.set({ dtr: false }, () => {
      resolve();
    });
  });
  await new Promise((resolve) => setTimeout(resolve, heldMs));
  await new Promise<void>((resolve) => {
    port.close(() => {
      resolve();
    });
  });
}

/** How bytes get to a board and back: ports, the wire, the session, the simulated board, and sketches that print. */
export type * from './types';
export { LinkError, type LinkErrorCode } from './errors';
export { describePort, listPorts, simulatedPort, customPort, watchPorts, type WatchOptions } from './serial/ports';
export { SerialTransport } from './serial/serial-transport';
export { touchBootloader } from './serial/touch';
export { openTransport } from './open-transport';
export { connectDevice, type ConnectOptions } from './connect';
export { DeviceLink, type DeviceLinkOptions, type LinkState } from './device-link';
export { SimulatedTransport } from './simulated/simulated-transport';
export { Simulation, type SimulationOptions } from './simulated/simulation';
export { startSimulatedPty, type SimulatedPty, type SimulatedPtyOptions } from './simulated/pty';
export { generateGesture, gestureAxes, gestureNames, GestureMotion, type GestureName } from './simulated/gestures';
export { simulatedNames, type SimulatedTask } from './simulated/names';
export { wordNames, type WordName } from './simulated/phonemes';
export { generateWord } from './simulated/words';
export { generateSound } from './simulated/sound';
export {
  generateObject,
  generateScene,
  objectNames,
  type ObjectName,
  type SimulatedBox,
  type SimulatedPicture,
} from './simulated/objects';
export { vibrationNames, VibrationMotion, type VibrationName } from './simulated/vibration';
export { expandRgb565, packRgb565 } from './pictures';
export { snapRate, RateFit } from './rate-fit';
export { crc32 } from './wire/crc32';

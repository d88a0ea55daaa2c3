/** What the benchmark of the wire measures. */
export { connectDevice, customPort, SerialTransport, startSimulatedPty } from '../../src/link';
export { encodeFrame, FrameDecoder } from '../../src/link/wire/frame';

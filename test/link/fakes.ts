/** A transport whose other side the test writes: behind the same interface as the real ones. */
import type { Transport, TransportEvent } from '../../src/link';
import { encodeFrame, FrameDecoder, type Frame } from '../../src/link/wire/frame';

/** A frame that outlives the decoder's memory. */
export interface KeptFrame extends Frame {
  readonly payload: Uint8Array<ArrayBuffer>;
}

export function keep(frame: Frame): KeptFrame {
  return { ...frame, payload: frame.payload.slice() };
}

export class FakeTransport implements Transport {
  readonly path = 'fake';
  readonly received: KeptFrame[] = [];
  baud = 115200;
  isOpen = false;
  /** Answers requests; undefined = silence. */
  onRequest: (frame: KeptFrame) => void = () => undefined;
  private readonly listeners = new Set<(event: TransportEvent) => void>();
  private readonly decoder = new FrameDecoder((frame) => {
    const kept = keep(frame);
    this.received.push(kept);
    this.onRequest(kept);
  });

  open(): Promise<void> {
    this.isOpen = true;
    return Promise.resolve();
  }
  write(bytes: Uint8Array): Promise<void> {
    setImmediate(() => this.decoder.push(bytes));
    return Promise.resolve();
  }
  setBaud(baud: number): Promise<void> {
    this.baud = baud;
    return Promise.resolve();
  }
  close(): Promise<void> {
    this.isOpen = false;
    return Promise.resolve();
  }
  listen(listener: (event: TransportEvent) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  emit(bytes: Uint8Array): void {
    for (const listener of [...this.listeners]) listener({ kind: 'data', bytes });
  }
  print(text: string): void {
    this.emit(new TextEncoder().encode(text));
  }
  answer(request: Frame, payload: Uint8Array, flags = 0): void {
    this.emit(encodeFrame(request.type | 0x80, flags, request.sequence, payload));
  }
  vanish(reason: string): void {
    for (const listener of [...this.listeners]) listener({ kind: 'closed', reason });
  }
}

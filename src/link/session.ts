/**
 * Requests and answers over a transport: sequence numbers, timeouts, repeats, lost events. One ordinary request is in
 * flight at a time; `send` lets a caller keep several (slot writes). Knows frames, but not what they mean to a board.
 */
import { closedError, lossReason, lostError, LinkError, refusalError } from './errors';
import type { Transport } from './types';
import { encodeFrame, FrameDecoder, type Frame } from './wire/frame';
import { readRefusal } from './wire/hello';
import { errorFlag, requestName, responseBit } from './wire/messages';

export interface RequestOptions {
  /** How long one try waits for its answer. */
  readonly timeoutMs?: number;
  readonly tries?: number;
  /** Runs as the answer arrives, before any later frame is looked at: what must not miss the first event goes here. */
  readonly onAnswer?: (payload: Uint8Array) => void;
}

interface Pending {
  readonly type: number;
  readonly frame: Uint8Array;
  readonly options: Required<Omit<RequestOptions, 'onAnswer'>> & Pick<RequestOptions, 'onAnswer'>;
  triesLeft: number;
  timer: NodeJS.Timeout;
  readonly resolve: (payload: Uint8Array) => void;
  readonly reject: (error: LinkError) => void;
}

/** A USB round trip takes about 2 ms, a busy board perhaps 100; a board that erases flash is given longer by the caller. */
const defaults = { timeoutMs: 600, tries: 4 };

export class Session {
  /** Events that the board numbered but that never arrived whole. */
  lostEvents = 0;
  private readonly decoder = new FrameDecoder((frame) => this.receive(frame));
  private readonly pending = new Map<number, Pending>();
  private queue: Promise<unknown> = Promise.resolve();
  private sequence = Math.floor(Math.random() * 0x10000);
  private nextEvent = -1;
  private damagedBefore = -1;
  private failure: LinkError | undefined;
  private readonly unlisten: () => void;
  private readonly lostListeners = new Set<(reason: string) => void>();

  constructor(
    private readonly transport: Transport,
    private readonly onEvent: (type: number, payload: Uint8Array) => void,
  ) {
    this.unlisten = transport.listen((happening) => {
      if (happening.kind === 'data') this.decoder.push(happening.bytes);
      else this.lose(happening.reason);
    });
  }

  get path(): string {
    return this.transport.path;
  }

  /** Since the first whole frame: what a board prints before it is greeted is no damage. */
  get damagedFrames(): number {
    return this.damagedBefore < 0 ? 0 : this.decoder.damaged - this.damagedBefore;
  }

  /** Asks when all earlier requests are answered. Rejects with LinkError only. */
  request(type: number, payload: Uint8Array, options: RequestOptions = {}): Promise<Uint8Array> {
    const answer = this.queue.then(() => this.send(type, payload, options));
    this.queue = answer.catch(() => undefined);
    return answer;
  }

  /** Asks at once, beside what is in flight. */
  send(type: number, payload: Uint8Array, options: RequestOptions = {}): Promise<Uint8Array> {
    if (this.failure) return Promise.reject(this.failure);
    const settled = { ...defaults, ...options };
    this.sequence = (this.sequence + 1) & 0xffff;
    const sequence = this.sequence;
    const frame = encodeFrame(type, 0, sequence, payload);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.expire(sequence), settled.timeoutMs);
      this.pending.set(sequence, {
        type,
        frame,
        options: settled,
        triesLeft: settled.tries - 1,
        timer,
        resolve,
        reject,
      });
      this.write(frame);
    });
  }

  /** Who comes after the line was lost is told all the same, a moment later. */
  onLost(listener: (reason: string) => void): () => void {
    this.lostListeners.add(listener);
    const { failure } = this;
    if (failure?.code === 'lost')
      queueMicrotask(() => {
        if (this.lostListeners.has(listener)) listener(lossReason(failure));
      });
    return () => this.lostListeners.delete(listener);
  }

  /** Ends the conversation; what is in flight rejects with 'closed'. The transport stays as it is. */
  end(): void {
    this.fail(closedError(this.path));
    this.unlisten();
  }

  /** The line is gone: what is in flight rejects with 'lost', once, and the listeners hear why. */
  lose(reason: string): void {
    if (this.failure) return;
    this.fail(lostError(this.path, reason));
    this.unlisten();
    for (const listener of [...this.lostListeners]) listener(reason);
  }

  private fail(error: LinkError): void {
    this.failure ??= error;
    const waiting = [...this.pending.values()];
    this.pending.clear();
    for (const one of waiting) {
      clearTimeout(one.timer);
      one.reject(error);
    }
  }

  private write(frame: Uint8Array): void {
    this.transport.write(frame).catch((error: unknown) => this.lose(lossReason(error)));
  }

  private expire(sequence: number): void {
    const waiting = this.pending.get(sequence);
    if (!waiting) return;
    if (waiting.triesLeft === 0) {
      this.pending.delete(sequence);
      const name = requestName(waiting.type);
      const message = `The board at ${this.path} did not answer (${name}).`;
      waiting.reject(new LinkError('timeout', message, 'Press its reset button once, or plug it in again.'));
      return;
    }
    waiting.triesLeft--;
    waiting.timer = setTimeout(() => this.expire(sequence), waiting.options.timeoutMs);
    // The first 0x00 ends whatever half-frame may stand on the line.
    const again = new Uint8Array(waiting.frame.length + 1);
    again.set(waiting.frame, 1);
    this.write(again);
  }

  private receive(frame: Frame): void {
    if (this.damagedBefore < 0) this.damagedBefore = this.decoder.damaged;
    if (frame.type >= 0x40 && frame.type <= 0x7f) {
      if (this.nextEvent >= 0) this.lostEvents += (frame.sequence - this.nextEvent) & 0xffff;
      this.nextEvent = (frame.sequence + 1) & 0xffff;
      this.onEvent(frame.type, frame.payload);
      return;
    }
    const waiting = this.pending.get(frame.sequence);
    // Late answers to repeated requests, and answers meant for a host before us, are nobody's.
    if (!waiting || frame.type !== (waiting.type | responseBit)) return;
    this.pending.delete(frame.sequence);
    clearTimeout(waiting.timer);
    if (frame.flags & errorFlag) {
      const { code, detail } = readRefusal(frame.payload);
      waiting.reject(refusalError(requestName(waiting.type), code, detail));
      return;
    }
    const payload = frame.payload.slice();
    try {
      waiting.options.onAnswer?.(payload);
      waiting.resolve(payload);
    } catch (error) {
      waiting.reject(error as LinkError);
    }
  }
}

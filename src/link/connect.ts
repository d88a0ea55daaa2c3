/**
 * From an unopened transport to a `Device`: greets the board, waits for one that restarts when its port is opened, and
 * falls back to reading printed numbers, or another tool's stream, where no board answers but these come. Knows nothing of particular ports.
 */
import { DormouseDevice } from './device';
import { LinkError } from './errors';
import { foreignDevice, ForeignSniffer } from './foreign';
import { Session } from './session';
import { CsvDevice } from './text/csv-device';
import { TextSniffer } from './text/sniffer';
import type { Device, PortInfo, Transport } from './types';
import { readHello } from './wire/hello';
import { control, noPayload, request } from './wire/messages';

export interface ConnectOptions {
  /** How long a silent board is greeted; the slowest known boot is an ESP32's, about 2 s. */
  readonly totalMs?: number;
  /** How long one greeting waits. */
  readonly helloMs?: number;
  /** How long numbers must come without an answer before they are taken for a sketch that prints. */
  readonly textMs?: number;
  /** For UART bridges: the speed to change to after the greeting. */
  readonly baud?: number;
  readonly signal?: AbortSignal;
}

const defaults = { totalMs: 4000, helloMs: 250, textMs: 1500 };
const slowestText = 10_000;
const protocolVersion = 1;

/** Opens `transport`; closes it again on any failure. Rejects with LinkError. */
export async function connectDevice(
  transport: Transport,
  port: PortInfo,
  options: ConnectOptions = {},
): Promise<Device> {
  const settings = { ...defaults, ...options };
  let device: DormouseDevice | undefined;
  const session = new Session(transport, (type, payload) => device?.handleEvent(type, payload));
  const sniffer = new TextSniffer();
  const foreign = new ForeignSniffer();
  const unlisten = transport.listen((happening) => {
    if (happening.kind !== 'data' || device) return;
    sniffer.push(happening.bytes, performance.now() * 1000);
    foreign.push(happening.bytes);
  });
  try {
    await transport.open();
    const hello = await greet(session, transport, { sniffer, foreign }, settings);
    if (!hello) {
      session.end();
      if (foreign.format) return foreignDevice(transport, port, foreign.format);
      return new CsvDevice(transport, port, sniffer.format!);
    }
    const info = readHello(hello);
    if (info.protocol !== protocolVersion) throw wrongVersion(info.protocol);
    device = new DormouseDevice(session, transport, info, port);
    await quieten(
      session,
      info.sensors.map((sensor) => sensor.id),
    );
    if (options.baud !== undefined) await speedUp(session, transport, options.baud);
    return device;
  } catch (error) {
    session.end();
    await transport.close().catch(() => undefined);
    throw error;
  } finally {
    unlisten();
  }
}

/** The answer to HELLO, or undefined where numbers or another tool's description come instead. */
async function greet(
  session: Session,
  transport: Transport,
  { sniffer, foreign }: { readonly sniffer: TextSniffer; readonly foreign: ForeignSniffer },
  settings: typeof defaults & ConnectOptions,
): Promise<Uint8Array | undefined> {
  const began = performance.now();
  // Ends whatever half-frame an earlier program left in the board's receiver. Not waited for: a board that hangs may
  // never take it, and the greeting behind it notices whatever goes wrong.
  transport.write(new Uint8Array(1)).catch(() => undefined);
  const tries = Math.max(1, Math.round(settings.totalMs / settings.helloMs));
  const answer = session.send(request.hello, control({}), { timeoutMs: settings.helloMs, tries }).then(
    (payload) => ({ payload }),
    (error: unknown) => ({ error }),
  );
  for (;;) {
    const first = await Promise.race([answer, pause(50)]);
    const waited = performance.now() - began;
    if (settings.signal?.aborted)
      throw new LinkError('cancelled', 'Connecting was cancelled.', 'Connect again when you like.');
    if (first && 'payload' in first) return first.payload;
    // Another tool's sketch has told what it is: it will never answer ours.
    if (foreign.format) return undefined;
    if (waited >= settings.textMs && sniffer.format) return undefined;
    if (!first) continue;
    if (first.error instanceof LinkError && first.error.code !== 'timeout') throw first.error;
    // A sketch that prints once a second needs a few seconds more to be sure of.
    if (!sniffer.promising || waited > slowestText) throw silent(session.path, sniffer.sample);
    await pause(50);
  }
}

function pause(milliseconds: number): Promise<undefined> {
  return new Promise((resolve) => setTimeout(() => resolve(undefined), milliseconds));
}

function silent(path: string, sample: string): LinkError {
  const action = 'Press its reset button once, or put the Dormouse firmware on it, then connect again.';
  if (sample === '') return new LinkError('no-answer', `The board at ${path} says nothing.`, action);
  const message = `The board at ${path} does not answer, and what it prints is not numbers: "${sample}".`;
  return new LinkError('no-answer', message, action);
}

function wrongVersion(version: number): LinkError {
  const action = version > protocolVersion ? 'Update Dormouse.' : "Update the board's firmware.";
  return new LinkError(
    'unsupported',
    `The board speaks version ${version} of the protocol, Dormouse ${protocolVersion}.`,
    action,
  );
}

/** A program that was here before us may have died without stopping what it started. */
async function quieten(session: Session, sensors: readonly number[]): Promise<void> {
  const ignoreRefusal = (error: unknown): void => {
    if (error instanceof LinkError && error.code.startsWith('device-')) return;
    throw error;
  };
  await session.request(request.runStop, noPayload).catch(ignoreRefusal);
  for (const s of sensors) await session.request(request.streamStop, control({ s })).catch(ignoreRefusal);
}

/** Changes both ends to `baud`. A board that is not heard at the new speed is a failed connection: 'timeout'. */
async function speedUp(session: Session, transport: Transport, baud: number): Promise<void> {
  try {
    await session.request(request.baud, control({ b: baud }));
  } catch (error) {
    // A board on native USB has no speed to change, and says so.
    if (error instanceof LinkError && error.code.startsWith('device-')) return;
    throw error;
  }
  await transport.setBaud(baud);
  await session.request(request.ping, noPayload, { timeoutMs: 200, tries: 5 });
}

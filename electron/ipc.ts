/**
 * The one place where calls from the interface arrive. Each is checked three times before its handler sees it: it
 * comes from the main frame of the window that the handler was made for, that frame shows our own page, and the
 * argument fits the channel's schema. Errors cross as `ErrorReport`s.
 *
 * Handlers hang on one window's own `contents.ipc`, so other pages cannot even reach them.
 */
import * as v from 'valibot';
import { reportOf, type ErrorReport } from '../src/base';
import { channels, wireName, type Channel, type ChannelInput } from './channels';
import { ShellError } from './errors';

/** The origin of our page: a standard, secure scheme of our own (protocol.ts). */
export const appOrigin = 'app://dormouse';

export interface FrameLike {
  readonly processId: number;
  readonly routingId: number;
  readonly origin: string;
  readonly parent: unknown;
}

export interface CallLike {
  /** null where the frame is gone by the time of the call. */
  readonly senderFrame: FrameLike | null;
}

/** What we use of Electron's `contents.ipc`. */
export interface IpcLike {
  handle(channel: string, listener: (call: CallLike, ...args: unknown[]) => unknown): void;
}

export interface ContentsLike {
  readonly ipc: IpcLike;
  readonly mainFrame: FrameLike;
}

export type Answer =
  { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: ErrorReport };

/** True where the call was made by the main frame of `contents`, showing our page. */
export function comesFromOurPage(call: CallLike, contents: ContentsLike): boolean {
  const frame = call.senderFrame;
  const main = contents.mainFrame;
  return (
    frame !== null &&
    frame.parent === null &&
    frame.processId === main.processId &&
    frame.routingId === main.routingId &&
    frame.origin === appOrigin
  );
}

function badRequest(channel: string, issue: string): ShellError {
  return new ShellError(
    'bad-request',
    `The request "${channel}" was refused: ${issue}`,
    'Nothing was changed. Please report this; restarting Dormouse may help.',
  );
}

/** Checks `input` against a schema; throws 'bad-request' naming the first thing that does not fit. */
export function checked<S extends v.GenericSchema>(schema: S, input: unknown, name: string): v.InferOutput<S> {
  const result = v.safeParse(schema, input, { abortEarly: true });
  if (result.success) return result.output;
  const [issue] = result.issues;
  const where = v.getDotPath(issue);
  throw badRequest(name, where ? `${where}: ${issue.message}` : issue.message);
}

/** Installs the handler of one channel for one window. */
export function handle<C extends Channel>(
  contents: ContentsLike,
  channel: C,
  handler: (input: ChannelInput<C>) => unknown,
): void {
  contents.ipc.handle(wireName(channel), async (call, ...args): Promise<Answer> => {
    try {
      if (!comesFromOurPage(call, contents)) {
        throw new ShellError('not-our-window', 'A call from a foreign page was refused.', 'Nothing was changed.');
      }
      if (args.length > 1) throw badRequest(channel, 'one argument was expected.');
      const input = checked(channels[channel], args[0], channel) as ChannelInput<C>;
      return { ok: true, value: await handler(input) };
    } catch (error) {
      return { ok: false, error: isReport(error) ? error : reportOf(error) };
    }
  });
}

/** The services' errors have crossed a process border already and arrive as plain reports. */
function isReport(error: unknown): error is ErrorReport {
  const report = error as Partial<ErrorReport> | null;
  return typeof report === 'object' && !(report instanceof Error) && typeof report?.code === 'string';
}

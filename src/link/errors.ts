/** The one error that leaves `src/link`. Knows every way in which a line, a port or a board can fail. */
import { DormouseError } from '../base';

/**
 * `port-*`: the operating system's side; `no-answer`, `timeout`, `bad-answer`, `lost`, `closed`: the line;
 * `device-*`: the board's own error answers (firmware/PROTOCOL.md, section 2); the rest: the caller.
 */
export type LinkErrorCode =
  | 'port-busy'
  | 'port-permission'
  | 'port-missing'
  | 'port-failed'
  | 'serial-unavailable'
  | 'pty-unavailable'
  | 'no-answer'
  | 'timeout'
  | 'bad-answer'
  | 'lost'
  | 'closed'
  | 'cancelled'
  | 'unsupported'
  | 'no-such-sensor'
  | 'no-such-gesture'
  | 'bad-recording'
  | 'too-large'
  | 'device-unknown-request'
  | 'device-bad-request'
  | 'device-busy'
  | 'device-state'
  | 'device-flash'
  | 'device-verify'
  | 'device-too-large'
  | 'device-no-model';

export class LinkError extends DormouseError<LinkErrorCode> {}

interface Refusal {
  readonly code: LinkErrorCode;
  readonly says: string;
  readonly action: string;
}

/** Indexed by the error code in a response. */
const refusals: Readonly<Record<number, Refusal>> = {
  1: {
    code: 'device-unknown-request',
    says: 'does not know the request',
    action: "Update the board's firmware, then try again.",
  },
  2: { code: 'device-bad-request', says: 'could not use the request', action: 'Check the values and try again.' },
  3: { code: 'device-busy', says: 'is busy', action: 'Stop what the board is doing, then try again.' },
  4: { code: 'device-state', says: 'cannot do that now', action: 'Stop what the board is doing, then try again.' },
  5: {
    code: 'device-flash',
    says: 'could not write its flash',
    action: 'Try once more; the model that was on the board is untouched.',
  },
  6: {
    code: 'device-verify',
    says: 'checked the new model and found it wrong',
    action: 'Deploy again; the model that was on the board is untouched.',
  },
  7: {
    code: 'device-too-large',
    says: 'has too little room for it',
    action: 'Make the model smaller, then try again.',
  },
  8: { code: 'device-no-model', says: 'has no model to run', action: 'Deploy a model to the board first.' },
};

/** Where the same code asks for something else of the person: by request. */
const particular: Readonly<Record<string, Partial<Pick<Refusal, 'says' | 'action'>>>> = {
  'STREAM_START 4': { action: "Choose another rate, or press the board's reset button." },
  'SLOT_WRITE 4': { action: 'Deploy again.' },
  'SLOT_VERIFY 4': { action: 'Deploy again.' },
  'SLOT_COMMIT 4': { action: 'Deploy again.' },
  'SLOT_ROLLBACK 4': { action: 'Deploy a model instead.' },
  'SLOT_ERASE 5': { action: 'Try once more.' },
  'SLOT_ROLLBACK 5': { action: 'Try once more.' },
  'RUN_START 4': {
    action:
      'Stop recording if it runs; if that is not it, record with this board, at a rate that its sensor has, and train again.',
  },
  'RUN_START 6': { says: 'could not load its model', action: 'Deploy the model again.' },
  'INFER_DATA 6': { says: 'could not load its model', action: 'Deploy the model again.' },
  'INFER_DATA 7': { says: 'takes less than that', action: 'Deploy the model again, then try again.' },
};

/** The board answered with an error frame. `detail` is the board's own text, already bounded in length. */
export function refusalError(request: string, code: number, detail: string): LinkError {
  const general = refusals[code] ?? {
    code: 'bad-answer' as const,
    says: `refused with an unknown error (${code})`,
    action: "Update the board's firmware, then try again.",
  };
  const refusal = { ...general, ...particular[`${request} ${code}`] };
  const because = detail === '' ? '' : `: ${withoutStop(detail)}`;
  return new LinkError(refusal.code, `The board ${refusal.says} (${request})${because}.`, refusal.action);
}

/** The bare reason is kept as the error's cause, for lossReason. */
export function lostError(path: string, reason: string): LinkError {
  const bare = withoutStop(reason);
  return new LinkError('lost', `The connection to ${path} was lost: ${bare}.`, 'Plug the board in again.', bare);
}

/** Why writing failed, as part of a sentence: what lostError was given, or the error's own words. */
export function lossReason(error: unknown): string {
  if (error instanceof LinkError && error.code === 'lost' && typeof error.cause === 'string') return error.cause;
  if (error instanceof LinkError && error.code === 'closed') return 'the port was closed';
  return error instanceof Error ? withoutStop(error.message) : 'writing failed';
}

/** Texts of boards and operating systems become parts of our sentences, which end themselves. */
function withoutStop(text: string): string {
  return text.trim().replace(/\.$/, '');
}

export function closedError(path: string): LinkError {
  return new LinkError('closed', `The connection to ${path} is closed.`, 'Connect to the board again.');
}

/** Turns what `serialport` and the operating system throw into one plain sentence; the only place that reads their texts. */
export function portError(path: string, cause: unknown, platform: NodeJS.Platform = process.platform): LinkError {
  const text = cause instanceof Error ? cause.message : String(cause);
  const code = (cause as { code?: unknown } | null)?.code;
  if (/cannot lock port|resource busy|EBUSY|temporarily unavailable/i.test(text) || code === 'EBUSY')
    return busy(path, cause);
  // Windows says "Access denied" for a port that another program holds; there are no permissions on COM ports.
  if (/access denied/i.test(text) && platform === 'win32') return busy(path, cause);
  if (/permission denied|EACCES|access denied/i.test(text) || code === 'EACCES') {
    const action =
      platform === 'linux'
        ? 'Run "sudo usermod -aG dialout $USER" and log in again, or install a udev rule for the board.'
        : 'Allow this program to use the port, then try again.';
    return new LinkError('port-permission', `You are not allowed to open ${path}.`, action, cause);
  }
  if (/no such file|file not found|ENOENT|ENXIO|ENODEV|no such device/i.test(text) || code === 'ENOENT')
    return new LinkError(
      'port-missing',
      `There is no port ${path}.`,
      'Plug the board in, or choose another port.',
      cause,
    );
  return new LinkError(
    'port-failed',
    `${path} could not be used: ${withoutStop(text)}.`,
    'Unplug the board, plug it in and try again.',
    cause,
  );
}

function busy(path: string, cause: unknown): LinkError {
  return new LinkError(
    'port-busy',
    `${path} is used by another program.`,
    'Close the other program (a serial monitor, the Arduino IDE, another Dormouse), then try again.',
    cause,
  );
}

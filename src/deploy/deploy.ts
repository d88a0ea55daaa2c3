/**
 * Flashes a model image: erase the idle slot, write, verify (the board runs the golden vectors), commit, start. Until
 * the commit the model that was on the board stays as it is; every error says so. Knows the Device interface only.
 */
import type { LongWork } from '../base';
import { boardById } from '../boards';
import { LinkError, type Device } from '../link';
import { DeployError } from './errors';
import { parseImage } from './image';
import type { DeployProgress, DeployReport } from './types';

export interface DeployWork extends LongWork {
  readonly onDeploy?: ((progress: DeployProgress) => void) | undefined;
}

const untouched = 'The model that was on the board is untouched and still the one that it uses.';

/** Marks at the end of a slot that no image may reach (firmware/MODEL_SLOT.md 3): eight write units. */
function roomFor(device: Device): number {
  const writeUnit = boardById(device.info.board)?.flashWriteUnit ?? 4;
  return device.info.slotBytes - 8 * writeUnit;
}

function refuseImpossible(device: Device, image: Uint8Array): void {
  if (!device.info.dormouse)
    throw new DeployError(
      'not-supported',
      'The sketch on this board only prints numbers; it cannot take a model.',
      'Put the Dormouse firmware on the board first.',
    );
  const room = roomFor(device);
  if (image.length > room)
    throw new DeployError(
      'too-large',
      `The model image has ${image.length} bytes, but a slot on this board takes at most ${Math.max(0, room)}.`,
      'Choose a smaller model and train again.',
    );
}

const lineCodes: ReadonlySet<string> = new Set(['lost', 'closed', 'timeout', 'no-answer', 'bad-answer', 'port-failed']);

/** Any failure of a phase as a DeployError that says what is safe. */
function explained(error: unknown, phase: DeployProgress['phase']): unknown {
  if (!(error instanceof LinkError)) return error;
  if (error.code === 'cancelled') return cancelled(error);
  if (error.code === 'device-verify') {
    return new DeployError(
      'self-test-failed',
      `${error.message} ${untouched}`,
      'Flash again; if it fails again, update the firmware on the board.',
      error,
    );
  }
  if (error.code === 'device-too-large')
    return new DeployError(
      'too-large',
      `${error.message} ${untouched}`,
      'Choose a smaller model and train again.',
      error,
    );
  if (!lineCodes.has(error.code)) {
    const kept = phase === 'start' ? 'The new model is on the board.' : untouched;
    return new DeployError('board-refused', `${error.message} ${kept}`, error.action, error);
  }
  if (phase === 'commit')
    return new DeployError(
      'commit-unknown',
      'The line was lost in the moment in which the new model was made the current one. The board runs either the old or the new one, never a part.',
      'Connect the board again; it tells which one runs. Flashing can be repeated.',
      error,
    );
  if (phase === 'start')
    return new DeployError(
      'line-lost',
      'The new model is on the board, but the line was lost right after.',
      'Connect the board again.',
      error,
    );
  return new DeployError(
    'line-lost',
    `The line to the board was lost. ${untouched}`,
    'Connect the board again, then flash again.',
    error,
  );
}

const cancelled = (cause?: unknown): DeployError =>
  new DeployError('cancelled', `Flashing was cancelled. ${untouched}`, 'Flash again whenever you like.', cause);

class Deployment {
  private readonly began = performance.now();

  constructor(
    private readonly device: Device,
    private readonly image: Uint8Array,
    private readonly work: DeployWork,
  ) {}

  /** Tells where it is, and stops here if the person asked to. Not after the commit: then it is done. */
  private enter(phase: DeployProgress['phase'], bytes: number): void {
    if (phase !== 'start' && this.work.signal?.aborted) throw cancelled();
    this.tell(phase, bytes);
  }

  private tell(phase: DeployProgress['phase'], bytes: number): void {
    const total = this.image.length;
    this.work.onDeploy?.({ phase, bytes, total });
    this.work.onProgress?.({ step: steps[phase], done: bytes, total });
  }

  private async phase<T>(phase: DeployProgress['phase'], bytes: number, work: () => Promise<T>): Promise<T> {
    this.enter(phase, bytes);
    try {
      return await work();
    } catch (error) {
      throw explained(error, phase);
    }
  }

  async run(crc: number, goldenVectors: number): Promise<DeployReport> {
    const { device, image } = this;
    const { slot } = await this.phase('erase', 0, () => device.beginSlot(image.length, crc));
    await this.phase('write', 0, () => device.writeSlot(image, (bytes) => this.tell('write', bytes), this.work.signal));
    const verified = await this.phase('verify', image.length, () => device.verifySlot());
    if (verified.goldenVectors !== goldenVectors)
      throw new DeployError(
        'self-test-failed',
        `The board passed ${verified.goldenVectors} of ${goldenVectors} test windows. ${untouched}`,
        'Flash again; if it fails again, update the firmware on the board.',
      );
    await this.phase('commit', image.length, () => device.commitSlot());
    await this.phase('start', image.length, async () => this.confirm(slot, crc));
    const seconds = (performance.now() - this.began) / 1000;
    return {
      slot,
      bytes: image.length,
      seconds,
      bytesPerSecond: image.length / Math.max(seconds, 1e-6),
      goldenVectors,
      selfTestMicros: verified.micros,
    };
  }

  /** Asks the board which model it now has. */
  private async confirm(slot: number, crc: number): Promise<void> {
    const { slots, active } = await this.device.listSlots();
    const current = slots.find((candidate) => candidate.slot === slot);
    if (active !== slot || current?.crc !== crc)
      throw new DeployError(
        'board-refused',
        'The board took the model but does not name it as its current one.',
        'Flash again; if it happens again, update the firmware on the board.',
      );
  }
}

const steps: Readonly<Record<DeployProgress['phase'], string>> = {
  erase: 'Erasing the idle slot',
  write: 'Writing the model',
  verify: 'Testing the model on the board',
  commit: 'Making it the current model',
  start: 'Starting the model',
};

/**
 * Puts an image on a board. May be repeated after any error, over the same Device where the line recovered or over a
 * new one. Recognition that runs on the board must have been stopped.
 * @throws DeployError; its message says what is safe and its action what to do.
 */
export async function deployImage(device: Device, image: Uint8Array, work: DeployWork = {}): Promise<DeployReport> {
  const { crc, golden } = parseImage(image);
  refuseImpossible(device, image);
  return new Deployment(device, image, work).run(crc, golden.length);
}

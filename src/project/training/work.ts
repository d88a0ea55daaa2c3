/** What goes through all steps of a training: the wish to stop, the news, and the two errors any of them may end in. */
import { setImmediate } from 'node:timers/promises';
import type { LongWork } from '../../base';
import type { TrainProgress, TrainSettings } from '../contract';
import { ProjectError } from '../errors';

export interface TrainWork extends LongWork {
  readonly onTrain?: ((progress: TrainProgress) => void) | undefined;
  /** For this run only, over the project's own settings. */
  readonly settings?: Partial<TrainSettings> | undefined;
  /** Go on where a cancelled training ended, if its data and settings are still these; else begin anew. */
  readonly resume?: boolean | undefined;
}

export const cancelled = () =>
  new ProjectError(
    'cancelled',
    'Training was cancelled.',
    'The model from before is still there; continue or train again when you like.',
  );

/** Lets whoever wants to cancel be heard, in work that does not wait for anything. @throws ProjectError `cancelled`. */
export async function giveWay(work: Pick<LongWork, 'signal'>): Promise<void> {
  await setImmediate();
  if (work.signal?.aborted) throw cancelled();
}

/** Memory that the system did not give comes as a RangeError or a WebAssembly error; people need one sentence. */
export function explained(error: unknown): unknown {
  const text = error instanceof Error ? error.message : '';
  if (!/allocation failed|out of memory|memory\.grow|Invalid (typed )?array length/i.test(text)) return error;
  return new ProjectError(
    'no-memory',
    'There is not enough memory to train this model on these captures.',
    'Choose a smaller model, a smaller batch size or a longer stride, or close other programs; nothing was lost.',
    error,
  );
}

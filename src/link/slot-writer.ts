/**
 * Carries a model image to the board in acknowledged pieces, a few in flight at once. Knows SLOT_WRITE only: erasing
 * before and verifying after are the caller's.
 */
import { LinkError } from './errors';
import type { Session } from './session';
import { FieldReader, request } from './wire/messages';

/**
 * Pieces under way at once. Two keep the line busy while the board writes flash; four ride out a slow scheduler. More
 * would only wait in the board's receive buffer.
 */
const windowPieces = 4;
/** How often one offset may be sent anew before the line is called unusable. */
const rewindsAllowed = 8;

export interface SlotWriteOptions {
  readonly maxPayload: number;
  readonly onProgress?: ((bytes: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Go-back-n: every answer says which offset the board wants next. A piece that was lost shows as an answer that wants
 * less than was sent, and writing goes on from there.
 */
export async function writeSlotImage(session: Session, image: Uint8Array, options: SlotWriteOptions): Promise<void> {
  const pieceBytes = (options.maxPayload - 4) & ~15;
  let acknowledged = 0;
  let sent = 0;
  let rewinds = 0;
  const inFlight: { readonly end: number; readonly answer: Promise<number> }[] = [];
  try {
    while (acknowledged < image.length) {
      if (options.signal?.aborted)
        throw new LinkError('cancelled', 'Writing the model was cancelled.', 'The model on the board is untouched.');
      while (sent < image.length && inFlight.length < windowPieces) {
        const end = Math.min(sent + pieceBytes, image.length);
        inFlight.push({ end, answer: sendPiece(session, image, sent, end) });
        sent = end;
      }
      const first = inFlight.shift()!;
      // An answer that had to be asked for again may be newer than the one behind it.
      const wanted = Math.max(acknowledged, await first.answer);
      if (wanted > image.length)
        throw new LinkError('bad-answer', 'The board lost track of the model that it receives.', 'Deploy again.');
      if (wanted > acknowledged) rewinds = 0;
      acknowledged = wanted;
      options.onProgress?.(acknowledged);
      if (wanted >= first.end) continue;
      if (++rewinds > rewindsAllowed)
        throw new LinkError(
          'timeout',
          'The board does not take the model.',
          'Unplug the board, plug it in and deploy again.',
        );
      // The rest of the window was refused for the same reason; its answers only repeat what is wanted.
      await Promise.all(inFlight.splice(0).map((piece) => piece.answer));
      sent = acknowledged;
    }
  } finally {
    for (const piece of inFlight) piece.answer.catch(() => undefined);
  }
}

async function sendPiece(session: Session, image: Uint8Array, from: number, end: number): Promise<number> {
  const payload = new Uint8Array(4 + end - from);
  new DataView(payload.buffer).setUint32(0, from, true);
  payload.set(image.subarray(from, end), 4);
  const answer = await session.send(request.slotWrite, payload, { timeoutMs: 2000, tries: 4 });
  return new FieldReader(answer, 'answer to a piece of the model').u32();
}

/** Whatever a request rejected with, as the two sentences that people read. Pure. */
import { uiWords } from './words';

export interface Problem {
  readonly message: string;
  readonly action: string;
}

function textOf(thing: object, key: string): string {
  const value = (thing as Record<string, unknown>)[key];
  return typeof value === 'string' ? value : '';
}

/** Whether something ended because the person stopped it; that is not a problem. */
export function wasCancelled(error: unknown): boolean {
  return typeof error === 'object' && error !== null && textOf(reportIn(error), 'code') === 'cancelled';
}

function reportIn(error: object): object {
  const report = (error as { report?: unknown }).report;
  return typeof report === 'object' && report !== null ? report : error;
}

/** The bridge rejects with an ErrorReport, or with an Error that carries `action`; anything else keeps its own words. */
export function problemOf(error: unknown): Problem {
  if (typeof error === 'object' && error !== null) {
    const source = reportIn(error);
    const message = textOf(source, 'message');
    if (message) return { message, action: textOf(source, 'action') || uiWords.tryAgain };
  }
  return { message: typeof error === 'string' && error ? error : uiWords.unknownProblem, action: uiWords.tryAgain };
}

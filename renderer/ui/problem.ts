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

/** The bridge rejects with an ErrorReport, or with an Error that carries `action`; anything else keeps its own words. */
export function problemOf(error: unknown): Problem {
  if (typeof error === 'object' && error !== null) {
    const report = (error as { report?: unknown }).report;
    const source = typeof report === 'object' && report !== null ? report : error;
    const message = textOf(source, 'message');
    if (message) return { message, action: textOf(source, 'action') || uiWords.tryAgain };
  }
  return { message: typeof error === 'string' && error ? error : uiWords.unknownProblem, action: uiWords.tryAgain };
}

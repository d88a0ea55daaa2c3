/**
 * The one shape every error of Dormouse has when it crosses a boundary: a code for programs, a plain sentence for
 * people, and what to do next. Each folder of `src/` subclasses it once with its own closed union of codes.
 *
 * Knows nothing of any boundary, of files or of the interface.
 */

/** What crosses a process border (IPC, a worker, `--json`) in place of the Error object. */
export interface ErrorReport {
  readonly name: string;
  readonly code: string;
  /** One plain sentence: what happened and to what. */
  readonly message: string;
  /** One plain sentence: what the person can do now. */
  readonly action: string;
}

export abstract class DormouseError<Code extends string = string> extends Error {
  readonly code: Code;
  readonly action: string;

  constructor(code: Code, message: string, action: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = new.target.name;
    this.code = code;
    this.action = action;
  }

  report(): ErrorReport {
    return { name: this.name, code: this.code, message: this.message, action: this.action };
  }
}

/** Turns anything thrown into a report; an unknown error keeps its own message and gets a general action. */
export function reportOf(error: unknown): ErrorReport {
  if (error instanceof DormouseError) return error.report();
  const message = error instanceof Error ? error.message : String(error);
  return { name: 'Error', code: 'unexpected', message, action: 'Try again; if it happens again, please report it.' };
}

/**
 * Tests that need something which a user's machine may lack (a compiler, recordings, a display). They are skipped
 * with a printed reason; with DORMOUSE_TEST_ALL=1 a missing thing is a failure instead.
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, type TestContext } from 'vitest';
import { installRoot } from '../../src/base';

export interface Need {
  readonly met: boolean;
  readonly reason: string;
  /** Skipped where it is missing even when everything must run: too large for the machines that check every change. */
  readonly optional?: true;
}

export const whereFound = (need: Need): Need => ({ ...need, optional: true });

const everythingMustRun = process.env['DORMOUSE_TEST_ALL'] === '1';

function commandExists(command: string): boolean {
  try {
    execFileSync('which', [command], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** All of these commands are on the PATH. */
export function needsCommands(...commands: string[]): Need {
  const missing = commands.filter((command) => !commandExists(command));
  return { met: missing.length === 0, reason: `needs ${missing.join(', ')}, not found on this machine` };
}

/** The shared recordings: beside the checkout, or where DORMOUSE_DATA says. */
export function dataFolder(...parts: string[]): string {
  const base = process.env['DORMOUSE_DATA'] ?? join(installRoot(), '..', 'shared', 'data');
  return join(base, ...parts);
}

export function needsData(...parts: string[]): Need {
  const path = dataFolder(...parts);
  return { met: existsSync(path), reason: `needs the recordings in ${parts.join('/')} (set DORMOUSE_DATA)` };
}

/** The interpreter that has the oracles: `python3`, or another that DORMOUSE_PYTHON names. */
export const python = process.env['DORMOUSE_PYTHON'] ?? 'python3';

/** Python modules used as oracles, never by Dormouse itself. */
export function needsPython(...modules: string[]): Need {
  try {
    execFileSync(python, ['-c', modules.map((module) => `import ${module}`).join('\n')], { stdio: 'ignore' });
    return { met: true, reason: '' };
  } catch {
    return { met: false, reason: `needs Python with ${modules.join(', ')}` };
  }
}

/** describe() that is skipped, with the reason in its name, where a need is not met; or fails under DORMOUSE_TEST_ALL=1. */
export function describeWith(needs: Need | readonly Need[], name: string, body: () => void): void {
  const unmet = (Array.isArray(needs) ? (needs as readonly Need[]) : [needs as Need]).filter((need) => !need.met);
  if (unmet.length === 0) {
    describe(name, body);
    return;
  }
  const reason = unmet.map((need) => need.reason).join('; ');
  if (everythingMustRun && unmet.some((need) => !need.optional)) {
    describe(name, () => {
      it('has what it needs', () => {
        expect.fail(`DORMOUSE_TEST_ALL=1, but this ${reason}`);
      });
    });
    return;
  }
  describe(name, () => {
    it('runs', (context: TestContext) => {
      context.skip(reason);
    });
  });
}

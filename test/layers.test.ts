/** The house's one-way street and its size rules, as tests. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { installRoot } from '../src/base';

function cruise(...folders: string[]): { status: number; output: string } {
  const bin = join(installRoot(), 'node_modules', 'dependency-cruiser', 'bin', 'dependency-cruise.mjs');
  try {
    const output = execFileSync(process.execPath, [bin, '--config', '.dependency-cruiser.cjs', ...folders], {
      cwd: installRoot(),
      encoding: 'utf8',
    });
    return { status: 0, output };
  } catch (error) {
    const failed = error as { status: number; stdout: string };
    return { status: failed.status, output: failed.stdout };
  }
}

describe('import directions', () => {
  it('go one way only', () => {
    const { status, output } = cruise('src', 'electron', 'renderer');
    expect(output).toContain('no dependency violations found');
    expect(status).toBe(0);
  });

  it('are really watched: an import against the flow is reported', () => {
    const folder = mkdtempSync(join(installRoot(), 'src', 'link', 'probe-'));
    try {
      writeFileSync(
        join(folder, 'against.ts'),
        "import { Dataset } from '../../dataset';\nexport const wrong = Dataset;\n",
      );
      const { status, output } = cruise(folder.slice(installRoot().length + 1));
      expect(status).not.toBe(0);
      expect(output).toContain('link-imports-only-from-its-left');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

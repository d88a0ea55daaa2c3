/** The same seed and data give the same model file in Node and in Electron, whose V8 is another. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { installRoot } from '../../src/base';
import { makeExample, type TrainReport } from '../../src/project';
import { electronExecutable, needsApp } from '../support/app';
import { temporaryFolder } from '../support/cli';
import { describeWith } from '../support/needs';

function train(executable: string, project: string, threads: string): TrainReport {
  const cli = join(installRoot(), 'dist', 'cli', 'dormouse.js');
  const args = ['--project', project, '--json', 'train', '--seed', '3', '--epochs', '4', '--threads', threads];
  const printed = execFileSync(executable, [cli, ...args], {
    encoding: 'utf8',
    env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
    maxBuffer: 64 * 1024 * 1024,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return JSON.parse(printed) as TrainReport;
}

describeWith(needsApp(), 'a model file', () => {
  it('has the same bytes from Node and from Electron', async () => {
    const folder = temporaryFolder();
    try {
      const path = join(folder.path, 'example');
      await (await makeExample(path, { name: 'Same bits', seed: 3 })).close();
      const node = train(process.execPath, path, '1');
      const electron = train(electronExecutable(), path, '2');
      expect(electron.tfliteSha256).toBe(node.tfliteSha256);
      expect(node.int8?.accuracy).toBeGreaterThan(0.5);
    } finally {
      folder.remove();
    }
  });
});

/** The packaged app: starts from its archive, with its fuses as ordered, and turns away who wants plain Node of it. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makePackage } from '../../scripts/package.mjs';
import { makeFolders, needsApp, type AppFolders } from '../support/app';
import { itemName } from '../support/checklist';
import { display, stopDisplay } from '../support/display';
import { describeWith } from '../support/needs';

afterAll(stopDisplay);

const rootSwitches = process.getuid?.() === 0 ? ['--no-sandbox'] : [];

/** Resolves with the address that the started program prints for its developer tools. */
function debugAddress(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stderr?.on('data', (data: Buffer) => {
      text += data.toString();
      const found = /DevTools listening on (ws:\/\/\S+)/.exec(text);
      if (found) resolve(found[1]);
    });
    child.once('exit', (code) => reject(new Error(`the program ended with ${code}:\n${text}`)));
  });
}

describeWith(needsApp(), 'the package', () => {
  let output: string;
  let program: string;
  let folders: AppFolders & { remove(): Promise<void> };
  beforeAll(async () => {
    output = await mkdtemp(join(tmpdir(), 'dormouse-package-'));
    folders = await makeFolders();
    // Reads the fuses back itself, and fails where one is not as ordered.
    program = await makePackage({ output });
  });
  afterAll(async () => {
    await folders.remove();
    await rm(output, { recursive: true, force: true });
  });
  const environment = async (): Promise<NodeJS.ProcessEnv> => ({
    ...process.env,
    DISPLAY: await display(),
    DORMOUSE_USER_DATA: folders.userData,
    DORMOUSE_PROJECTS: folders.projects,
  });

  it(itemName(19), async () => {
    // With these fuses off, neither way of making it run foreign code has any effect.
    const asNode = spawnSync(program, ['-e', 'console.log("ran as " + "node")'], {
      env: { ...(await environment()), ELECTRON_RUN_AS_NODE: '1', DISPLAY: ':none' },
      encoding: 'utf8',
      timeout: 20_000,
    });
    expect(asNode.stdout).not.toMatch(/ran as node/);
    const inspected = spawnSync(program, [...rootSwitches, '--inspect=0'], {
      env: { ...(await environment()), DISPLAY: ':none' },
      encoding: 'utf8',
      timeout: 20_000,
    });
    expect(inspected.stderr).not.toMatch(/Debugger listening/);
  });

  it('starts from its archive, with the simulated board ready', async () => {
    const child = spawn(program, [...rootSwitches, '--remote-debugging-port=0'], { env: await environment() });
    try {
      const browser = await chromium.connectOverCDP(await debugAddress(child));
      const page = browser.contexts()[0].pages()[0] ?? (await browser.contexts()[0].waitForEvent('page'));
      await page.getByRole('button', { name: /simulated board/i }).waitFor();
      const connected = await page.evaluate(() => window.dormouse.request('device.connect', { path: 'sim' }));
      expect(connected).toMatchObject({ status: 'connected' });
      const ended = new Promise((resolve) => child.once('exit', resolve));
      await page.evaluate(() => window.close());
      await ended;
    } finally {
      child.kill('SIGKILL');
    }
  });
});

/**
 * The built app as the benchmarks drive it: started as a person starts it, on a display of its own where there is none,
 * and reached through the debugging port. Knows nothing of what is measured.
 */
import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { root } from './ready.mjs';

/** The display there is, else an Xvfb of our own; undefined where there is neither. */
export function startDisplay() {
  if (process.platform !== 'linux' || process.env.DISPLAY)
    return { display: process.env.DISPLAY, stop: () => undefined };
  if (spawnSync('which', ['Xvfb']).status !== 0) return undefined;
  const server = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1400x900x24'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  return new Promise((resolve) => {
    server.stdio[3].once('data', (data) =>
      resolve({ display: `:${data.toString().trim()}`, stop: () => server.kill() }),
    );
  });
}

function debugAddress(child) {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stderr.on('data', (data) => {
      text += data.toString();
      const found = /DevTools listening on (ws:\/\/\S+)/.exec(text);
      if (found) resolve(found[1]);
    });
    child.once('exit', (code) => reject(new Error(`the app ended with ${code}`)));
  });
}

/** Starts the app with its folders under `folder`; `close` ends it and waits until it has ended. */
export async function launchApp(electron, display, folder) {
  const switches = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const env = {
    ...process.env,
    DISPLAY: display,
    DORMOUSE_USER_DATA: join(folder, 'user'),
    DORMOUSE_PROJECTS: join(folder, 'projects'),
  };
  const child = spawn(electron.executable, [...switches, '--remote-debugging-port=0', root], {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const browser = await chromium.connectOverCDP(await debugAddress(child));
  const [context] = browser.contexts();
  const page = context.pages()[0] ?? (await context.waitForEvent('page'));
  const close = async () => {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    await page.evaluate(() => globalThis.close());
    await ended;
  };
  return { page, close };
}

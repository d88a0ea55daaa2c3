/** Electron's security checklist, as far as only the real app proves it; test/electron proves the rest by its rules. */
import { join } from 'node:path';
import type Electron from 'electron';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { DormouseBridge } from '../../electron/bridge';
import { installRoot } from '../../src/base';
import { launch, needsApp, type RunningApp } from '../support/app';
import { checklist, itemName } from '../support/checklist';
import { stopDisplay } from '../support/display';
import { describeWith } from '../support/needs';

afterAll(stopDisplay);

let running: RunningApp;

/** How an expression ends that runs as the page's own code: what the inspector itself evaluates escapes the policy. */
async function attempt(page: Page, action: () => unknown): Promise<string> {
  return page.evaluate(
    (source) =>
      new Promise<string>((resolve) => {
        const run = (0, eval)(`(${source})`) as () => unknown;
        setTimeout(() => {
          const ended = Promise.resolve().then(run);
          ended.then(
            (value) => resolve(`did: ${String(value)}`),
            (error: unknown) => resolve(`refused: ${String(error)}`),
          );
        }, 0);
      }),
    action.toString(),
  );
}

const settle = (ms = 300): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Everything that tells whether the app went somewhere. */
async function whereabouts(): Promise<unknown> {
  const windows = await running.app.evaluate(({ webContents }) =>
    webContents.getAllWebContents().map((c) => c.getURL()),
  );
  return windows.filter((url) => !url.startsWith('devtools:'));
}

/** Runs something that tries to lead the page away, and finds everything where it was. */
async function staysPut(action: () => unknown): Promise<void> {
  const before = await whereabouts();
  await running.page.evaluate(() => ((window as unknown as { mark: string }).mark = 'here'));
  await attempt(running.page, action);
  await settle();
  expect(await whereabouts()).toEqual(before);
  expect(await running.page.evaluate(() => (window as unknown as { mark?: string }).mark)).toBe('here');
}

const proofs: Readonly<Record<number, () => Promise<void>>> = {
  async 1() {
    expect(await attempt(running.page, () => fetch('https://example.com/'))).toMatch(/^refused/);
    expect(await attempt(running.page, () => fetch('http://127.0.0.1:9/'))).toMatch(/^refused/);
    expect(await attempt(running.page, () => fetch('file:///etc/passwd'))).toMatch(/^refused/);
    const loaded = await running.page.evaluate(() => performance.getEntriesByType('resource').map(({ name }) => name));
    expect(loaded.filter((name) => !name.startsWith('app://dormouse/'))).toEqual([]);
    const session = await running.app.evaluate(({ session: sessions }) =>
      sessions.defaultSession.fetch('https://example.com/').then(
        () => 'reached',
        () => 'refused',
      ),
    );
    expect(session).toBe('refused');
  },
  async 2() {
    const names = ['require', 'process', 'module', 'Buffer', 'global', '__dirname', 'setImmediate'];
    const found = await running.page.evaluate((all) => all.filter((name) => name in window), names);
    expect(found).toEqual([]);
  },
  async 3() {
    const seen = await running.page.evaluate(async () => {
      const caught: string[] = [];
      // eslint-disable-next-line @typescript-eslint/unbound-method -- called with its own `this` below
      const original = Map.prototype.get;
      Map.prototype.get = function (this: Map<unknown, unknown>, key: unknown): unknown {
        if (typeof key === 'string' && key.includes('.')) caught.push(key);
        return original.call(this, key);
      };
      window.dormouse.on('project.changed', () => undefined)();
      Map.prototype.get = original;
      await window.dormouse.request('app.info', undefined);
      return caught;
    });
    // The bridge's own code uses a Map of its own world, so the page's altered one sees nothing of it.
    expect(seen).toEqual([]);
    const replaced = await attempt(running.page, () => {
      (window as unknown as { dormouse: unknown }).dormouse = { request: () => 'mine' };
      return Object.keys(window.dormouse).length;
    });
    expect(replaced).not.toBe('did: 1');
  },
  async 4() {
    const preferences = await running.app.evaluate(({ BrowserWindow }) => {
      const contents = BrowserWindow.getAllWindows()[0].webContents as unknown as {
        getLastWebPreferences(): Record<string, unknown>;
      };
      return contents.getLastWebPreferences();
    });
    expect(preferences).toMatchObject({ sandbox: true, contextIsolation: true, nodeIntegration: false });
  },
  async 5() {
    const { page } = running;
    expect(await attempt(page, () => navigator.mediaDevices.getUserMedia({ audio: true }))).toMatch(/^refused/);
    expect(await attempt(page, () => navigator.mediaDevices.getDisplayMedia({ video: true }))).toMatch(/^refused/);
    expect(await attempt(page, () => navigator.clipboard.readText())).toMatch(/^refused/);
    expect(await attempt(page, () => Notification.requestPermission())).toBe('did: denied');
    const located = await attempt(
      page,
      () =>
        new Promise((resolve, reject) =>
          navigator.geolocation.getCurrentPosition(resolve, () => reject(new Error('no'))),
        ),
    );
    expect(located).toMatch(/^refused/);
    for (const name of ['serial', 'usb', 'hid', 'bluetooth']) {
      const got = await page.evaluate(async (api) => {
        const port = (
          navigator as unknown as Record<string, { getPorts?(): Promise<unknown[]>; getDevices?(): Promise<unknown[]> }>
        )[api];
        const list = await (port?.getPorts?.() ?? port?.getDevices?.())?.catch(() => []);
        return list?.length ?? 0;
      }, name);
      expect(got, name).toBe(0);
    }
  },
  async 6() {
    // With webSecurity off, a page may read any other origin's answer.
    const other = await attempt(running.page, () =>
      fetch('app://elsewhere/index.html').then((answer) => answer.status),
    );
    expect(other).toMatch(/^refused/);
  },
  async 7() {
    const { page } = running;
    const policy = await page.evaluate(() =>
      fetch('app://dormouse/index.html').then((answer) => answer.headers.get('Content-Security-Policy')),
    );
    expect(policy).toMatch(/default-src 'none'; script-src 'self'/);
    expect(await attempt(page, () => (0, eval)('1 + 1') as number)).toMatch(/^refused: EvalError/);
    expect(await attempt(page, () => Reflect.construct(Function, ['return 1']))).toMatch(/^refused/);
    const inline = await attempt(page, () => {
      const script = document.createElement('script');
      script.textContent = 'window.inlineRan = true';
      document.body.append(script);
      script.remove();
      return 'inlineRan' in window;
    });
    expect(inline).not.toBe('did: true');
    const html = await attempt(page, () => {
      const box = document.createElement('div');
      box.innerHTML = '<img src=x onerror="window.inlineRan = true">';
      return 'made';
    });
    expect(html).toMatch(/^refused: TypeError/);
    expect(await page.evaluate(() => 'inlineRan' in window)).toBe(false);
  },
  async 12() {
    await staysPut(() => {
      const view = document.createElement('webview');
      view.setAttribute('src', 'https://example.com');
      document.body.append(view);
      setTimeout(() => view.remove(), 200);
    });
  },
  async 13() {
    await staysPut(() => (location.href = 'https://example.com/'));
    await staysPut(() => (location.href = 'file:///etc/passwd'));
    await staysPut(() => location.assign('app://dormouse/other.html'));
    await staysPut(() => (location.href = 'data:text/html,hello'));
    await staysPut(() => {
      const link = document.createElement('a');
      link.href = 'https://example.com/';
      document.body.append(link);
      link.click();
      link.remove();
    });
    await staysPut(() => {
      const form = document.createElement('form');
      form.action = 'https://example.com/';
      document.body.append(form);
      form.submit();
      form.remove();
    });
    await staysPut(() => {
      const frame = document.createElement('iframe');
      frame.src = 'https://example.com/';
      document.body.append(frame);
      setTimeout(() => frame.remove(), 200);
    });
  },
  async 14() {
    expect(await attempt(running.page, () => window.open('https://example.com/'))).toBe('did: null');
    await staysPut(() => {
      const link = document.createElement('a');
      link.href = 'app://dormouse/index.html';
      link.target = '_blank';
      document.body.append(link);
      link.click();
      link.remove();
    });
  },
  async 15() {
    const { app, page } = running;
    await app.evaluate(({ shell }) => {
      const opened: string[] = [];
      (globalThis as unknown as { opened: string[] }).opened = opened;
      shell.openExternal = (url) => Promise.resolve(void opened.push(url));
    });
    const codes = await page.evaluate(async () => {
      const bridge = window.dormouse as unknown as { openExternal(page: unknown): Promise<void> };
      const tried = ['https://example.com', 'file:///bin/sh', 'javascript:1', { toString: () => 'arduino-cli' }];
      return Promise.all(
        tried.map((address) => bridge.openExternal(address).catch((error: { code: string }) => error.code)),
      );
    });
    expect(codes).toEqual(['bad-request', 'bad-request', 'bad-request', 'bad-request']);
    await page.evaluate(() => window.dormouse.openExternal('arduino-cli'));
    const opened = await app.evaluate(() => (globalThis as unknown as { opened: string[] }).opened);
    expect(opened).toEqual(['https://arduino.github.io/arduino-cli/latest/installation/']);
  },
  async 17() {
    // A foreign window that got hold of our preload script, and so of the very calls that our page makes.
    for (const url of ['data:text/html,<title>forger</title>', 'app://dormouse/index.html']) {
      const preload = join(installRoot(), 'dist', 'electron', 'preload.cjs');
      const tryForging = async ({ BrowserWindow }: typeof Electron, [address, script]: string[]): Promise<string[]> => {
        const forger = new BrowserWindow({ show: false, webPreferences: { preload: script } });
        await forger.loadURL(address);
        const tried = (await forger.webContents.executeJavaScript(
          `Promise.all([
            window.dormouse.request('app.info', undefined),
            window.dormouse.pickFolder('x'),
            window.dormouse.openExternal('arduino-cli'),
          ].map((call) => call.then(() => 'answered', (error) => error.code)))`,
        )) as string[];
        forger.destroy();
        return tried;
      };
      const answers = await running.app.evaluate(tryForging, [url, preload]);
      expect(answers).toEqual(['bad-request', 'bad-request', 'bad-request']);
    }
  },
  async 18() {
    expect(await running.page.evaluate(() => location.href)).toBe('app://dormouse/index.html');
    const statuses = await running.page.evaluate(() =>
      Promise.all(
        ['../package.json', '..%2fpackage.json', '%2e%2e/electron/main.js', 'none.js', ''].map((path) =>
          fetch(`app://dormouse/${path}`).then((answer) => answer.status),
        ),
      ),
    );
    expect(statuses).toEqual([404, 404, 404, 404, 200]);
  },
  async 20() {
    const offered = await running.page.evaluate(() =>
      Object.entries(window.dormouse).map(([name, value]) => `${name}: ${typeof value}`),
    );
    const expected: Record<keyof DormouseBridge, string> = {
      request: 'function',
      on: 'function',
      onShell: 'function',
      pickFolder: 'function',
      pickFiles: 'function',
      savePath: 'function',
      pathOf: 'function',
      preferences: 'function',
      changePreferences: 'function',
      openExternal: 'function',
      platform: 'string',
    };
    expect(offered.sort()).toEqual(
      Object.entries(expected)
        .map((entry) => entry.join(': '))
        .sort(),
    );
    expect(await running.page.evaluate(() => 'electron' in window || 'ipcRenderer' in window)).toBe(false);
  },
};

describeWith(needsApp(), "Electron's security checklist, in the app", () => {
  beforeAll(async () => {
    running = await launch();
  });
  afterAll(async () => {
    await running.close();
  });

  it('has a proof for every item that needs the app (19, the fuses, is proved on the package)', () => {
    const wanted = checklist.filter(({ proof }) => proof.includes('app')).map(({ number }) => number);
    expect([...Object.keys(proofs).map(Number), 19].sort((a, b) => a - b)).toEqual(wanted);
  });

  for (const [number, proof] of Object.entries(proofs)) it(itemName(Number(number)), proof);
});

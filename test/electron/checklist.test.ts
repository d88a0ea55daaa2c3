/** Electron's security checklist, as far as the shell's rules and sources prove it; test/e2e proves the rest in the app. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Session, WebContents } from 'electron';
import { describe, expect, it } from 'vitest';
import { externalPages } from '../../electron/bridge';
import { appOrigin, comesFromOurPage, type FrameLike } from '../../electron/ipc';
import * as policy from '../../electron/policy';
import { appScheme, fileFor } from '../../electron/protocol';
import { electronFuses, packagingConfig } from '../../scripts/lib/packaging.mjs';
import { installRoot } from '../../src/base';
import { checklist, itemName } from '../support/checklist';

function sources(folder: string): { name: string; text: string }[] {
  return readdirSync(join(installRoot(), folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(ts|svelte|html)$/.test(name))
    .map((name) => ({ name: `${folder}/${name}`, text: readFileSync(join(installRoot(), folder, name), 'utf8') }));
}

const shell = sources('electron');
const page = sources('renderer');
const filesWith = (files: typeof shell, pattern: RegExp): string[] =>
  files.filter(({ text }) => pattern.test(text)).map(({ name }) => name);

const preferences = policy.webPreferences('/preload.cjs', false);
const directives = new Map(
  policy.contentSecurityPolicy.split('; ').map((text) => [text.split(' ')[0], text.split(' ').slice(1)] as const),
);

/** Notes which rules were given to a session or a window, and lets a test try them. */
function recorder(): { target: never; rules: Map<string, (...args: never[]) => unknown> } {
  const rules = new Map<string, (...args: never[]) => unknown>();
  const set = (name: string) => (value: (...args: never[]) => unknown) => void rules.set(name, value);
  const target = {
    on: (name: string, rule: (...args: never[]) => unknown) => void rules.set(name, rule),
    setWindowOpenHandler: set('open'),
    setPermissionRequestHandler: set('request'),
    setPermissionCheckHandler: set('check'),
    setDevicePermissionHandler: set('device'),
    setDisplayMediaRequestHandler: set('display'),
    setSpellCheckerEnabled: () => undefined,
    webRequest: { onBeforeRequest: set('load') },
  };
  return { target: target as never, rules };
}

function sessionRules(): Map<string, (...args: never[]) => unknown> {
  const { target, rules } = recorder();
  policy.lockSession(target as Session);
  return rules;
}

function contentsRules(): Map<string, (...args: never[]) => unknown> {
  const { target, rules } = recorder();
  policy.lockContents(target as WebContents);
  return rules;
}

function isPrevented(rule: ((...args: never[]) => unknown) | undefined): boolean {
  let prevented = false;
  rule?.({ preventDefault: () => (prevented = true) } as never);
  return prevented;
}

const proofs: Readonly<Record<number, () => void>> = {
  1() {
    for (const url of ['http://example.com/', 'https://example.com/', 'ftp://x', 'file:///etc/passwd', 'ws://x', '']) {
      expect(policy.mayLoad(url), url).toBe(false);
    }
    expect(policy.mayLoad(policy.appPage)).toBe(true);
    const answers: unknown[] = [];
    sessionRules().get('load')?.(
      { url: 'https://example.com/x.js' } as never,
      ((a: unknown) => answers.push(a)) as never,
    );
    expect(answers).toEqual([{ cancel: true }]);
    expect(policy.contentSecurityPolicy).not.toMatch(/https?:|\*/);
  },
  2() {
    expect(preferences).toMatchObject({
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
    });
    expect(filesWith(page, /from '(node:|electron'|fs'|path')|require\(/)).toEqual([]);
  },
  3() {
    expect(preferences.contextIsolation).toBe(true);
  },
  4() {
    expect(preferences.sandbox).toBe(true);
    expect(filesWith(shell, /app\.enableSandbox\(\)/)).toEqual(['electron/main.ts']);
  },
  5() {
    const rules = sessionRules();
    const answers: unknown[] = [];
    rules.get('request')?.(undefined as never, 'media' as never, ((yes: boolean) => answers.push(yes)) as never);
    expect(answers).toEqual([false]);
    expect(rules.get('check')?.()).toBe(false);
    expect(rules.get('device')?.()).toBe(false);
    expect(isPrevented(rules.get('will-download'))).toBe(true);
  },
  6() {
    expect(preferences.webSecurity).toBe(true);
  },
  7() {
    expect(directives.get('default-src')).toEqual(["'none'"]);
    expect(directives.get('script-src')).toEqual(["'self'"]);
    expect(policy.contentSecurityPolicy).not.toMatch(/unsafe/);
    for (const name of ['base-uri', 'form-action', 'frame-src', 'object-src']) {
      expect(directives.get(name), name).toEqual(["'none'"]);
    }
    expect(policy.responseHeaders['Content-Security-Policy']).toBe(policy.contentSecurityPolicy);
  },
  8() {
    expect(preferences.allowRunningInsecureContent).toBe(false);
  },
  9() {
    expect(preferences.experimentalFeatures).toBe(false);
    expect(filesWith(shell, /appendSwitch|appendArgument/)).toEqual([]);
  },
  10() {
    expect(Object.keys(preferences)).not.toContain('enableBlinkFeatures');
    expect(filesWith(shell, /enableBlinkFeatures|--enable-blink/)).toEqual([]);
  },
  11() {
    expect(filesWith([...page, ...shell], /<webview|allowpopups/)).toEqual([]);
    expect(preferences.webviewTag).toBe(false);
  },
  12() {
    expect(isPrevented(contentsRules().get('will-attach-webview'))).toBe(true);
  },
  13() {
    for (const event of ['will-navigate', 'will-frame-navigate', 'will-redirect']) {
      expect(isPrevented(contentsRules().get(event)), event).toBe(true);
    }
    expect(preferences.navigateOnDragDrop).toBe(false);
    expect(filesWith(shell, /'web-contents-created', \(_event, contents\) => lockContents\(contents\)/)).toEqual([
      'electron/main.ts',
    ]);
  },
  14() {
    expect(contentsRules().get('open')?.()).toEqual({ action: 'deny' });
    expect(filesWith(shell, /new BrowserWindow\(/)).toEqual(['electron/window.ts']);
  },
  15() {
    for (const name of externalPages) expect(policy.externalAddress(name)).toMatch(/^https:\/\/[a-z.]+\//);
    expect(filesWith(shell, /shell\.openExternal/)).toEqual(['electron/main.ts']);
    expect(filesWith(shell, /openExternal\(externalAddress\(/)).toEqual(['electron/handlers.ts']);
  },
  16() {
    const manifest = JSON.parse(readFileSync(join(installRoot(), 'package.json'), 'utf8')) as {
      devDependencies: Record<string, string>;
    };
    // Electron supports its three newest majors; 45 was the newest when this was written.
    expect(manifest.devDependencies['electron']).toMatch(/^(4[5-9]|[5-9]\d)\.\d+\.\d+$/);
  },
  17() {
    const main: FrameLike = { processId: 4, routingId: 7, origin: appOrigin, parent: null };
    const contents = { ipc: { handle: () => undefined }, mainFrame: main };
    expect(comesFromOurPage({ senderFrame: { ...main } }, contents)).toBe(true);
    const others: (FrameLike | null)[] = [
      null,
      { ...main, processId: 5 },
      { ...main, routingId: 8 },
      { ...main, parent: main },
      ...['https://example.com', 'app://dormouse.example', 'app://other', 'file://', 'null', ''].map((origin) => ({
        ...main,
        origin,
      })),
    ];
    for (const senderFrame of others) expect(comesFromOurPage({ senderFrame }, contents)).toBe(false);
    expect(filesWith(shell, /ipcMain\b/)).toEqual([]);
    expect(filesWith(shell, /\.ipc\.(handle|on)|ipc-message/)).toEqual(['electron/ipc.ts']);
  },
  18() {
    expect(appScheme.privileges).toMatchObject({ standard: true, secure: true });
    expect(appScheme.privileges).not.toHaveProperty('bypassCSP');
    expect(filesWith(shell, /loadFile\(|file:\/\/\/|'file:'/)).toEqual([]);
    expect(fileFor('app://dormouse/index.html', '/app/renderer')).toBe(join('/app/renderer', 'index.html'));
    const outside = ['app://dormouse/..%2f..%2fetc/passwd.html', 'app://dormouse/%00.html', 'app://other/index.html'];
    for (const url of [...outside, 'file:///index.html', 'app://dormouse/x.exe', 'app://dormouse/%', 'no url']) {
      const found = fileFor(url, '/app/renderer');
      expect(found === undefined || found.startsWith('/app/renderer/'), url).toBe(true);
    }
  },
  19() {
    expect(electronFuses).toEqual({
      runAsNode: false,
      enableCookieEncryption: true,
      enableNodeOptionsEnvironmentVariable: false,
      enableNodeCliInspectArguments: false,
      enableEmbeddedAsarIntegrityValidation: true,
      onlyLoadAppFromAsar: true,
      loadBrowserProcessSpecificV8Snapshot: false,
      grantFileProtocolExtraPrivileges: false,
    });
    const electron = { executable: '/e/electron', dist: '/e', version: '45.0.0', source: 'installed' };
    expect(packagingConfig({ electron, withInstallers: true })['electronFuses']).toEqual(electronFuses);
  },
  20() {
    const exposing = shell.filter(({ text }) => text.includes('exposeInMainWorld'));
    expect(exposing.map(({ name }) => name)).toEqual(['electron/preload.ts']);
    expect(exposing[0].text.match(/exposeInMainWorld\(/g)).toHaveLength(1);
    // The object that is exposed is written out under the bridge's type, and names nothing of Electron but functions' insides.
    const object = /const bridge: DormouseBridge = \{([\s\S]*?)\n\};/.exec(exposing[0].text)?.[1] ?? '';
    expect(object).not.toBe('');
    expect(object).not.toMatch(/ipcRenderer|contextBridge/);
  },
};

describe("Electron's security checklist, by its rules", () => {
  it('has a proof for every item', () => {
    expect(checklist.map(({ number }) => number)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
    const here = checklist.filter(({ proof }) => proof.includes('rules')).map(({ number }) => number);
    expect(Object.keys(proofs).map(Number)).toEqual(here);
  });

  for (const [number, proof] of Object.entries(proofs)) it(itemName(Number(number)), proof);
});

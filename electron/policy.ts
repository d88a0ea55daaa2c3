/**
 * What a page may do in Dormouse: show itself, and nothing else. No permissions, no network, no navigation, no new
 * windows, no downloads, no webviews; pages outside are opened in the person's browser, from a fixed list.
 * Everything of Electron comes in as an argument, so that each rule is tested without it.
 */
import type { Session, WebContents, WebPreferences } from 'electron';
import type { ExternalPage } from './bridge';
import { appOrigin } from './ipc';

/**
 * Nothing but our own files, and blobs that the interface makes itself (a capture as sound or picture). Scripts must
 * be files: no inline code, no eval. Trusted Types: only Svelte's own template policy may make HTML from text.
 */
export const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob: data:",
  "media-src 'self' blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-src 'none'",
  "frame-ancestors 'none'",
  "object-src 'none'",
  "require-trusted-types-for 'script'",
  'trusted-types svelte-trusted-html',
].join('; ');

export const responseHeaders: Readonly<Record<string, string>> = {
  'Content-Security-Policy': contentSecurityPolicy,
  'X-Content-Type-Options': 'nosniff',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-cache',
};

/** Every preference that Electron's checklist names is written out, though most are defaults: a test reads them here. */
export function webPreferences(preload: string, devTools: boolean): WebPreferences {
  return {
    preload,
    devTools,
    contextIsolation: true,
    sandbox: true,
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
    webSecurity: true,
    allowRunningInsecureContent: false,
    experimentalFeatures: false,
    webviewTag: false,
    navigateOnDragDrop: false,
    // The spell checker would fetch dictionaries from the network.
    spellcheck: false,
    // Code of our own scheme is cached after the first run already, not the second.
    v8CacheOptions: 'bypassHeatCheck',
    // A recording goes on, and so does its plot, while another window lies on top.
    backgroundThrottling: false,
  };
}

/** Addresses that a page of ours may load from at all. Developer tools load their own interface. */
export function mayLoad(url: string): boolean {
  return /^(app|blob|data|devtools):/.test(url);
}

export function lockSession(session: Session): void {
  session.setPermissionRequestHandler((_contents, _permission, decide) => decide(false));
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
  session.setDisplayMediaRequestHandler((_request, decide) => decide({}));
  session.setSpellCheckerEnabled(false);
  session.webRequest.onBeforeRequest((details, decide) => decide({ cancel: !mayLoad(details.url) }));
  session.on('will-download', (event) => event.preventDefault());
}

/** For every WebContents that ever comes to be, our window's included. */
export function lockContents(contents: WebContents): void {
  const refuse = (event: { preventDefault(): void }): void => event.preventDefault();
  contents.on('will-navigate', refuse);
  contents.on('will-frame-navigate', refuse);
  contents.on('will-redirect', refuse);
  contents.on('will-attach-webview', refuse);
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
}

const addresses: Readonly<Record<ExternalPage, string>> = {
  'arduino-cli': 'https://arduino.github.io/arduino-cli/latest/installation/',
  'nano-33-ble-sense': 'https://docs.arduino.cc/hardware/nano-33-ble-sense/',
  'xiao-nrf52840-sense': 'https://wiki.seeedstudio.com/XIAO_BLE/',
  'linux-port-access': 'https://support.arduino.cc/hc/en-us/articles/360016495679-Fix-port-access-on-Linux',
};

/** The address of a page of ours; the interface never sends an address itself. */
export function externalAddress(page: ExternalPage): string {
  return addresses[page];
}

export const appPage = `${appOrigin}/index.html`;

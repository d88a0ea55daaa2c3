/**
 * Starts the built app in a real Electron, with folders of its own, and drives it as a person would. Screenshots go
 * to artifacts/screens/.
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { _electron, type ConsoleMessage, type ElectronApplication, type Page } from 'playwright-core';
import type {} from '../../electron/bridge';
import { build } from '../../scripts/build.mjs';
import { findElectron } from '../../scripts/electron.mjs';
import { installRoot } from '../../src/base';
import { display } from './display';

export interface AppFolders {
  /** Settings and the list of recent projects. */
  readonly userData: string;
  readonly projects: string;
}

export interface RunningApp {
  readonly app: ElectronApplication;
  readonly page: Page;
  readonly folders: AppFolders;
  /** Everything the page complained about: errors, warnings, refusals of the content security policy. */
  readonly complaints: readonly string[];
  /** Milliseconds from starting the program to the first request answered in the page. */
  readonly startMs: number;
  screenshot(name: string): Promise<void>;
  close(): Promise<void>;
}

export interface LaunchOptions {
  /** Kept from an earlier start; fresh ones where left out. They are removed by `close` only if made here. */
  readonly folders?: AppFolders;
  readonly env?: Readonly<Record<string, string>>;
  /** A packaged program to start instead of the built folder. */
  readonly executable?: string;
}

export async function makeFolders(): Promise<AppFolders & { remove(): Promise<void> }> {
  const top = await mkdtemp(join(tmpdir(), 'dormouse-app-'));
  const folders = { userData: join(top, 'user'), projects: join(top, 'projects') };
  await mkdir(folders.userData);
  await mkdir(folders.projects);
  return { ...folders, remove: () => rm(top, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }) };
}

/** Builds what is stale first, so that a test never drives yesterday's app. */
async function program(options: LaunchOptions): Promise<{ executablePath: string; args: string[] }> {
  if (options.executable) return { executablePath: options.executable, args: [] };
  if (!process.env['DORMOUSE_TEST_APP']) await build();
  const electron = await findElectron();
  return { executablePath: electron.executable, args: [process.env['DORMOUSE_TEST_APP'] ?? installRoot()] };
}

function cleanEnvironment(more: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const all = { ...process.env, ...more };
  const dropped = ['NODE_OPTIONS', 'ELECTRON_RUN_AS_NODE', 'VITEST', 'NODE_ENV', 'WAYLAND_DISPLAY'];
  return Object.fromEntries(
    Object.entries(all).filter(
      (entry): entry is [string, string] => entry[1] !== undefined && !dropped.includes(entry[0]),
    ),
  );
}

/** Chromium refuses its sandbox to root, who runs tests in containers. */
const rootSwitches = process.getuid?.() === 0 ? ['--no-sandbox'] : [];

export async function launch(options: LaunchOptions = {}): Promise<RunningApp> {
  const made = options.folders ? undefined : await makeFolders();
  const folders = options.folders ?? made!;
  const { executablePath, args } = await program(options);
  const started = performance.now();
  const app = await _electron.launch({
    executablePath,
    args: [...rootSwitches, ...args],
    chromiumSandbox: rootSwitches.length === 0,
    env: cleanEnvironment({
      DISPLAY: await display(),
      DORMOUSE_USER_DATA: folders.userData,
      DORMOUSE_PROJECTS: folders.projects,
      ...options.env,
    }),
  });
  const page = await app.firstWindow();
  const complaints: string[] = [];
  page.on('console', (message: ConsoleMessage) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.waitForFunction(() => 'dormouse' in window);
  await page.evaluate(() => window.dormouse.request('app.info', undefined));
  const startMs = performance.now() - started;
  return {
    app,
    page,
    folders,
    complaints,
    startMs,
    screenshot: async (name) => {
      const folder = join(installRoot(), 'artifacts', 'screens');
      await mkdir(folder, { recursive: true });
      await page.screenshot({ path: join(folder, `${name}.png`) });
    },
    close: async () => {
      await app.close();
      await made?.remove();
    },
  };
}

/** The process ids of the services' process; the system's own record, so it also shows that an old one is gone. */
export async function servicesPid(app: ElectronApplication): Promise<number | undefined> {
  return app.evaluate(({ app: electron }) => {
    const found = electron.getAppMetrics().find((metric) => metric.name === 'Dormouse services');
    return found?.pid;
  });
}

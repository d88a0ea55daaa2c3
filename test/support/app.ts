/**
 * Starts the built app in a real Electron, with folders of its own, and drives it as a person would. Screenshots go
 * to artifacts/screens/.
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { _electron, type ConsoleMessage, type ElectronApplication, type Page } from 'playwright-core';
import type { ShellEvent } from '../../electron/bridge';
import { build } from '../../scripts/build.mjs';
import { findElectron, type FoundElectron } from '../../scripts/electron.mjs';
import { installRoot } from '../../src/base';
import { display } from './display';
import { needsCommands, type Need } from './needs';

/** Found (or fetched) once per test file; a machine without one skips with the reason. */
const electron: FoundElectron | Error = await findElectron().catch((error: unknown) => error as Error);

/** An Electron, and a display of our own to show its windows on. */
export function needsApp(): readonly Need[] {
  const missing = electron instanceof Error;
  return [
    { met: !missing, reason: missing ? `needs Electron: ${electron.message}` : '' },
    ...(process.platform === 'linux' ? [needsCommands('Xvfb')] : []),
  ];
}

/** The program itself; call only where `needsApp` is met. */
export function electronExecutable(): string {
  if (electron instanceof Error) throw electron;
  return electron.executable;
}

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
  readonly args?: readonly string[];
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
  if (electron instanceof Error) throw electron;
  await build();
  return { executablePath: electron.executable, args: [installRoot(), ...(options.args ?? [])] };
}

function cleanEnvironment(more: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const all: Record<string, string | undefined> = { ...process.env, ...more };
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
    // Playwright would otherwise pretend a light system.
    colorScheme: null,
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

/** The id of the services' process, as the shell's own record has it; undefined while there is none. */
export async function servicesPid(app: ElectronApplication): Promise<number | undefined> {
  return app.evaluate(({ app: shell }) => shell.getAppMetrics().find(({ name }) => name === 'Dormouse services')?.pid);
}

/** Everything the shell has said to the page since the first call; for tests that ask more than once. */
export async function shellEvents(page: Page): Promise<readonly ShellEvent[]> {
  return page.evaluate(() => {
    const here = window as unknown as { heard?: ShellEvent[] };
    if (!here.heard) {
      const heard: ShellEvent[] = [];
      here.heard = heard;
      window.dormouse.onShell((event) => heard.push(event));
    }
    return new Promise<ShellEvent[]>((resolve) => setTimeout(() => resolve(here.heard ?? []), 0));
  });
}

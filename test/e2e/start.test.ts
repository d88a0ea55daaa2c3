/** The app starts, remembers what it should, and is one. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findElectron } from '../../scripts/electron.mjs';
import { installRoot } from '../../src/base';
import { launch, makeFolders, needsApp, type RunningApp } from '../support/app';
import { display, stopDisplay } from '../support/display';
import { describeWith } from '../support/needs';

afterAll(stopDisplay);

describeWith(needsApp(), 'the app', () => {
  let running: RunningApp;
  beforeAll(async () => {
    running = await launch();
  });
  afterAll(async () => {
    await running.close();
  });

  it('opens one window with the way in, and the page complains of nothing', async () => {
    const { page, app, complaints } = running;
    await page.getByRole('button', { name: /simulated board/i }).waitFor();
    expect(app.windows()).toHaveLength(1);
    expect(await page.title()).toMatch(/Dormouse/);
    await running.screenshot('welcome');
    expect(complaints).toEqual([]);
    console.log(`interactive after ${Math.round(running.startMs)} ms`);
  });

  it('offers the simulated board without anything plugged in', async () => {
    const ports = await running.page.evaluate(() => window.dormouse.request('devices.list', undefined));
    expect(ports.filter(({ simulated }) => simulated)).not.toHaveLength(0);
  });

  it('is opened a second time by the first one coming to the front', async () => {
    const electron = await findElectron();
    const root = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
    const env = {
      ...process.env,
      DISPLAY: await display(),
      DORMOUSE_USER_DATA: running.folders.userData,
      DORMOUSE_PROJECTS: running.folders.projects,
    };
    // Ends at once and well, and no second window appears.
    await promisify(execFile)(electron.executable, [...root, installRoot()], { env, timeout: 60_000 });
    expect(running.app.windows()).toHaveLength(1);
  });

  it('has menus whose commands the page carries out', async () => {
    await running.app.evaluate(({ Menu }) => void Menu.getApplicationMenu()?.getMenuItemById('help.keys')?.click());
    const help = running.page.getByRole('dialog', { name: 'Keys' });
    await help.waitFor();
    await running.page.keyboard.press('Escape');
    await help.waitFor({ state: 'hidden' });
  });
});

describeWith(needsApp(), 'what the app remembers', () => {
  it('is theme, zoom and where the window was', async () => {
    const folders = await makeFolders();
    const first = await launch({ folders });
    await first.page.evaluate(() => window.dormouse.changePreferences({ theme: 'dark', zoom: 1.25 }));
    expect(await first.page.evaluate(() => matchMedia('(prefers-color-scheme: dark)').matches)).toBe(true);
    await first.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0].setSize(1100, 720));
    // The window manager's word comes a moment later; then the app is closed at once, with nothing saved yet.
    await expect
      .poll(() => first.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0].getSize()))
      .toEqual([1100, 720]);
    await first.close();

    const second = await launch({ folders });
    expect(await second.page.evaluate(() => window.dormouse.preferences())).toMatchObject({
      theme: 'dark',
      zoom: 1.25,
    });
    expect(await second.page.evaluate(() => matchMedia('(prefers-color-scheme: dark)').matches)).toBe(true);
    const size = await second.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0].getSize());
    expect(size).toEqual([1100, 720]);
    await second.close();
    await folders.remove();
  });
});

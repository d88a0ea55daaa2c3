/** What the person sees when a part of the app dies or finds its files damaged: a sentence, and the work goes on. */
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { launch, makeFolders, needsApp, servicesPid, shellEvents, type RunningApp } from '../support/app';
import { stopDisplay } from '../support/display';
import { describeWith } from '../support/needs';

afterAll(stopDisplay);

async function until<T>(what: () => Promise<T>, good: (value: T) => boolean): Promise<T> {
  for (;;) {
    const value = await what();
    if (good(value)) return value;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function killServices(running: RunningApp): Promise<void> {
  const pid = await until(
    () => servicesPid(running.app),
    (found) => found !== undefined,
  );
  process.kill(pid!, 'SIGKILL');
  await until(
    () => servicesPid(running.app),
    (found) => found !== pid,
  );
}

const saidKinds = async (running: RunningApp): Promise<string[]> =>
  (await shellEvents(running.page)).map(({ kind }) => kind);

describeWith(needsApp(), 'the services', () => {
  it('are killed: what ran fails with a sentence, they start anew, and the project is open again', async () => {
    const running = await launch();
    const { page } = running;
    await shellEvents(page);
    const before = await page.evaluate(() => window.dormouse.request('project.example', undefined));
    expect(before.open).toBe(true);

    // Far more epochs than fit into the moment until the process dies.
    await page.evaluate(() => window.dormouse.request('train.configure', { epochs: 10_000, patience: 10_000 }));
    const unfinished = page.evaluate(() =>
      window.dormouse.request('train.start', undefined).then(
        () => 'finished',
        (error: { code: string; message: string; action: string }) => error,
      ),
    );
    await until(
      () => page.evaluate(() => window.dormouse.request('project.state', undefined)),
      (state) => state.open,
    );
    await killServices(running);
    expect(await unfinished).toMatchObject({
      code: 'services-lost',
      message: 'The part of Dormouse that does the work stopped unexpectedly.',
      action: 'What was recorded is safe. Do the last step again.',
    });
    await until(
      () => saidKinds(running),
      (kinds) => kinds.includes('services-restarted'),
    );
    expect((await saidKinds(running)).filter((kind) => kind.startsWith('services'))).toEqual([
      'services-lost',
      'services-restarted',
    ]);
    const after = await page.evaluate(() => window.dormouse.request('project.state', undefined));
    expect(after).toMatchObject({ open: true, folder: before.folder, captures: before.captures });

    // Events come over a new line, too.
    const connected = page.evaluate(
      () =>
        new Promise<void>((resolve) => {
          window.dormouse.on('device.changed', ({ status }) => status === 'connected' && resolve());
        }),
    );
    await page.evaluate(() => window.dormouse.request('device.connect', { path: 'sim' }));
    await connected;
    await running.close();
  });

  it('that die again and again are left alone, and requests say what to do', async () => {
    const running = await launch();
    await shellEvents(running.page);
    for (let death = 0; death < 4; death++) await killServices(running);
    const error = await running.page.evaluate(() =>
      window.dormouse.request('app.info', undefined).catch((reason: { code: string }) => reason),
    );
    expect(error).toMatchObject({
      code: 'services-unavailable',
      action: expect.stringMatching(/start it again/) as string,
    });
    await running.close();
  });
});

describeWith(needsApp(), 'the interface', () => {
  it('comes back by itself after a crash of its process', async () => {
    const running = await launch();
    const inPage = (code: string): Promise<unknown> =>
      running.app.evaluate(
        ({ BrowserWindow }, text) =>
          Promise.race([
            BrowserWindow.getAllWindows()[0]
              .webContents.executeJavaScript(text)
              .catch(() => undefined) as Promise<unknown>,
            new Promise((resolve) => setTimeout(resolve, 500)),
          ]),
        code,
      );
    await inPage('window.before = true');
    await running.app.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows()[0].webContents.forcefullyCrashRenderer(),
    );
    const fresh =
      "'before' in window ? 'old' : window.dormouse.request('app.info', undefined).then((info) => info.version)";
    expect(
      await until(
        () => inPage(fresh),
        (value) => value !== undefined && value !== 'old',
      ),
    ).toMatch(/^\d+\.\d+\.\d+/);
    await running.close();
  });
});

describeWith(needsApp(), 'the settings file', () => {
  it('is damaged: the app starts with the usual settings, says so, and keeps the damaged file aside', async () => {
    const folders = await makeFolders();
    writeFileSync(join(folders.userData, 'settings.json'), '{ "format": 1, "theme": "da');
    const running = await launch({ folders });
    const notice = (await shellEvents(running.page)).find(({ kind }) => kind === 'notice');
    // The interface may have listened first; then the notice is on its screen instead.
    if (notice) {
      expect(notice).toMatchObject({
        level: 'warning',
        message: expect.stringMatching(/settings file was damaged/) as string,
      });
    } else {
      await running.page.getByText(/settings file was damaged/).waitFor();
    }
    expect(readdirSync(folders.userData)).toContain('settings.damaged.json');
    await running.page.evaluate(() => window.dormouse.changePreferences({ theme: 'dark' }));
    await running.close();
    const again = await launch({ folders });
    expect((await shellEvents(again.page)).filter(({ kind }) => kind === 'notice')).toEqual([]);
    expect(await again.page.evaluate(() => window.dormouse.preferences())).toMatchObject({ theme: 'dark' });
    await again.close();
    await folders.remove();
  });
});

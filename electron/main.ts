/**
 * The shell's entry: one instance, one window, the services in a process of their own, and the bridge between them.
 * No domain logic: what a request means is known to the services alone.
 *
 * DORMOUSE_USER_DATA and DORMOUSE_PROJECTS name other folders than the usual ones (tests, portable installations).
 */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  app,
  dialog,
  Menu,
  MessageChannelMain,
  nativeTheme,
  protocol,
  session,
  shell,
  utilityProcess,
  type BrowserWindow,
} from 'electron';
import type { ShellEvent, ShellPreferences } from './bridge';
import { eventsPortChannel, shellEventChannel } from './channels';
import { PathGrants } from './grants';
import { installHandlers } from './handlers';
import { Log } from './log';
import { menuTemplate } from './menu';
import { appPage, lockContents, lockSession } from './policy';
import { appScheme, serveFrom } from './protocol';
import { ServicesProcess, type ChildLike } from './services-process';
import { noticeAbout, SettingsStore } from './settings';
import { createWindow, rememberPlace } from './window';

const folder = fileURLToPath(new URL('.', import.meta.url));
const devTools = !app.isPackaged;
/** How long the services may take to finish a write when the program ends. */
const patienceMs = 5000;

if (process.env['DORMOUSE_USER_DATA']) app.setPath('userData', process.env['DORMOUSE_USER_DATA']);
protocol.registerSchemesAsPrivileged([appScheme]);
// --no-sandbox is for root in a container, where Chromium has no other way; enableSandbox would take it back.
if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox();
app.on('web-contents-created', (_event, contents) => lockContents(contents));

function projectsFolder(): string {
  return process.env['DORMOUSE_PROJECTS'] ?? join(app.getPath('documents'), 'Dormouse');
}

class Shell {
  private window: BrowserWindow | undefined;
  private pageHears = false;
  private unsaid: ShellEvent[] = [];
  private readonly grants = new PathGrants();
  private readonly log = new Log(join(app.getPath('userData'), 'logs'));
  private readonly services: ServicesProcess;

  constructor(private readonly settings: SettingsStore) {
    this.services = new ServicesProcess({
      fork: () => this.fork(),
      host: { version: app.getVersion(), projectsFolder: projectsFolder(), userFolder: app.getPath('userData') },
      onLost: (report, again) => {
        this.log.write(`services lost, ${again ? 'starting them anew' : 'giving up'}`);
        this.say({
          kind: 'services-lost',
          message: report.message,
          action: again ? report.action : 'Close Dormouse and start it again.',
        });
      },
      onRestarted: (project) => {
        this.connectEvents();
        this.say({ kind: 'services-restarted', project });
      },
    });
  }

  /** Starts the services first: they come up while the window does. */
  open(): void {
    this.services.start();
    this.openWindow();
    const notice = noticeAbout(this.settings.condition);
    if (notice) this.say({ kind: 'notice', level: 'warning', ...notice });
  }

  openWindow(): void {
    const window = createWindow(this.settings, folder, devTools);
    this.window = window;
    installHandlers({
      contents: window.webContents,
      grants: this.grants,
      services: this.services,
      pageIsThere: () => this.pageIsThere(),
      dialogs: {
        open: (options) => dialog.showOpenDialog(window, options),
        save: (options) => dialog.showSaveDialog(window, options),
      },
      projectsFolder: projectsFolder(),
      preferences: () => this.preferences(),
      changePreferences: (change) => this.changePreferences(change),
      openExternal: (address) => shell.openExternal(address),
    });
    window.webContents.on('did-start-navigation', ({ isMainFrame, isSameDocument }) => {
      if (isMainFrame && !isSameDocument) this.pageHears = false;
    });
    window.webContents.on('render-process-gone', (_event, details) => {
      this.pageHears = false;
      this.log.write(`interface gone: ${details.reason}`);
      if (details.reason !== 'clean-exit' && !window.isDestroyed()) window.webContents.reload();
    });
    window.on('closed', () => {
      this.window = undefined;
      this.pageHears = false;
    });
    // A failed load leaves an empty window; a person can only start anew, and the diary tells why.
    window.loadURL(appPage).catch((error: unknown) => this.log.write(`interface not loaded: ${String(error)}`));
  }

  focus(): void {
    if (!this.window) this.openWindow();
    if (this.window?.isMinimized()) this.window.restore();
    this.window?.focus();
  }

  async stop(): Promise<void> {
    if (this.window) rememberPlace(this.window, this.settings);
    await Promise.all([this.services.stop(patienceMs), this.settings.settled()]);
  }

  /** What is said before the page can hear waits for it; its preload script keeps what nobody listens to yet. */
  say(event: ShellEvent): void {
    if (this.pageHears) this.window?.webContents.send(shellEventChannel, event);
    else this.unsaid.push(event);
  }

  private pageIsThere(): void {
    this.pageHears = true;
    this.connectEvents();
    const waiting = this.unsaid;
    this.unsaid = [];
    for (const event of waiting) this.say(event);
  }

  /** A direct line from the services to the page: samples do not pass through this process. */
  private connectEvents(): void {
    if (!this.window) return;
    const { port1, port2 } = new MessageChannelMain();
    this.services.listen(port1);
    this.window.webContents.postMessage(eventsPortChannel, null, [port2]);
  }

  private fork(): ChildLike {
    const child = utilityProcess.fork(join(folder, 'host.js'), [], { serviceName: 'Dormouse services', stdio: 'pipe' });
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (data: Buffer) => this.log.write(data.toString()));
    child.on('exit', (code) => this.log.write(`services ended with ${code}`));
    return child;
  }

  private preferences(): ShellPreferences {
    const { theme, language, zoom } = this.settings.get();
    return { theme, language, zoom };
  }

  private changePreferences(change: Partial<ShellPreferences>): ShellPreferences {
    const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
    this.settings.change(given).catch((error: unknown) => {
      this.log.write(`settings not saved: ${String(error)}`);
      const message = 'The settings could not be saved, so they hold only until Dormouse is closed.';
      this.say({ kind: 'notice', level: 'warning', message, action: 'Check that the disk is not full.' });
    });
    nativeTheme.themeSource = this.settings.get().theme;
    this.window?.webContents.setZoomFactor(this.settings.get().zoom);
    this.say({ kind: 'preferences', preferences: this.preferences() });
    return this.preferences();
  }
}

async function run(): Promise<void> {
  await app.whenReady();
  lockSession(session.defaultSession);
  protocol.handle('app', serveFrom(join(folder, '..', 'renderer')));
  const settings = await SettingsStore.open(app.getPath('userData'));
  nativeTheme.themeSource = settings.get().theme;
  const ours = new Shell(settings);
  const template = menuTemplate({
    platform: process.platform,
    devTools,
    onCommand: (command) => ours.say({ kind: 'command', command }),
  });
  Menu.setApplicationMenu(Menu.buildFromTemplate(template));
  ours.open();

  app.on('second-instance', () => ours.focus());
  app.on('activate', () => ours.focus());
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit();
  });
  let stopped = false;
  app.on('before-quit', (event) => {
    if (stopped) return;
    event.preventDefault();
    void ours.stop().finally(() => {
      stopped = true;
      app.quit();
    });
  });
}

if (app.requestSingleInstanceLock()) {
  void run().catch((error: unknown) => {
    const problem = error instanceof Error ? error.message : String(error);
    dialog.showErrorBox('Dormouse could not start', `${problem}\n\nYour projects were not touched.`);
    app.exit(1);
  });
} else {
  app.quit();
}

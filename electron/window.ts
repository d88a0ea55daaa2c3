/** The one window: where it stands, how it looks before the page is there, and what happens when its page dies. */
import { join } from 'node:path';
import { BrowserWindow, nativeTheme, screen, type Rectangle } from 'electron';
import { webPreferences } from './policy';
import type { SettingsStore, WindowPlace } from './settings';

/** Below this the Capture and Live screens would have to scroll. */
const smallest = { width: 960, height: 640 };

/** The remembered place, unless no screen shows enough of it to be grabbed: then only the size is kept. */
export function placeOnScreens(place: WindowPlace, screens: readonly Rectangle[]): Partial<Rectangle> {
  const { x, y } = place;
  const width = Math.max(place.width, smallest.width);
  const height = Math.max(place.height, smallest.height);
  if (x === undefined || y === undefined) return { width, height };
  const seen = screens.some(
    (area) =>
      x + width > area.x + 100 && x < area.x + area.width - 100 && y >= area.y - 10 && y < area.y + area.height - 50,
  );
  return seen ? { x, y, width, height } : { width, height };
}

/** Remembers where the window stands now; where it is minimised or fills the screen, what was before stays. */
export function rememberPlace(window: BrowserWindow, settings: SettingsStore): void {
  if (window.isMinimized() || window.isFullScreen()) return;
  const place = { ...window.getNormalBounds(), maximised: window.isMaximized() };
  // Where it cannot be saved, the window opens in its usual place next time.
  void settings.change({ window: place }).catch(() => undefined);
}

export function createWindow(settings: SettingsStore, folder: string, devTools: boolean): BrowserWindow {
  const { window: place, zoom } = settings.get();
  const window = new BrowserWindow({
    ...placeOnScreens(
      place,
      screen.getAllDisplays().map((display) => display.workArea),
    ),
    minWidth: smallest.width,
    minHeight: smallest.height,
    show: false,
    title: 'Dormouse',
    autoHideMenuBar: true,
    // The page's own ground, so that nothing flashes before it is painted.
    backgroundColor: nativeTheme.shouldUseDarkColors ? '#16181b' : '#f7f7f5',
    webPreferences: webPreferences(join(folder, 'preload.cjs'), devTools),
  });
  if (place.maximised) window.maximize();
  window.once('ready-to-show', () => window.show());
  window.webContents.on('did-finish-load', () => window.webContents.setZoomFactor(zoom));
  window.on('close', () => rememberPlace(window, settings));
  return window;
}

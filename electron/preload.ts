/**
 * The only code that touches both the page and the shell. Puts one object on `window`, `dormouse` (bridge.ts): calls
 * go to the shell, events come back. Runs sandboxed, in its own world; nothing of Electron is handed on.
 */
import { contextBridge, ipcRenderer, webUtils } from 'electron';
import type { ErrorReport } from '../src/base/errors';
import type { EventName } from '../src/project/contract';
import type { DormouseBridge, ShellEvent } from './bridge';
import type { Answer } from './ipc';
import type { HostEvent } from './host-messages';

// Spelled out here, as channels.ts would bring its schemas and their library into the page's process.
const wire = (channel: string): string => `dormouse:${channel}`;

async function call(channel: string, input?: unknown): Promise<unknown> {
  let answer: Answer;
  try {
    answer = (await ipcRenderer.invoke(wire(channel), input)) as Answer;
  } catch (error) {
    const report: ErrorReport = {
      name: 'ShellError',
      code: 'bad-request',
      message: error instanceof Error ? error.message : String(error),
      action: 'Nothing was changed. Please report this; restarting Dormouse may help.',
    };
    // A plain object on purpose: an Error would lose its fields on the way into the page.
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
    return Promise.reject(report);
  }
  // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
  return answer.ok ? answer.value : Promise.reject(answer.error);
}

const listeners = new Map<string, Set<(event: unknown) => void>>();
let eventsPort: MessagePort | undefined;

ipcRenderer.on('dormouse:events-port', (event) => {
  eventsPort?.close();
  [eventsPort] = event.ports;
  eventsPort.onmessage = ({ data }: MessageEvent<HostEvent>) => {
    for (const listener of listeners.get(data.name) ?? []) listener(data.event);
  };
});

const shellListeners = new Set<(event: ShellEvent) => void>();
/** What the shell said before anyone listened: a notice at the start must not be lost. */
let unheard: ShellEvent[] = [];

ipcRenderer.on('dormouse:shell-event', (_event, said: ShellEvent) => {
  if (shellListeners.size === 0) unheard.push(said);
  for (const listener of shellListeners) listener(said);
});

const bridge: DormouseBridge = {
  request: (name, input) => call('request', { name, input }) as never,
  on(name: EventName, listener: (event: never) => void) {
    const set = listeners.get(name) ?? new Set();
    listeners.set(name, set);
    // Wrapped, so that one function may listen twice and each time be taken off by itself.
    const own = (event: unknown): void => listener(event as never);
    set.add(own);
    return () => void set.delete(own);
  },
  onShell(listener) {
    const own = (event: ShellEvent): void => listener(event);
    shellListeners.add(own);
    const missed = unheard;
    unheard = [];
    for (const event of missed) queueMicrotask(() => own(event));
    return () => void shellListeners.delete(own);
  },
  pickFolder: (title) => call('pickFolder', { title }) as Promise<string | null>,
  pickFiles: ({ title, extensions }) =>
    call('pickFiles', { title, extensions: [...extensions] }) as Promise<readonly string[]>,
  savePath: ({ title, defaultName }) => call('savePath', { title, defaultName }) as Promise<string | null>,
  pathOf(file) {
    const path = webUtils.getPathForFile(file);
    // Calls keep their order, so the path is granted before any request that names it.
    if (path) void call('dropped', { path }).catch(() => undefined);
    return path;
  },
  preferences: () => call('preferences') as never,
  changePreferences: (change) => call('changePreferences', change) as never,
  openExternal: async (page) => {
    await call('openExternal', { page });
  },
  platform: process.platform,
};

contextBridge.exposeInMainWorld('dormouse', bridge);
void call('listen').catch(() => undefined);

/**
 * What the interface can ask of the program around it: the one object that the preload script puts on `window`.
 * Pure types, shared by the preload script and the renderer. Nothing of Electron and nothing of Node crosses here.
 */
import type { ErrorReport } from '../src/base/errors';
import type { EventName, Events, RequestInput, RequestName, RequestOutput } from '../src/project/contract';

/** What the shell remembers between starts; the interface may read all of it and change these. */
export interface ShellPreferences {
  readonly theme: 'system' | 'light' | 'dark';
  /** A BCP 47 tag, or 'system'. */
  readonly language: string;
  /** 1 = 100 %; 0.5 to 3. */
  readonly zoom: number;
}

/** Things chosen in the application menu that the interface carries out. */
export const menuCommands = [
  'project.new',
  'project.open',
  'project.example',
  'project.close',
  'data.import',
  'data.export',
  'edit.undo',
  'edit.redo',
  'help.keys',
] as const;
export type MenuCommand = (typeof menuCommands)[number];

/** What the shell itself has to say. */
export type ShellEvent =
  | { readonly kind: 'command'; readonly command: MenuCommand }
  /** A notice to show where it does not get in the way; it is not about anything that the person just did. */
  | { readonly kind: 'notice'; readonly level: 'info' | 'warning'; readonly message: string; readonly action: string }
  /** The services crashed; running requests have failed, and new ones wait until 'services-restarted'. */
  | { readonly kind: 'services-lost'; readonly message: string; readonly action: string }
  /** The services run again; `project` is the folder that was opened anew, '' where none was. Ask for all state afresh. */
  | { readonly kind: 'services-restarted'; readonly project: string }
  | { readonly kind: 'preferences'; readonly preferences: ShellPreferences };

/** Pages that the shell opens in the person's own browser; any other address is refused. */
export const externalPages = ['arduino-cli', 'nano-33-ble-sense', 'xiao-nrf52840-sense', 'linux-port-access'] as const;
export type ExternalPage = (typeof externalPages)[number];

export interface PickFilesOptions {
  readonly title: string;
  /** Without the dot: ['wav', 'csv']; empty = any file. */
  readonly extensions: readonly string[];
}

export interface SavePathOptions {
  readonly title: string;
  readonly defaultName: string;
}

/** `window.dormouse`. Every promise that fails rejects with a plain `ErrorReport`, never with an `Error`. */
export interface DormouseBridge {
  /**
   * Carries one request of `src/project/contract.ts` to the services. Paths in it must come from `pickFolder`,
   * `pickFiles`, `savePath`, `pathOf`, the list of recent projects, or lie in `app.info`'s projects folder; others are
   * refused with the code 'path-not-granted'.
   */
  request<N extends RequestName>(name: N, input: RequestInput<N>): Promise<RequestOutput<N>>;
  /** Returns the function that stops listening. */
  on<N extends EventName>(name: N, listener: (event: Events[N]) => void): () => void;
  onShell(listener: (event: ShellEvent) => void): () => void;
  /** A folder chosen by the person, null where they cancelled. Opens at the projects folder; new folders can be made. */
  pickFolder(title: string): Promise<string | null>;
  /** Files (several) chosen by the person, [] where they cancelled. */
  pickFiles(options: PickFilesOptions): Promise<readonly string[]>;
  /** Where to save a file, chosen by the person, null where they cancelled. */
  savePath(options: SavePathOptions): Promise<string | null>;
  /** The path of a file or folder that was dropped on the window; '' for one that does not lie on this computer. */
  pathOf(file: File): string;
  preferences(): Promise<ShellPreferences>;
  changePreferences(change: Partial<ShellPreferences>): Promise<ShellPreferences>;
  openExternal(page: ExternalPage): Promise<void>;
  /** 'linux', 'darwin' or 'win32'. */
  readonly platform: string;
}

export type { ErrorReport };

declare global {
  interface Window {
    readonly dormouse: DormouseBridge;
  }
}

/**
 * What each channel of the bridge does, for one window. Everything of Electron comes in as an argument. Paths chosen
 * in a dialog or dropped are remembered as granted; requests that name others are refused.
 */
import type { OpenDialogOptions, SaveDialogOptions } from 'electron';
import type { ShellPreferences } from './bridge';
import type { ChannelInput } from './channels';
import { requests } from '../src/project/contract';
import type { PathGrants } from './grants';
import { checked, handle, type ContentsLike } from './ipc';
import { externalAddress } from './policy';
import type { ServicesProcess } from './services-process';

export interface Dialogs {
  open(options: OpenDialogOptions): Promise<{ canceled: boolean; filePaths: string[] }>;
  save(options: SaveDialogOptions): Promise<{ canceled: boolean; filePath: string }>;
}

export interface HandlerOptions {
  readonly contents: ContentsLike;
  readonly grants: PathGrants;
  readonly services: Pick<ServicesProcess, 'request'>;
  readonly pageIsThere: () => void;
  readonly dialogs: Dialogs;
  readonly projectsFolder: string;
  readonly preferences: () => ShellPreferences;
  readonly changePreferences: (change: Partial<ShellPreferences>) => ShellPreferences;
  readonly openExternal: (address: string) => Promise<void>;
}

async function carry({ grants, services }: HandlerOptions, { name, input }: ChannelInput<'request'>): Promise<unknown> {
  const good: unknown = checked(requests[name], input, name);
  grants.check(name, good);
  const output = await services.request(name, good);
  grants.learn(name, output);
  return output;
}

async function pick(
  { dialogs, grants, projectsFolder }: HandlerOptions,
  options: OpenDialogOptions,
): Promise<readonly string[]> {
  const { canceled, filePaths } = await dialogs.open({ defaultPath: projectsFolder, ...options });
  if (canceled) return [];
  for (const path of filePaths) grants.grant(path, options.properties?.includes('openDirectory') ? 'write' : 'read');
  return filePaths;
}

async function pickSavePath(
  { dialogs, grants }: HandlerOptions,
  { title, defaultName }: ChannelInput<'savePath'>,
): Promise<string | null> {
  const { canceled, filePath } = await dialogs.save({ title, defaultPath: defaultName });
  if (canceled || !filePath) return null;
  grants.grant(filePath, 'write');
  return filePath;
}

export function installHandlers(options: HandlerOptions): void {
  const { contents, grants } = options;
  handle(contents, 'request', (request) => carry(options, request));
  handle(contents, 'listen', () => options.pageIsThere());
  handle(contents, 'pickFolder', async ({ title }) => {
    const [folder] = await pick(options, { title, properties: ['openDirectory', 'createDirectory'] });
    return folder ?? null;
  });
  handle(contents, 'pickFiles', ({ title, extensions }) => {
    const filters = extensions.length > 0 ? [{ name: extensions.join(', '), extensions }] : [];
    return pick(options, { title, filters, properties: ['openFile', 'multiSelections'] });
  });
  handle(contents, 'savePath', (input) => pickSavePath(options, input));
  handle(contents, 'dropped', ({ path }) => grants.grant(path, 'read'));
  handle(contents, 'preferences', () => options.preferences());
  handle(contents, 'changePreferences', (change) => options.changePreferences(change as Partial<ShellPreferences>));
  handle(contents, 'openExternal', ({ page }) => options.openExternal(externalAddress(page)));
}

/**
 * What the shell remembers between starts: theme, language, zoom and where the window was. One JSON file, replaced
 * atomically, with the version before it as a backup. A damaged file is kept aside and never stops the program.
 */
import { mkdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { realDisk, replaceFiles, type Disk } from '../src/base';
import { channels } from './channels';

const position = v.pipe(v.number(), v.integer(), v.minValue(-100_000), v.maxValue(100_000));
const size = v.pipe(v.number(), v.integer(), v.minValue(200), v.maxValue(100_000));
const preferences = channels.changePreferences.entries;

const schema = v.object({
  format: v.literal(1),
  theme: v.optional(preferences.theme.wrapped, 'system'),
  language: v.optional(v.string(), 'system'),
  zoom: v.optional(preferences.zoom.wrapped, 1),
  window: v.optional(
    v.object({ x: v.optional(position), y: v.optional(position), width: size, height: size, maximised: v.boolean() }),
    { width: 1280, height: 800, maximised: false },
  ),
});
export type Settings = v.InferOutput<typeof schema>;
export type WindowPlace = Settings['window'];

export const defaultSettings: Settings = v.parse(schema, { format: 1 });

/** What `open` found; the shell tells the person about anything but 'good' and 'new'. */
export type SettingsCondition = 'new' | 'good' | 'restored' | 'lost';

async function readSettings(path: string): Promise<Settings | 'missing' | 'damaged'> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'missing' : 'damaged';
  }
  try {
    return v.parse(schema, JSON.parse(text));
  } catch {
    return 'damaged';
  }
}

export class SettingsStore {
  private queue: Promise<void> = Promise.resolve();

  private constructor(
    private readonly folder: string,
    private readonly disk: Disk,
    private current: Settings,
    readonly condition: SettingsCondition,
    /** False where the file holds something else than `current`, so that it must not become the backup. */
    private fileIsGood: boolean,
  ) {}

  static async open(folder: string, disk: Disk = realDisk): Promise<SettingsStore> {
    const file = join(folder, 'settings.json');
    const found = await readSettings(file);
    if (typeof found === 'object') return new SettingsStore(folder, disk, found, 'good', true);
    const backup = await readSettings(join(folder, 'settings.backup.json'));
    if (found === 'damaged') await rename(file, join(folder, 'settings.damaged.json')).catch(() => undefined);
    // A first start has neither file; a missing file beside a backup was deleted by someone, which is their right.
    if (found === 'missing') return new SettingsStore(folder, disk, defaultSettings, 'new', false);
    if (typeof backup === 'object') return new SettingsStore(folder, disk, backup, 'restored', false);
    return new SettingsStore(folder, disk, defaultSettings, 'lost', false);
  }

  get(): Settings {
    return this.current;
  }

  /** Takes effect at once; resolves when it is on disk. Rejects with the system's error, and then it holds for this session. */
  change(change: Partial<Settings>): Promise<void> {
    const before = this.current;
    this.current = { ...before, ...change };
    const saving = this.queue.then(() => this.save(before));
    this.queue = saving.catch(() => undefined);
    return saving;
  }

  /** Resolves when every change so far is on disk, or has failed to get there. */
  settled(): Promise<void> {
    return this.queue;
  }

  private async save(before: Settings): Promise<void> {
    await mkdir(this.folder, { recursive: true });
    const text = (settings: Settings): string => `${JSON.stringify(settings, undefined, 2)}\n`;
    const main = { path: join(this.folder, 'settings.json'), content: text(this.current) };
    const backup = { path: join(this.folder, 'settings.backup.json'), content: text(before) };
    await replaceFiles(this.fileIsGood ? [backup, main] : [main], this.disk);
    this.fileIsGood = true;
  }
}

/** One sentence for the person, and what to do; undefined where there is nothing to say. */
export function noticeAbout(condition: SettingsCondition): { message: string; action: string } | undefined {
  if (condition === 'restored') {
    return {
      message: 'The settings file was damaged, so the settings from before the last change are used.',
      action: 'Check theme and language; your projects were not touched.',
    };
  }
  if (condition === 'lost') {
    return {
      message: 'The settings file was damaged, so Dormouse starts with its usual settings.',
      action: 'Set theme and language again; your projects were not touched.',
    };
  }
  return undefined;
}

/** Services over a real folder and the simulated board, with everything they say written down. */
import { rm } from 'node:fs/promises';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SimulatedTransport } from '../../src/link';
import { openTransport } from '../../src/link';
import {
  createServices,
  eventNames,
  type EventName,
  type Events,
  type ProjectState,
  type RequestInput,
  type Services,
} from '../../src/project';

export interface Rig {
  readonly services: ReturnType<typeof createServices>;
  readonly folder: string;
  readonly request: Services['request'];
  /** All events of a name so far. */
  heard<N extends EventName>(name: N): Events[N][];
  /** Resolves with the first event, from now on or before, that `wanted` accepts. */
  event<N extends EventName>(name: N, wanted?: (event: Events[N]) => boolean): Promise<Events[N]>;
  forget(): void;
  board(): SimulatedTransport;
  create(name?: string): Promise<ProjectState>;
  tearDown(): Promise<void>;
}

/** Short and silent: what a test records unless it says otherwise. */
export const take: RequestInput<'capture.start'> = {
  label: 'wave',
  seconds: 0.5,
  count: 1,
  countdownSeconds: 0,
  pauseSeconds: 0,
};

export function makeRig(): Rig {
  const folder = mkdtempSync(join(tmpdir(), 'dormouse-services-'));
  const services = createServices({
    version: '0.0.0',
    userFolder: join(folder, 'user'),
    projectsFolder: join(folder, 'projects'),
  });
  const log = new Map<EventName, unknown[]>(eventNames.map((name) => [name, []]));
  const waiting = new Set<() => void>();
  for (const name of eventNames)
    services.on(name, (event) => {
      log.get(name)?.push(event);
      for (const look of [...waiting]) look();
    });
  const heard = <N extends EventName>(name: N) => log.get(name) as Events[N][];
  return {
    services,
    folder,
    request: (name, input) => services.request(name, input),
    heard,
    event: (name, wanted = () => true) =>
      new Promise((resolve) => {
        const look = () => {
          const found = heard(name).find(wanted);
          if (found === undefined) return;
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
      }),
    forget: () => log.forEach((events) => (events.length = 0)),
    board: () => openTransport('sim') as SimulatedTransport,
    create: (name = 'p') => services.request('project.create', { folder: join(folder, name), name, task: 'motion' }),
    tearDown: async () => {
      (openTransport('sim') as SimulatedTransport).replug();
      await services.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The code of the error that something ends with. */
export const codeOf = (request: Promise<unknown>): Promise<string> =>
  request.then(
    () => 'no error',
    (error: unknown) => (error as { code: string }).code,
  );

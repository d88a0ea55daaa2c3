/** Calls from the interface: what is let through, what is refused, and that nothing else ever reaches a handler. */
import fc from 'fast-check';
import * as v from 'valibot';
import { beforeEach, describe, expect, it } from 'vitest';
import { channels, requestNames, wireName, type Channel } from '../../electron/channels';
import { PathGrants } from '../../electron/grants';
import { installHandlers } from '../../electron/handlers';
import { appOrigin, type Answer, type CallLike, type FrameLike } from '../../electron/ipc';
import { requests, type RequestName } from '../../src/project/contract';

const frame: FrameLike = { processId: 1, routingId: 2, origin: appOrigin, parent: null };
const ours: CallLike = { senderFrame: frame };

/** A window as the handlers see it, with the shell's dialogs and the services answered by the test. */
class Window {
  private readonly handlers = new Map<string, (call: CallLike, ...args: unknown[]) => unknown>();
  readonly carried: { name: RequestName; input: unknown }[] = [];
  readonly opened: string[] = [];
  readonly grants = new PathGrants();
  chosen: string[] = [];
  answer: (name: RequestName) => unknown = () => 'done';

  constructor() {
    installHandlers({
      contents: { ipc: { handle: (channel, listener) => void this.handlers.set(channel, listener) }, mainFrame: frame },
      grants: this.grants,
      services: {
        request: (name, input) => {
          this.carried.push({ name, input });
          return Promise.resolve(this.answer(name));
        },
      },
      pageIsThere: () => undefined,
      dialogs: {
        open: () => Promise.resolve({ canceled: this.chosen.length === 0, filePaths: this.chosen }),
        save: () => Promise.resolve({ canceled: this.chosen.length === 0, filePath: this.chosen[0] ?? '' }),
      },
      projectsFolder: '/home/person/projects',
      preferences: () => ({ theme: 'system', language: 'system', zoom: 1 }),
      changePreferences: (change) => ({ theme: 'system', language: 'system', zoom: 1, ...change }),
      openExternal: (address) => {
        this.opened.push(address);
        return Promise.resolve();
      },
    });
  }

  get channels(): string[] {
    return [...this.handlers.keys()];
  }

  async call(channel: Channel, input: unknown, from: CallLike = ours, ...more: unknown[]): Promise<Answer> {
    const handler = this.handlers.get(wireName(channel));
    if (!handler) throw new Error(`nobody handles ${channel}`);
    return (await handler(from, input, ...more)) as Answer;
  }

  async code(channel: Channel, input: unknown, from?: CallLike): Promise<string> {
    const answer = await this.call(channel, input, from);
    return answer.ok ? 'ok' : answer.error.code;
  }
}

let window: Window;
beforeEach(() => {
  window = new Window();
});

describe('the bridge', () => {
  it('handles every channel of the table and no other', () => {
    expect(window.channels.sort()).toEqual(
      Object.keys(channels)
        .map((name) => wireName(name as Channel))
        .sort(),
    );
  });

  it('carries a good request and gives its answer back', async () => {
    expect(await window.call('request', { name: 'data.get', input: { id: 'wave.1' } })).toEqual({
      ok: true,
      value: 'done',
    });
    expect(window.carried).toEqual([{ name: 'data.get', input: { id: 'wave.1' } }]);
  });

  it('refuses a call from any other frame, whatever it asks', async () => {
    const foreign = [
      null,
      { ...frame, routingId: 3 },
      { ...frame, origin: 'https://x.example' },
      { ...frame, parent: frame },
    ];
    for (const senderFrame of foreign) {
      expect(await window.code('request', { name: 'app.info' }, { senderFrame })).toBe('not-our-window');
      expect(await window.code('openExternal', { page: 'arduino-cli' }, { senderFrame })).toBe('not-our-window');
    }
    expect(window.carried).toEqual([]);
    expect(window.opened).toEqual([]);
  });

  it('refuses names that are no requests, such as those every object has', async () => {
    for (const name of ['', 'no.such', 'constructor', '__proto__', 'toString', 7, null]) {
      expect(await window.code('request', { name, input: undefined }), String(name)).toBe('bad-request');
    }
    expect(window.carried).toEqual([]);
  });

  it('says which part of the input does not fit', async () => {
    const answer = await window.call('request', { name: 'data.trim', input: { id: 'x', start: -1, end: 4 } });
    expect(answer).toMatchObject({ ok: false, error: { name: 'ShellError', code: 'bad-request' } });
    expect(!answer.ok && answer.error.message).toMatch(/data\.trim.*start/);
  });

  it('refuses a second argument', async () => {
    expect(await window.call('preferences', undefined, ours, 'more')).toMatchObject({ ok: false });
  });

  it("passes on the services' own error reports unchanged", async () => {
    const report = {
      name: 'LinkError',
      code: 'busy',
      message: 'The port is busy.',
      action: 'Close the other program.',
    };
    window.answer = () => {
      throw report as unknown as Error;
    };
    expect(await window.call('request', { name: 'devices.list' })).toEqual({ ok: false, error: report });
  });

  it('opens only pages of the list', async () => {
    expect(await window.code('openExternal', { page: 'arduino-cli' })).toBe('ok');
    for (const page of ['https://example.com', 'file:///etc/passwd', 'toString', '']) {
      expect(await window.code('openExternal', { page }), page).toBe('bad-request');
    }
    expect(window.opened).toHaveLength(1);
  });

  it('lets nothing through that its schema does not accept, for 20,000 random calls', async () => {
    const anything = fc.anything({ withBigInt: true, withDate: true, withTypedArray: true, withNullPrototype: true });
    const input = fc.oneof(
      anything,
      fc.record({ name: fc.oneof(fc.constantFrom(...requestNames), fc.string()), input: anything }),
      fc.record({ title: fc.string(), extensions: fc.array(fc.string()), defaultName: fc.string() }),
      fc.record({ theme: fc.string(), zoom: fc.double(), language: fc.string() }, { requiredKeys: [] }),
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...(Object.keys(channels) as Channel[])), input, async (channel, value) => {
        window.carried.length = 0;
        const answer = await window.call(channel, value);
        const accepted = v.safeParse(channels[channel], value).success;
        if (!accepted) expect(answer.ok).toBe(false);
        for (const { name, input: carried } of window.carried) {
          expect(v.safeParse(requests[name] as v.GenericSchema, carried).success).toBe(true);
        }
      }),
      { numRuns: 20_000 },
    );
  });
});

describe('paths in requests', () => {
  it('are refused until a dialog gave them out', async () => {
    const open = { name: 'project.open', input: { folder: '/tmp/some project' } };
    expect(await window.code('request', open)).toBe('path-not-granted');
    window.chosen = ['/tmp/some project'];
    expect(await window.call('pickFolder', { title: 'Open a project' })).toEqual({
      ok: true,
      value: '/tmp/some project',
    });
    expect(await window.code('request', open)).toBe('ok');
  });

  it('are not granted by a dialog that was cancelled', async () => {
    expect(await window.call('pickFolder', { title: '' })).toEqual({ ok: true, value: null });
    expect(await window.call('pickFiles', { title: '', extensions: [] })).toEqual({ ok: true, value: [] });
    expect(await window.call('savePath', { title: '', defaultName: 'model.tflite' })).toEqual({
      ok: true,
      value: null,
    });
  });

  it('that were chosen for reading cannot be written', async () => {
    window.chosen = ['/tmp/wave.csv'];
    await window.call('pickFiles', { title: '', extensions: ['csv'] });
    expect(await window.code('request', { name: 'data.import', input: { paths: ['/tmp/wave.csv'] } })).toBe('ok');
    const write = { name: 'data.export', input: { format: 'csv', path: '/tmp/wave.csv' } };
    expect(await window.code('request', write)).toBe('path-not-granted');
    await window.call('savePath', { title: '', defaultName: 'wave.csv' });
    expect(await window.code('request', write)).toBe('ok');
  });

  it('are all refused where one of many was not given out', async () => {
    await window.call('dropped', { path: '/tmp/a.wav' });
    const both = { name: 'data.import', input: { paths: ['/tmp/a.wav', '/etc/passwd'] } };
    expect(await window.code('request', both)).toBe('path-not-granted');
    expect(window.carried).toEqual([]);
  });

  it("may be the services' own: the projects folder, recent projects, the open project", async () => {
    window.answer = (name) =>
      name === 'app.info'
        ? { version: '', recent: [{ name: 'a', folder: '/data/a', openedAt: '' }], projectsFolder: '/data/projects' }
        : { open: true, folder: '/data/example' };
    await window.call('request', { name: 'app.info' });
    await window.call('request', { name: 'project.example' });
    const create = (folder: string) => ({ name: 'project.create', input: { folder, name: 'new', task: 'motion' } });
    for (const folder of ['/data/a', '/data/projects/new', '/data/example/copy']) {
      expect(await window.code('request', create(folder)), folder).toBe('ok');
    }
    for (const folder of ['/data', '/data/ab', '/data/projects/../b', 'projects/new', '']) {
      expect(await window.code('request', create(folder)), folder).not.toBe('ok');
    }
  });
});

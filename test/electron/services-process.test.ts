/**
 * The services' process from both sides, joined by a pair of ports in one process: requests, events, and what happens
 * when it dies. The real process is killed in test/e2e.
 */
import { describe, expect, it } from 'vitest';
import { serve, type ClosableServices, type PortLike } from '../../electron/host-loop';
import type { FromHost, ToHost } from '../../electron/host-messages';
import { ServicesProcess, type ChildLike } from '../../electron/services-process';
import type { ErrorReport } from '../../src/base';
import { ProjectError } from '../../src/project/errors';
import type { Services } from '../../src/project/contract';

type Answerer = (name: string, input: unknown) => unknown;

/** A child process in this process: messages are copied, as between processes, and it can be killed. */
class Child implements ChildLike {
  private readonly heard: ((message: FromHost) => void)[] = [];
  private readonly exits: ((code: number) => void)[] = [];
  private toHost: (message: { data: ToHost; ports: readonly PortLike[] }) => void = () => undefined;
  private alive = true;
  listeners: (name: string, event: unknown) => void = () => undefined;
  closed = false;

  constructor(answer: Answerer) {
    const events = new Map<string, (event: unknown) => void>();
    this.listeners = (name, event) => events.get(name)?.(event);
    const services = {
      request: (name: string, input: unknown) => Promise.resolve().then(() => answer(name, input)),
      on: (name: string, listener: (event: unknown) => void) => {
        events.set(name, listener);
        return () => events.delete(name);
      },
      close: () => {
        this.closed = true;
        return Promise.resolve();
      },
    } as unknown as ClosableServices & Services;
    serve(
      {
        postMessage: (message) =>
          this.later(() => this.heard.forEach((listener) => listener(structuredClone(message)))),
        on: (_event, listener) => (this.toHost = listener),
      },
      () => services,
      () => this.die(0),
    );
  }

  private later(action: () => void): void {
    setImmediate(() => {
      if (this.alive) action();
    });
  }

  postMessage(message: ToHost, transfer: unknown[] = []): void {
    this.later(() => this.toHost({ data: structuredClone(message), ports: transfer as PortLike[] }));
  }

  on(event: 'message' | 'exit', listener: never): void {
    (event === 'message' ? this.heard : this.exits).push(listener);
  }

  die(code: number): void {
    this.alive = false;
    for (const listener of this.exits) listener(code);
  }

  kill(): boolean {
    this.die(9);
    return true;
  }
}

function setUp(answer: Answerer) {
  const children: Child[] = [];
  const said: string[] = [];
  const lost: ErrorReport[] = [];
  let now = 0;
  const services = new ServicesProcess({
    fork: () => {
      const child = new Child(answer);
      children.push(child);
      return child;
    },
    host: { version: '1', projectsFolder: '/p', userFolder: '/u' },
    onLost: (report, again) => {
      lost.push(report);
      said.push(again ? 'lost' : 'given up');
    },
    onRestarted: (project) => void said.push(`restarted ${project}`),
    now: () => now,
  });
  services.start();
  return { services, children, said, lost, pass: (ms: number) => (now += ms) };
}

const settle = (ms = 20): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe("the services' process", () => {
  it('answers many requests at once, each with its own answer', async () => {
    const { services } = setUp((name, input) => ({ name, input }));
    const answers = await Promise.all([1, 2, 3].map((i) => services.request('data.get', { id: `c${i}` })));
    expect(answers).toEqual([1, 2, 3].map((i) => ({ name: 'data.get', input: { id: `c${i}` } })));
  });

  it('turns an error into its report', async () => {
    const { services } = setUp(() => {
      throw new ProjectError('no-project', 'No project is open.', 'Open a project, or make a new one.');
    });
    await expect(services.request('data.get', { id: 'x' })).rejects.toEqual({
      name: 'ProjectError',
      code: 'no-project',
      message: 'No project is open.',
      action: 'Open a project, or make a new one.',
    });
  });

  it('sends events to every port, as copies of typed arrays, until the port closes', async () => {
    const { services, children } = setUp(() => undefined);
    const heard: unknown[] = [];
    let close = (): void => undefined;
    const port: PortLike = {
      postMessage: (message) => void heard.push(message),
      start: () => undefined,
      on: (_event, listener) => (close = listener),
    };
    services.listen(port);
    await services.request('app.info', undefined);
    children[0].listeners('device.samples', { blocks: [{ values: new Float32Array([1, 2]) }] });
    close();
    children[0].listeners('live.stopped', { problem: '' });
    expect(heard).toEqual([{ name: 'device.samples', event: { blocks: [{ values: new Float32Array([1, 2]) }] } }]);
  });

  it('fails what ran when it died, starts anew and opens the project again before anything else', async () => {
    const asked: string[] = [];
    const { services, children, said, lost } = setUp((name, input) => {
      asked.push(name);
      if (name === 'train.start') return new Promise(() => undefined);
      return { open: true, folder: (input as { folder?: string } | undefined)?.folder ?? '/p/wand' };
    });
    await services.request('project.open', { folder: '/p/wand' });
    const training = services.request('train.start', undefined);
    await settle();
    asked.length = 0;
    children[0].die(139);
    const next = services.request('project.state', undefined);
    await expect(training).rejects.toMatchObject({ code: 'services-lost' });
    await next;
    expect(asked).toEqual(['project.open', 'project.state']);
    expect(said).toEqual(['lost', 'restarted /p/wand']);
    expect(lost[0]).toMatchObject({
      code: 'services-lost',
      message: expect.stringMatching(/stopped unexpectedly/) as string,
    });
  });

  it('comes back without the project where that cannot be opened', async () => {
    let broken = false;
    const { services, children, said } = setUp(() => {
      if (broken) throw new Error('gone');
      return { open: true, folder: '/p/wand' };
    });
    await services.request('project.example', undefined);
    broken = true;
    children[0].die(1);
    await settle();
    expect(said).toEqual(['lost', 'restarted ']);
  });

  it('opens the project even where it dies again while opening it', async () => {
    let opening = 0;
    const set = setUp((name) => {
      if (name === 'project.open' && ++opening === 1) {
        set.children[1].die(1);
        return new Promise(() => undefined);
      }
      return { open: true, folder: '/p/wand' };
    });
    await set.services.request('project.example', undefined);
    set.children[0].die(1);
    await settle(60);
    expect(set.said).toEqual(['lost', 'lost', 'restarted /p/wand']);
  });

  it('gives up after four deaths within a minute, and says what to do', async () => {
    const { services, children, said } = setUp(() => 'fine');
    for (let death = 0; death < 4; death++) {
      children[death].die(1);
      await settle();
    }
    expect(said.filter((text) => !text.startsWith('restarted'))).toEqual(['lost', 'lost', 'lost', 'given up']);
    await expect(services.request('app.info', undefined)).rejects.toMatchObject({
      code: 'services-unavailable',
      action: expect.stringMatching(/start it again/) as string,
    });
  });

  it('is started again for as long as its deaths lie far apart', async () => {
    const { services, children, pass } = setUp(() => 'fine');
    for (let death = 0; death < 8; death++) {
      children[death].die(1);
      pass(30_000);
      await settle();
    }
    expect(await services.request('app.info', undefined)).toBe('fine');
  });

  it('closes the services before it ends, and is then not started again', async () => {
    const { services, children, said } = setUp(() => 'fine');
    await services.stop(1000);
    expect(children[0].closed).toBe(true);
    await settle();
    expect(children).toHaveLength(1);
    expect(said).toEqual([]);
  });

  it('is killed where it does not end in time', async () => {
    const { services, children } = setUp(() => 'fine');
    let killed = false;
    children[0].postMessage = () => undefined;
    children[0].kill = () => (killed = true);
    await services.stop(10);
    expect(killed).toBe(true);
  });
});

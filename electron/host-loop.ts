/**
 * The services' process from inside: answers requests that come over a port and sends events to whoever listens.
 * Knows no Electron beyond the shape of its ports, and no service by name.
 */
import { reportOf } from '../src/base';
import { eventNames, type EventName, type Services } from '../src/project/contract';
import type { FromHost, HostOptions, ToHost } from './host-messages';

export interface PortLike {
  postMessage(message: unknown): void;
  start(): void;
  on(event: 'close', listener: () => void): unknown;
}

export interface ParentPortLike {
  postMessage(message: FromHost): void;
  on(event: 'message', listener: (message: { data: ToHost; ports: readonly PortLike[] }) => void): unknown;
}

export type ClosableServices = Services & { close(): Promise<void> };

export function serve(
  parent: ParentPortLike,
  create: (options: HostOptions) => Promise<ClosableServices> | ClosableServices,
  exit: () => void,
): void {
  const listeners = new Set<PortLike>();
  let services: Promise<ClosableServices> | undefined;

  async function start(options: HostOptions): Promise<ClosableServices> {
    const made = await create(options);
    const forward = <N extends EventName>(name: N): unknown =>
      made.on(name, (event) => {
        for (const port of listeners) port.postMessage({ name, event });
      });
    eventNames.forEach(forward);
    return made;
  }

  async function answer(message: ToHost & { kind: 'request' }): Promise<void> {
    const { id, name } = message;
    try {
      if (!services) throw new Error('The services were asked before they were started.');
      const value: unknown = await (await services).request(name, message.input as never);
      parent.postMessage({ kind: 'answer', id, ok: true, value });
    } catch (error) {
      parent.postMessage({ kind: 'answer', id, ok: false, error: reportOf(error) });
    }
  }

  async function stop(): Promise<void> {
    try {
      await (await services)?.close();
    } catch (error) {
      process.stderr.write(`The services could not be closed: ${String(error)}\n`);
    }
    parent.postMessage({ kind: 'stopped' });
    exit();
  }

  parent.on('message', ({ data, ports }) => {
    if (data.kind === 'start') {
      services = start(data.options);
      // A failed start is told in the answer to each request.
      services.catch(() => undefined);
    } else if (data.kind === 'request') void answer(data);
    else if (data.kind === 'stop') void stop();
    else {
      for (const port of ports) {
        listeners.add(port);
        port.on('close', () => listeners.delete(port));
        port.start();
      }
    }
  });
}

/** What every verb waits with: a wait that is over leaves nothing that keeps the process alive. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Context } from '../../src/cli/context';

let context: Context;
let listeners: NodeJS.SignalsListener[];
beforeEach(() => {
  vi.useFakeTimers();
  listeners = process.listeners('SIGINT');
  context = new Context({ project: '.', json: false });
});
afterEach(() => {
  vi.useRealTimers();
  for (const listener of process.listeners('SIGINT'))
    if (!listeners.includes(listener)) process.removeListener('SIGINT', listener);
});

/** As the terminal does at Ctrl-C, to the handler that was added last only. */
function interrupt(): void {
  process.listeners('SIGINT').at(-1)?.('SIGINT');
}

describe('waiting', () => {
  it.each([0, 1000])('ends at Ctrl-C and lets the process go (%d s)', async (seconds) => {
    context.catchInterrupt();
    const waiting = context.waitSeconds(seconds);
    expect(vi.getTimerCount()).toBe(1);
    interrupt();
    await waiting;
    expect(vi.getTimerCount()).toBe(0);
  });
  it('ends at once where Ctrl-C came before', async () => {
    context.catchInterrupt();
    interrupt();
    await context.waitSeconds(0);
    const told = vi.fn();
    context.onInterrupt(told);
    expect(told).toHaveBeenCalledOnce();
    expect(vi.getTimerCount()).toBe(0);
  });
  it('ends by itself, or when the board is lost', async () => {
    const waiting = context.waitSeconds(3);
    await vi.advanceTimersByTimeAsync(3000);
    await waiting;
    await expect(context.waitSeconds(0, Promise.reject(new Error('lost')))).rejects.toThrow('lost');
    expect(vi.getTimerCount()).toBe(0);
  });
});

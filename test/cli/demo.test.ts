/** The demos of pictures and of a machine by command line, start to finish on the simulated board. */
import { describe, expect, it } from 'vitest';
import type { DeployReport } from '../../src/deploy';
import type { FitReport } from '../../src/fit';
import type { TrainReport } from '../../src/project';
import { cliJson } from '../support/cli';

interface DemoResult {
  readonly captures: number;
  readonly train: TrainReport;
  readonly fit: FitReport;
  readonly deploy: DeployReport;
  readonly device: { readonly windows: number; readonly mismatches: number };
  readonly live: readonly { readonly gesture: string; readonly results: number; readonly right: number }[];
}

const right = ({ live }: DemoResult): number =>
  live.reduce((sum, one) => sum + one.right, 0) / live.reduce((sum, one) => sum + one.results, 0);

describe('the demo', () => {
  it('of a machine: what it never heard of is called unusual, by the board as by the app', async () => {
    const demo = await cliJson<DemoResult>('demo', '--task', 'anomaly', '--seed', '3');
    expect(demo.train.int8?.anomaly?.auc).toBeGreaterThan(0.95);
    expect(demo.fit).toMatchObject({ fits: true });
    expect(demo.deploy.goldenVectors).toBeGreaterThan(0);
    expect(demo.device.windows).toBeGreaterThan(100);
    expect(demo.device.mismatches).toBe(0);
    expect(demo.live.map(({ gesture }) => gesture)).toEqual(['fan', 'fan with a coin', 'off']);
    expect(demo.live.every(({ results }) => results > 10)).toBe(true);
    expect(right(demo)).toBeGreaterThan(0.8);
  });

  it('of pictures: the board answers every held-out picture as the app does and goes on answering live', async () => {
    const demo = await cliJson<DemoResult>('demo', '--task', 'image', '--seed', '3');
    expect(demo.fit).toMatchObject({ fits: true });
    expect(demo.deploy.goldenVectors).toBeGreaterThan(1);
    expect(demo.device.windows).toBe(demo.train.testingRows);
    expect(demo.device.mismatches).toBe(0);
    expect(demo.live).toHaveLength(4);
    expect(demo.live.every(({ results }) => results > 10)).toBe(true);
  }, 300_000);
});

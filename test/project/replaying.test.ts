/** 'live.replay' as the app asks it, and the command line's `test --continuous`: long recordings of a small project. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Project, trainProject } from '../../src/project';
import { inHalves, quietMoment } from '../../src/project/replay-order';
import { replayProject } from '../../src/project/replaying';
import { recordSimulatedTakes } from '../../src/project/simulated-takes';
import type { CaptureSummary } from '../../src/dataset';
import type { ReplayReport } from '../../src/project/replay-report';
import { cli, cliJson } from '../support/cli';
import { codeOf, makeRig } from './rig';
import { smallProjects, type SmallProjects } from './small-project';

let small: SmallProjects;
let project: Project;
beforeAll(async () => {
  small = await smallProjects();
  project = await small.open({ threads: 1 });
  await trainProject(project);
});
afterAll(() => small.remove());

describe('replayed by the services', () => {
  it('all that is held out is told of, with what the other half says', async () => {
    const folder = project.folder;
    await project.close();
    const rig = makeRig();
    await rig.request('project.open', { folder });
    const report = await rig.request('live.replay', { ids: [], falseAlarmsPerHour: 3600 });
    expect(report).toMatchObject({ captures: 4, wishedPerHour: 3600, halves: 'recordings' });
    expect(report.happened).toBe(report.truth.length);
    expect(report.happened).toBeGreaterThan(0);
    expect(report.seconds).toBeCloseTo(8, 1);
    const { score } = report.current;
    expect(score.detections + score.misses).toBe(report.happened);
    expect(report.curve.length).toBeGreaterThan(0);
    expect(report.curve.every(({ heldOut }) => heldOut === null || heldOut.hours > 0)).toBe(true);
    expect(report.proposal?.score.falseAlarmsPerHour).toBeLessThanOrEqual(3600);
    expect(rig.heard('live.replayProgress').at(-1)).toEqual({ done: 4, total: 4 });
    expect(await codeOf(rig.request('live.replay', { ids: ['none'] }))).toBe('needs-data');
    await rig.tearDown();

    const args = ['--project', folder, 'test', '--continuous'];
    const said = await cliJson<ReplayReport>(...args, '--false-alarms-per-hour', '3600');
    expect(said).toEqual(report);
    expect((await cli(...args)).stdout).toMatch(/false alarms and .* misses an hour/);
    expect((await cli(...args, '--false-alarms-per-hour', 'often')).code).toBe(2);
  });

  it('a machine that sounds unusual is found, not a false alarm', async () => {
    const machine = await Project.create(join(small.folder, 'machine'), { task: 'anomaly' });
    await recordSimulatedTakes(machine.dataset, {
      ...{ task: 'anomaly', persons: 3, takesEach: 2, seconds: 4, rateHz: 200, seed: 5 },
    });
    await trainProject(machine, { settings: { threads: 1 } });
    const report = await replayProject(machine, { ids: [], falseAlarmsPerHour: 100 });
    expect(report.truth.length).toBeGreaterThan(0);
    expect(report.truth.every(({ label }) => label === '')).toBe(true);
    expect(report.current.score.detections).toBeGreaterThan(0);
    expect(report.proposal?.settings.threshold).toBe(machine.settings.live.threshold);
    await machine.close();
  });
});

describe('halves of what is replayed', () => {
  const capture = (label: string, seconds: number): CaptureSummary =>
    ({ label, frames: seconds * 10, rateHz: 10 }) as CaptureSummary;

  it('hold each label and about as many seconds, and cut a recording only where it is most of all', () => {
    const { captures, first } = inHalves([capture('a', 2), capture('a', 2), capture('b', 4), capture('b', 3)]);
    expect(first).toBe(2);
    expect(captures.map(({ label, frames }) => `${label}${frames}`)).toEqual(['a20', 'b40', 'b30', 'a20']);
    expect(inHalves([capture('a', 1), capture('b', 60)]).first).toBeUndefined();
  });

  it('are cut where nothing happens', () => {
    const truth = [
      { label: 0, start: 48, end: 51 },
      { label: 1, start: 51.8, end: 53 },
    ];
    expect(quietMoment(truth, 50, 0.5, 100)).toBe(53.5);
    expect(quietMoment([{ label: 0, start: 0, end: 100 }], 50, 0.5, 100)).toBe(50);
  });
});

/** The contract that scripts rely on: exit codes, one sentence on stderr, JSON on stdout. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cli, cliJson, temporaryFolder } from '../support/cli';

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => folder.remove());

describe('usage', () => {
  it('prints help with every verb and exits 0', async () => {
    const { code, stdout } = await cli('--help');
    expect(code).toBe(0);
    const verbs =
      'devices sim new record import export-data samples label split delete restore impulse train test fit deploy live export infer features demo';
    for (const verb of verbs.split(' ')) expect(stdout).toMatch(new RegExp(`^ {2}${verb}\\b`, 'm'));
  });

  it.each([
    [['nonsense']],
    [['new', 'x']],
    [['new', 'x', '--task', 'cooking']],
    [['record', '--port', 'sim', '--label', 'a', '--seconds', 'many']],
    [['record', '--port', 'sim']],
    [['test', '--engine', 'device']],
    [['export', '--format', 'cake', '--out', 'x']],
    [['split']],
  ])('exits 2 on bad usage: %j', async (args) => {
    const { code, stdout, stderr } = await cli('--project', folder.path, ...args);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr.trim()).not.toBe('');
    expect(stderr).not.toContain('    at ');
  });

  it.each([
    [['samples'], 'is not a Dormouse project'],
    [['train'], 'is not a Dormouse project'],
    [['infer', 'missing.tflite', '--in', 'a', '--out', 'b'], 'cannot be read'],
  ])('exits 1 with one sentence: %j', async (args, sentence) => {
    const { code, stdout, stderr } = await cli('--project', folder.path, ...args);
    expect(code).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toContain(sentence);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });

  it('tells a failure as JSON too', async () => {
    const { code, stdout } = await cli('--project', folder.path, 'samples', '--json');
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'not-a-project' } });
  });
});

describe('an empty project', () => {
  const project = () => join(folder.path, 'p');

  it('is made once, and not over another', async () => {
    await expect(cliJson('new', project(), '--task', 'motion')).resolves.toMatchObject({ task: 'motion', name: 'p' });
    const again = await cli('new', project(), '--task', 'motion');
    expect(again.code).toBe(1);
    expect(again.stderr).toContain('project in');
  });

  it.each([
    [['train'], 'no captures'],
    [['test'], 'no trained model'],
    [['fit', '--board', 'nano33ble-sense'], 'no trained model'],
    [['deploy', '--port', 'sim'], 'no trained model'],
    [['export', '--format', 'tflite', '--out', 'never.tflite'], 'no trained model'],
    [['label', 'no-such-id', '--label', 'x'], 'no-such-id'],
    [['import', 'no-such-file.csv'], 'no-such-file.csv'],
  ])('says what is missing: %j', async (args, sentence) => {
    await cliJson('new', project(), '--task', 'motion');
    const { code, stderr } = await cli('--project', project(), ...args);
    expect(code).toBe(1);
    expect(stderr.toLowerCase()).toContain(sentence.toLowerCase());
    expect(existsSync('never.tflite')).toBe(false);
  });

  it('refuses an impulse setting that does not exist, and keeps the old ones', async () => {
    await cliJson('new', project(), '--task', 'motion');
    const { code, stderr } = await cli('--project', project(), 'impulse', '--set', 'colour=3');
    expect(code).toBe(1);
    expect(stderr).toContain('colour');
    const half = await cli('--project', project(), 'impulse', '--set', 'window-ms=700', '--set', 'size=huge');
    expect(half.code).toBe(2);
    await expect(cliJson('--project', project(), 'impulse')).resolves.not.toMatchObject({
      settings: { windowMs: 700 },
    });
    await expect(cliJson('--project', project(), 'impulse', '--set', 'window-ms=1500')).resolves.toMatchObject({
      settings: { windowMs: 1500 },
    });
  });
});

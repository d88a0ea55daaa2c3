/** How things are named, numbered, coloured and keyed. */
import { describe, expect, it } from 'vitest';
import { severalOf } from '../../renderer/capture/words';
import { capturesInCell, flipsBetween } from '../../renderer/test/flips';
import { bytes, count, micros, percent, rate, span, units, value, whole } from '../../renderer/ui/format';
import { keyCaps, keyName } from '../../renderer/ui/keys';
import { keepOrder, shapePaths, shapes, styleAt } from '../../renderer/ui/palette';
import { problemOf } from '../../renderer/ui/problem';
import type { ScoredRow, ScoreReport } from '../../src/project/contract';

/** No-break spaces as plain ones, so that expectations can be read. */
const plain = (text: string): string => text.replace(/[\u00a0\u202f]/g, ' ');

describe('numbers', () => {
  it('say what they count', () => {
    expect(plain(count(1, 'window'))).toBe('1 window');
    expect(plain(count(12345, 'window'))).toBe('12 345 windows');
    expect(plain(whole(100000))).toBe('100 000');
  });

  it('carry their units', () => {
    expect(plain(percent(0.9724))).toBe('97.2 %');
    expect(percent(NaN)).toBe('–');
    expect(['512', 7912, 131072, 1048576].map((n) => plain(bytes(Number(n))))).toEqual([
      '512 B',
      '7.7 KB',
      '128 KB',
      '1.0 MB',
    ]);
    expect([0.85, 2.4, 42, 185, 4321].map((s) => plain(span(s)))).toEqual([
      '850 ms',
      '2.4 s',
      '42 s',
      '3 min 05 s',
      '1 h 12 min',
    ]);
    expect([99.74, 16000, 1].map((hz) => plain(rate(hz)))).toEqual(['99.7 Hz', '16 kHz', '1 Hz']);
    expect([38, 4120].map((us) => plain(micros(us)))).toEqual(['38 µs', '4.12 ms']);
    expect([0, 12.345, -0.0421, 123456, 1e-7].map(value)).toEqual(['0', '12.3', '-0.042', '1.2e+5', '1.0e-7']);
    expect(['m/s2', 'deg/s', 'N/A'].map(units)).toEqual(['m/s²', '°/s', '']);
  });

  it('make the Record button say what it does, without bad English', () => {
    expect(severalOf(10, 'wave')).toBe('10 waves');
    expect(severalOf(3, 'up-down')).toBe('3 up-downs');
    expect(['flash', 'yes', 'no', 'fan with a coin', '停', 'on/off'].map((label) => severalOf(2, label))).toEqual([
      '2 × flash',
      '2 × yes',
      '2 × no',
      '2 × fan with a coin',
      '2 × 停',
      '2 × on/off',
    ]);
  });
});

describe('label styles', () => {
  it('are distinct for 64 labels', () => {
    const styles = Array.from({ length: 64 }, (_, i) => JSON.stringify(styleAt(i)));
    expect(new Set(styles).size).toBe(64);
  });

  it('never repeat a colour or a shape among the first eight', () => {
    const styles = Array.from({ length: 8 }, (_, i) => styleAt(i));
    expect(new Set(styles.map((style) => style.colour)).size).toBe(8);
    expect(new Set(styles.map((style) => style.shape)).size).toBe(8);
  });

  it('stay with a label when others come, and when it is gone for a while', () => {
    const first = keepOrder([], ['wave', 'circle']);
    expect(first).toEqual(['circle', 'wave']);
    expect(keepOrder(first, ['another', 'wave'])).toEqual(['circle', 'wave', 'another']);
    expect(keepOrder(first, ['wave'])).toBe(first);
    expect(keepOrder([], ['background', 'circle', 'square', 'Unknown'])).toEqual([
      'circle',
      'square',
      'background',
      'Unknown',
    ]);
  });

  it('have a drawing for each shape', () => {
    for (const shape of shapes) expect(shapePaths[shape]).toMatch(/^M/);
  });
});

describe('keys', () => {
  const press = (key: string, more = {}) => ({
    key,
    ctrlKey: false,
    metaKey: false,
    altKey: false,
    shiftKey: false,
    ...more,
  });

  it('have one name on every system', () => {
    expect(keyName(press('z', { ctrlKey: true }), false)).toBe('mod+z');
    expect(keyName(press('z', { metaKey: true }), true)).toBe('mod+z');
    expect(keyName(press('z', { ctrlKey: true }), true)).toBe('z');
    expect(keyName(press('Z', { ctrlKey: true, shiftKey: true }), false)).toBe('mod+shift+z');
    expect(keyName(press('?', { shiftKey: true }), false)).toBe('?');
    expect(keyName(press(' '), false)).toBe('space');
    expect(keyName(press('ArrowDown', { shiftKey: true }), false)).toBe('shift+arrowdown');
  });

  it('are shown as they are printed', () => {
    expect(keyCaps('mod+shift+z', true)).toEqual(['⌘', '⇧', 'Z']);
    expect(keyCaps('mod+1', false)).toEqual(['Ctrl', '1']);
  });
});

describe('problems', () => {
  it('keep the sentence and the action, whatever shape they come in', () => {
    expect(problemOf({ message: 'The port is busy.', action: 'Close the other program.', code: 'busy' })).toEqual({
      message: 'The port is busy.',
      action: 'Close the other program.',
    });
    expect(problemOf(new Error('Nope.')).message).toBe('Nope.');
    expect(problemOf(undefined).message).not.toBe('');
    expect(problemOf(undefined).action).not.toBe('');
  });
});

describe('score reports', () => {
  const row = (captureId: string, start: number, truth: number, predicted: number, score = 0.9): ScoredRow => ({
    captureId,
    start,
    truth,
    predicted,
    score,
  });
  const report = (rows: ScoredRow[]): ScoreReport => ({ rows }) as unknown as ScoreReport;

  it('are compared window by window', () => {
    const float = report([row('a', 0, 0, 0), row('a', 20, 0, 0), row('b', 0, 1, 1)]);
    const int8 = report([row('b', 0, 1, 0), row('a', 0, 0, 0), row('a', 20, 0, 1)]);
    expect(flipsBetween(float, int8)).toEqual([
      { captureId: 'a', start: 20, truth: 0, before: 0, after: 1 },
      { captureId: 'b', start: 0, truth: 1, before: 1, after: 0 },
    ]);
  });

  it('list the recordings of a cell, surest first', () => {
    const rows = [row('a', 0, 0, 1, 0.6), row('b', 0, 0, 1, 0.8), row('a', 20, 0, 1, 0.7), row('c', 0, 0, 0)];
    expect(capturesInCell(rows, 0, 1)).toEqual([
      { captureId: 'b', windows: 1, score: 0.8 },
      { captureId: 'a', windows: 2, score: 0.7 },
    ]);
    expect(capturesInCell(rows, 1, 0)).toEqual([]);
  });
});

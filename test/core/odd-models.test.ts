/** Damaged and foreign files: each is refused with a sentence that says what it is, and a model inside junk still runs. */
import { readFileSync } from 'node:fs';
import { beforeAll, expect, it } from 'vitest';
import { CoreError, loadCore, type Core } from '../../src/core';
import { dataFolder, describeWith, needsData } from '../support/needs';

function refusal(core: Core, bytes: Uint8Array): CoreError {
  try {
    core.openModel(bytes);
  } catch (error) {
    if (error instanceof CoreError) return error;
    throw error;
  }
  throw new Error('the file was accepted');
}

const refused: readonly (readonly [file: string, code: string, says: RegExp])[] = [
  ['odd/empty.tflite', 'not-a-model', /empty/],
  ['odd/four_bytes.tflite', 'not-a-model', /only 4 bytes/],
  ['odd/truncated_half.tflite', 'damaged-model', /cut off/],
  ['odd/truncated_last_byte.tflite', 'damaged-model', /cut off/],
  ['odd/wrong_identifier.tflite', 'not-a-model', /"TFL2"/],
  ['odd/identifier_only.tflite', 'damaged-model', /outside of the file/],
  ['odd/root_offset_huge.tflite', 'damaged-model', /outside of the file/],
  ['odd/root_offset_negative.tflite', 'damaged-model', /outside of the file/],
  ['odd/leading_bom.tflite', 'not-a-model', /byte order mark/],
  ['odd/html_error_page.tflite', 'not-a-model', /web page/],
  ['odd/git_lfs_pointer.tflite', 'not-a-model', /Git LFS pointer/],
  ['odd/gzip.tflite', 'not-a-model', /gzip/],
  ['odd/c_array_model.h', 'not-a-model', /C array/],
  ['tflm/examples__hello_world__models__hello_world_float.tflite', 'unsupported-model', /FULLY_CONNECTED .* float32/],
  ['tflm/models__person_detect_vela.tflite', 'unsupported-model', /CUSTOM "ethos-u"/],
  ['npm_openwakeword/embedding_model.tflite', 'unsupported-model', /PAD .* float32/],
  ['npm_mediapipe/face_detection_full_range_sparse.tflite', 'unsupported-model', /DENSIFY/],
];

describeWith(needsData('models', 'odd'), 'files that are not what they should be', () => {
  let core: Core;
  beforeAll(async () => {
    core = await loadCore();
  });

  it.each(refused)('%s: %s', (file, code, says) => {
    const error = refusal(core, readFileSync(dataFolder('models', file)));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(says);
    expect(error.action).not.toBe('');
  });

  it('covers every odd file', () => {
    const expected = JSON.parse(readFileSync(dataFolder('models', 'odd', 'expected.json'), 'utf8')) as object;
    const tested = refused.map(([file]) => file.replace('odd/', ''));
    for (const file of Object.keys(expected)) if (file !== 'trailing_garbage.tflite') expect(tested).toContain(file);
  });

  it('runs a model with junk behind it as the model without', () => {
    const junk = core.openModel(readFileSync(dataFolder('models', 'odd', 'trailing_garbage.tflite')));
    const clean = core.openModel(
      readFileSync(dataFolder('models', 'tflm', 'examples__hello_world__models__hello_world_int8.tflite')),
    );
    for (let x = -128; x < 128; x++) {
      const input = [Uint8Array.of(x & 255)];
      expect(junk.invoke(input)).toEqual(clean.invoke(input));
    }
  });

  it('leaves models of other instances alone', () => {
    const bytes = readFileSync(dataFolder('models', 'tflm', 'examples__hello_world__models__hello_world_int8.tflite'));
    const first = core.openModel(bytes);
    const before = first.invoke([Uint8Array.of(40)]);
    const second = core.openModel(bytes);
    second.invoke([Uint8Array.of(200)]);
    refusal(core, bytes.subarray(0, 1000));
    expect(first.invoke([Uint8Array.of(40)])).toEqual(before);
  });

  it('refuses inputs of the wrong number or size, and work after close()', () => {
    const model = core.openModel(
      readFileSync(dataFolder('models', 'tflm', 'examples__hello_world__models__hello_world_int8.tflite')),
    );
    expect(() => model.invoke([])).toThrow(/takes 1 inputs, 0 were given/);
    expect(() => model.invoke([new Uint8Array(2)])).toThrow(/takes 1 bytes, 2 were given/);
    model.close();
    expect(() => model.invoke([new Uint8Array(1)])).toThrow(/closed/);
  });
});

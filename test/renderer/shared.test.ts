/** What the inspector says of several recordings at once. */
import { describe, expect, it } from 'vitest';
import { sharedBy } from '../../renderer/dataset/shared';

const wave = { label: 'wave', person: 'Ada', session: 'monday', split: 'training' } as const;

// eslint-disable-next-line @typescript-eslint/require-await
async function* pages(...all: (readonly (typeof wave | Record<keyof typeof wave, string>)[])[]) {
  for (const page of all) yield page as never;
}

describe('what recordings have in common', () => {
  it('is nothing known for none, and everything for one', async () => {
    expect(await sharedBy(pages())).toBeUndefined();
    expect(await sharedBy(pages([wave]))).toEqual(wave);
  });

  it('is said field by field over all pages; an empty name is a name', async () => {
    const shared = await sharedBy(pages([wave, { ...wave, person: '' }], [{ ...wave, split: 'testing' }]));
    expect(shared).toEqual({ label: 'wave', person: undefined, session: 'monday', split: undefined });
    expect(await sharedBy(pages([{ ...wave, person: '' }], [{ ...wave, person: '' }]))).toMatchObject({ person: '' });
  });

  it('does not come back once it has differed, and stops reading when all differ', async () => {
    let read = 0;
    async function* counted() {
      for await (const page of pages(
        [wave, { ...wave, label: 'idle' }, wave],
        [{ label: 'idle', person: 'Bo', session: 'x', split: 'testing' }],
        [wave],
      )) {
        read++;
        yield page;
      }
    }
    expect(await sharedBy(counted())).toEqual({
      label: undefined,
      person: undefined,
      session: undefined,
      split: undefined,
    });
    expect(read).toBe(2);
  });
});

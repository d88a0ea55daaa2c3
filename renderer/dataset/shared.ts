/** What several recordings have in common, field by field. Knows nothing of the screen. */
import type { CaptureSummary } from '../../src/dataset/types';

const fields = ['label', 'person', 'session', 'split'] as const;
type Field = (typeof fields)[number];

/** undefined where the recordings differ. */
export type Shared = { readonly [F in Field]: CaptureSummary[F] | undefined };

/** undefined for no recordings. Reads no further than needed: once all fields differ, more cannot change that. */
export async function sharedBy(
  pages: AsyncIterable<readonly Pick<CaptureSummary, Field>[]>,
): Promise<Shared | undefined> {
  let shared: Shared | undefined;
  for await (const page of pages) {
    for (const item of page) {
      const before: Shared = shared ?? item;
      const same = <F extends Field>(field: F): Shared[F] =>
        before[field] === item[field] ? before[field] : undefined;
      shared = { label: same('label'), person: same('person'), session: same('session'), split: same('split') };
    }
    if (shared && fields.every((field) => shared?.[field] === undefined)) break;
  }
  return shared;
}

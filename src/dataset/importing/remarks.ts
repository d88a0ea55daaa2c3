/** Collects what an import has to tell: the first few of each kind in full, the rest as a count. */
export class Remarks {
  private readonly kinds = new Map<string, { readonly sentences: string[]; more: number }>();
  private readonly shown = 5;

  /** `kind` groups remarks of one sort; `sentence` stands by itself and names the file. */
  add(kind: string, sentence: string): void {
    const known = this.kinds.get(kind) ?? { sentences: [], more: 0 };
    if (known.sentences.length < this.shown) known.sentences.push(sentence);
    else known.more++;
    this.kinds.set(kind, known);
  }

  list(): string[] {
    return [...this.kinds.values()].flatMap(({ sentences, more }) =>
      more > 0 ? [...sentences, `The same holds for ${more} more files.`] : sentences,
    );
  }
}

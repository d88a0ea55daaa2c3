/**
 * Buffers that one layer after another may use, for the planner. Only buffers of the same size are ever the same
 * memory: the rows of a shard then lie at the same place in both, so a thread that is ahead with its shards writes
 * nothing that another still reads.
 */
export class BufferPools {
  private readonly free = new Map<number, number[]>();

  /** `fresh` finds room for so many bytes. */
  constructor(private readonly fresh: (bytes: number) => number) {}

  take(bytes: number): number {
    return this.free.get(bytes)?.pop() ?? this.fresh(bytes);
  }

  give(at: number, bytes: number): void {
    const spare = this.free.get(bytes);
    if (spare) spare.push(at);
    else this.free.set(bytes, [at]);
  }
}

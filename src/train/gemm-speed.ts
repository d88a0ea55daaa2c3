/** How fast the matrix product of the kernels is on this machine: for the benchmark, on one thread. */
import { Machine, kernelHeapBase, kernelModule, reserveMemory } from './machine';
import { gemmScratch, planProgram } from './plan';

/** Milliseconds that one size is measured for. */
const budget = 300;

/** @returns 1e9 multiply-accumulates per second for c[m][n] = a[m][k] b[k][n], the best of the rounds that fit. */
export function gemmSpeed(m: number, n: number, k: number): number {
  const base = kernelHeapBase();
  const spec = {
    version: 1,
    input: [1],
    layers: [{ kind: 'dense', units: 2, activation: 'none' }, { kind: 'softmax' }],
  } as const;
  const plan = planProgram({ spec, batch: 1, threads: 1, training: { count: 1 }, validation: { count: 0 }, base });
  const bytes = [m * k, k * n, m * n, gemmScratch].map((values) => Math.ceil((values * 4) / 64 + 1) * 64);
  const starts = bytes.map(
    (_, i) => Math.ceil(plan.bytes / 64) * 64 + bytes.slice(0, i).reduce((sum, part) => sum + part, 0),
  );
  const memory = reserveMemory(starts[3] + bytes[3]);
  const machine = new Machine(kernelModule(), memory, plan);
  machine.floats.fill(0.5, starts[0] / 4, starts[2] / 4);
  const rounds = Math.max(1, Math.round(2e7 / (m * n * k)));
  let best = Infinity;
  for (const began = performance.now(); performance.now() - began < budget;) {
    const start = performance.now();
    for (let i = 0; i < rounds; i++) machine.gemm(m, n, k, starts[0], starts[1], starts[2], starts[3]);
    best = Math.min(best, (performance.now() - start) / rounds);
  }
  return (m * n * k) / best / 1e6;
}

import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [svelte({ compilerOptions: { dev: false } })],
  test: {
    include: ['test/**/*.test.ts'],
    // Faults, kills and real programs need their time; no test asserts how long something takes.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    pool: 'forks',
    maxWorkers: 2,
    reporters: ['default', './test/support/skip-reporter.ts'],
  },
});

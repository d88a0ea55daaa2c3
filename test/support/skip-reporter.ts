/** Prints, after a run, each skipped test with its reason, and the one closing line that other programs read. */
import type { Reporter, TestModule } from 'vitest/node';

export default class SkipReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const counts = { passed: 0, failed: 0, skipped: 0 };
    const reasons: string[] = [];
    for (const module of modules) {
      if (module.errors().length > 0 || module.state() === 'failed')
        counts.failed += module.children.size === 0 ? 1 : 0;
      for (const test of module.children.allTests()) {
        const result = test.result();
        if (result.state === 'passed') counts.passed++;
        else if (result.state === 'failed') counts.failed++;
        else {
          counts.skipped++;
          const note = result.state === 'skipped' ? (result.note ?? 'no reason given') : 'did not run';
          reasons.push(`skipped: ${test.fullName}: ${note}`);
        }
      }
    }
    if (reasons.length > 0) console.log(`\n${reasons.join('\n')}`);
    console.log(`\n${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
  }
}

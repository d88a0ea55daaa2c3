/**
 * Electron's security checklist (electronjs.org/docs/latest/tutorial/security), numbered as there. Each item is proved
 * by a test that reads the shell's code and rules, by one that drives the real app, or by both; the test names carry the number.
 */
export interface ChecklistItem {
  readonly number: number;
  readonly title: string;
  readonly proof: readonly ('rules' | 'app')[];
}

export const checklist: readonly ChecklistItem[] = [
  { number: 1, title: 'only load secure content', proof: ['rules', 'app'] },
  { number: 2, title: 'no Node.js in the page', proof: ['rules', 'app'] },
  { number: 3, title: 'context isolation', proof: ['rules', 'app'] },
  { number: 4, title: 'process sandboxing', proof: ['rules', 'app'] },
  { number: 5, title: 'permission requests are handled', proof: ['rules', 'app'] },
  { number: 6, title: 'webSecurity stays on', proof: ['rules', 'app'] },
  { number: 7, title: 'a content security policy', proof: ['rules', 'app'] },
  { number: 8, title: 'allowRunningInsecureContent stays off', proof: ['rules'] },
  { number: 9, title: 'experimental features stay off', proof: ['rules'] },
  { number: 10, title: 'enableBlinkFeatures is not used', proof: ['rules'] },
  { number: 11, title: 'no allowpopups on webviews', proof: ['rules'] },
  { number: 12, title: 'webview options are verified', proof: ['rules', 'app'] },
  { number: 13, title: 'navigation is limited', proof: ['rules', 'app'] },
  { number: 14, title: 'new windows are limited', proof: ['rules', 'app'] },
  { number: 15, title: 'openExternal only with trusted addresses', proof: ['rules', 'app'] },
  { number: 16, title: 'a current Electron', proof: ['rules'] },
  { number: 17, title: 'the sender of every message is validated', proof: ['rules', 'app'] },
  { number: 18, title: 'a custom protocol instead of file://', proof: ['rules', 'app'] },
  { number: 19, title: 'fuses are set', proof: ['rules', 'app'] },
  { number: 20, title: 'no Electron API reaches the page', proof: ['rules', 'app'] },
];

/** The name of the test that proves an item, so that no item can be dropped without a failing test. */
export function itemName(number: number): string {
  const item = checklist.find((each) => each.number === number);
  if (!item) throw new Error(`The checklist has no item ${number}.`);
  return `item ${number}: ${item.title}`;
}

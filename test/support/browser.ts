/**
 * The interface in a real browser, over the fake of the services: built once, one page per theme, and what every test of
 * a screen asks. Call `useBrowser()` inside a describe; it sets up and tears down by itself.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { build, preview, type PreviewServer } from 'vite';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { installRoot } from '../../src/base';

const axePath = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** Where the pictures of the screens are put, for people to look at. */
export const pictures = join(installRoot(), 'artifacts', 'screens');

export function useBrowser() {
  let server: PreviewServer;
  let built: string;
  let browser: Browser;
  /** One page per theme for all tests; each begins with a fresh document and empty storage. */
  const pages = new Map<string, Page>();
  let page: Page;
  let complaints: string[] = [];

  beforeAll(async () => {
    mkdirSync(pictures, { recursive: true });
    // Built once and served from disk: a page of one file opens many times faster than one of a hundred modules.
    built = mkdtempSync(join(tmpdir(), 'dormouse-screens-'));
    const configFile = join(installRoot(), 'renderer', 'vite.config.ts');
    const input = join(installRoot(), 'renderer', 'dev', 'index.html');
    await build({ configFile, logLevel: 'error', build: { outDir: built, minify: false, rolldownOptions: { input } } });
    server = await preview({ configFile, build: { outDir: built }, preview: { port: 0 }, logLevel: 'silent' });
    const chromiumPath = execFileSync('which', ['chromium'], { encoding: 'utf8' }).trim();
    browser = await chromium.launch({ executablePath: chromiumPath, args: ['--no-sandbox', '--disable-gpu'] });
  });
  afterAll(async () => {
    await browser.close();
    await server.close();
    rmSync(built, { recursive: true, force: true });
  });
  afterEach(async () => {
    await page.evaluate(() => localStorage.clear());
    expect(complaints).toEqual([]);
  });

  async function pageOf(colorScheme: 'dark' | 'light'): Promise<Page> {
    const there = pages.get(colorScheme);
    if (there) return there;
    const made = await browser.newPage({
      viewport: { width: 1280, height: 800 },
      colorScheme,
      reducedMotion: 'reduce',
    });
    made.setDefaultTimeout(15_000);
    made.on('pageerror', (error) => complaints.push(String(error)));
    pages.set(colorScheme, made);
    return made;
  }

  async function open(query: string, dark = false): Promise<void> {
    page = await pageOf(dark ? 'dark' : 'light');
    complaints = [];
    const { port } = server.httpServer.address() as AddressInfo;
    await page.goto(`http://localhost:${port}/dev/index.html?${query}`);
    await page.waitForSelector('html[data-ready]');
  }

  /** All rules once; in the other theme only colours differ, so only contrast is looked at again. */
  async function violations(onlyContrast = false, where = 'html'): Promise<string[]> {
    if (!(await page.evaluate(() => 'axe' in window))) await page.addScriptTag({ path: axePath });
    return page.evaluate(
      async ([rules, selector]) => {
        const { axe } = window as unknown as {
          axe: {
            run(
              selector: string,
              options: object,
            ): Promise<{ violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[] }>;
          };
        };
        const { violations: found } = await axe.run(selector, {
          resultTypes: ['violations'],
          ...(rules && { runOnly: rules }),
        });
        return found.flatMap((one) => one.nodes.map((node) => `${one.id}: ${node.html} ${node.failureSummary ?? ''}`));
      },
      [onlyContrast ? ['color-contrast'] : undefined, where] as const,
    );
  }

  /** How far the page and the screen reach beyond what is seen, in pixels. */
  function overflow(): Promise<{ wide: number; high: number }> {
    return page.evaluate(() => {
      const main = document.querySelector('main') as HTMLElement;
      const parts = [
        document.documentElement,
        main,
        ...Array.from(main.querySelectorAll<HTMLElement>('.screen, .side, .main')),
      ];
      return {
        wide: Math.max(...parts.map((part) => part.scrollWidth - part.clientWidth)),
        high: Math.max(...parts.map((part) => part.scrollHeight - part.clientHeight)),
      };
    });
  }

  const focused = (): Promise<string> =>
    page.evaluate(
      () => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent?.trim() ?? '',
    );

  async function tabTo(name: RegExp): Promise<void> {
    for (let i = 0; i < 80; i++) {
      await page.keyboard.press('Tab');
      if (name.test(await focused())) return;
    }
    throw new Error(`No amount of Tab reaches ${String(name)}.`);
  }

  return {
    /** The page that was opened last. */
    get page(): Page {
      return page;
    },
    get complaints(): readonly string[] {
      return complaints;
    },
    open,
    violations,
    overflow,
    focused,
    tabTo,
  };
}

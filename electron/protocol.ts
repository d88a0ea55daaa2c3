/**
 * `app://dormouse/`: serves the built interface from its folder, with the security headers, and nothing else from
 * anywhere. A scheme of our own instead of file://, whose pages could read the whole disk.
 */
import { readFile } from 'node:fs/promises';
import { extname, join, normalize, sep } from 'node:path';
import type { CustomScheme } from 'electron';
import { appOrigin } from './ipc';
import { responseHeaders } from './policy';

export const appScheme: CustomScheme = {
  scheme: 'app',
  privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true },
};

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
};

/** The file in `folder` that an address names; undefined where it names none of ours. */
export function fileFor(address: string, folder: string): string | undefined {
  let path: string;
  try {
    const url = new URL(address);
    if (`${url.protocol}//${url.host}` !== appOrigin) return undefined;
    path = decodeURIComponent(url.pathname);
  } catch {
    return undefined;
  }
  if (path.includes('\0') || path.includes('\\')) return undefined;
  const file = normalize(join(folder, path === '/' ? 'index.html' : path));
  return file.startsWith(normalize(folder) + sep) && extname(file) in types ? file : undefined;
}

/** The handler for `protocol.handle('app', ...)`. */
export function serveFrom(folder: string): (request: Request) => Promise<Response> {
  return async (request) => {
    const file = request.method === 'GET' ? fileFor(request.url, folder) : undefined;
    const bytes = file && (await readFile(file).catch(() => undefined));
    if (!file || !bytes) return new Response('Not found', { status: 404, headers: responseHeaders });
    return new Response(new Uint8Array(bytes), {
      headers: { ...responseHeaders, 'Content-Type': types[extname(file)] },
    });
  };
}

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { onTestFinished } from 'vitest';

/** What a server gives for a path: a body that is asked for again by its ETag, or whatever it does. */
export type Page =
  | string
  | Uint8Array
  | { readonly body: string | Uint8Array; readonly lastModified: number }
  | ((request: IncomingMessage, response: ServerResponse) => void);

export interface Site {
  /** Without a slash at its end. */
  readonly url: string;
  /** Each request: its path, and the status that it was answered with. */
  readonly asked: string[];
}

/** A server on this machine until the test ends; what it has not, and what cannot be read, is answered with 404. */
export const siteOf = async (pages: Readonly<Record<string, Page>> | ((path: string) => Page)): Promise<Site> => {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const { url = '' } = request;
    response.once('close', () => asked.push(`${url} ${response.statusCode}`));
    const page = pageAt(pages, url);
    if (typeof page === 'function') return page(request, response);
    if (page === undefined) return void response.writeHead(404).end();
    answer(page, request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  return { url: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`, asked };
};

const pageAt = (pages: Parameters<typeof siteOf>[0], path: string): Page | undefined => {
  try {
    return typeof pages === 'function' ? pages(path) : pages[path];
  } catch {
    return undefined;
  }
};

const answer = (
  page: Exclude<Page, (...args: never[]) => void>,
  request: IncomingMessage,
  response: ServerResponse,
) => {
  const body = typeof page === 'string' || page instanceof Uint8Array ? page : page.body;
  const etag = `"${body.length}"`;
  if (page !== body && typeof page === 'object' && 'lastModified' in page)
    response.setHeader('last-modified', new Date(page.lastModified * 1000).toUTCString());
  response.setHeader('etag', etag);
  if (request.headers['if-none-match'] === etag) response.writeHead(304).end();
  else response.end(body);
};

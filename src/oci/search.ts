import { fieldOf, isText, jsonIn, listOf } from './documents.ts';
import { ImageError } from './error.ts';
import { bytesOf } from './http.ts';
import { type Access, ask, openSession, refusal, type Session } from './session.ts';

/** A repository that a registry has found; a catalogue tells of its tags instead of the rest. */
export interface SearchResult {
  readonly name: string;
  readonly description: string;
  readonly stars: number | undefined;
  readonly isOfficial: boolean;
}

const MOST_ANSWER = 16 * 1024 * 1024;

/** What a registry has for a term: by its search, else from its catalogue. Throws ImageError. */
export const searchRegistry = async (
  host: string,
  term: string,
  limit: number,
  access: Access,
): Promise<readonly SearchResult[]> => {
  const session = openSession(host === 'docker.io' ? 'index.docker.io' : host, access);
  const found = await bySearch(session, term, limit);
  if (found) return found;
  return byCatalogue(session, term, limit);
};

/** Undefined where the registry has no search, or one that gives something else. */
const bySearch = async (
  session: Session,
  term: string,
  limit: number,
): Promise<readonly SearchResult[] | undefined> => {
  const where = `/v1/search?q=${encodeURIComponent(term)}&n=${limit}`;
  const results = fieldOf(await jsonAt(session, where, []), 'results');
  return Array.isArray(results) ? results.flatMap(resultIn) : undefined;
};

const resultIn = (value: unknown): readonly SearchResult[] => {
  const [name, description, stars] = ['name', 'description', 'star_count'].map((field) => fieldOf(value, field));
  if (!isText(name)) return [];
  return [
    {
      name,
      description: isText(description) ? description : '',
      stars: typeof stars === 'number' ? stars : undefined,
      isOfficial: fieldOf(value, 'is_official') === true,
    },
  ];
};

/** Undefined where the registry has no such page, or no JSON there. */
const jsonAt = async (session: Session, where: string, scopes: readonly string[]): Promise<unknown> => {
  const answer = await ask(session, where, scopes, { method: 'GET', headers: { accept: 'application/json' } });
  if (answer.status === 200) return jsonIn(await bytesOf(answer, MOST_ANSWER));
  if (answer.status >= 500 || answer.status === 429) throw await refusal(answer, `search ${session.host}`);
  answer.drop();
  return undefined;
};

const byCatalogue = async (session: Session, term: string, limit: number): Promise<readonly SearchResult[]> => {
  const results: SearchResult[] = [];
  for (const name of (await catalogue(session)).filter((each) => each.includes(term)).slice(0, limit)) {
    const list = await jsonAt(session, `/v2/${name}/tags/list`, [`repository:${name}:pull`]);
    const tags = listOf(fieldOf(list, 'tags')).filter(isText);
    const description = `tags: ${tags.slice(0, 10).join(', ') || 'none'}`;
    results.push({ name: `${session.host}/${name}`, description, stars: undefined, isOfficial: false });
  }
  return results;
};

const MOST_PAGES = 100;

/** All repositories, as many at a time as every registry gives. */
const catalogue = async (session: Session): Promise<readonly string[]> => {
  const names: string[] = [];
  let where: string | URL | undefined = '/v2/_catalog?n=100';
  for (let page = 0; page < MOST_PAGES && where !== undefined; page++) {
    const answer = await ask(session, where, ['registry:catalog:*'], { method: 'GET', headers: {} });
    if (answer.status !== 200)
      throw await refusal(answer, `search ${session.host}, which has no search and no catalogue`);
    const found = jsonIn(await bytesOf(answer, MOST_ANSWER));
    if (found === undefined) throw new ImageError(`${session.host} has no search, and its catalogue is no JSON`);
    names.push(...listOf(fieldOf(found, 'repositories')).filter(isText));
    const [, next] = /<([^>]+)>;\s*rel="?next/.exec(String(answer.headers.link ?? '')) ?? [];
    where = next !== undefined && URL.canParse(next, answer.url.href) ? new URL(next, answer.url) : undefined;
  }
  return names;
};

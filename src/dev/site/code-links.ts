import { toolOf } from '../../lint/index.ts';
import { escapeMarkup } from '../../report/markup.ts';

/** The id of another tool, as a link to what that tool says of it where its pages are known. */
export const codeLink = (code: string): string => {
  const address = addressOf(code);
  const html = `<code>${escapeMarkup(code)}</code>`;
  return address === undefined ? html : `<a href="${escapeMarkup(address)}">${html}</a>`;
};

const addressOf = (code: string): string | undefined => {
  if (/^SC\d+$/.test(code)) return `https://www.shellcheck.net/wiki/${code}`;
  if (/^DL\d+$/.test(code)) return `https://github.com/hadolint/hadolint/wiki/${code}`;
  if (toolOf(code) !== 'buildkit') return undefined;
  const page = code.replace(/(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/g, '-').toLowerCase();
  return `https://docs.docker.com/reference/build-checks/${page}/`;
};

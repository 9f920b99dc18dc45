// Finds rules, codes, options and headings; search-index.js has them all as globalThis.iechorlintItems.
const root = document.body.dataset.root ?? '';
const box = document.querySelector('.search');
const input = document.querySelector('#query');
const found = document.querySelector('#found');
const MOST = 14;

/** How well an item answers one word: a code or a name as a whole before its beginning before anything else; 0: not. */
const scoreOf = ([title, words, text], word) => {
  const name = title.toLowerCase();
  if (name === word || words.toLowerCase().split(' ').includes(word)) return 8;
  if (name.startsWith(word) || name.startsWith(`--${word}`)) return 6;
  if (name.includes(word)) return 4;
  if (words.toLowerCase().includes(word)) return 3;
  return text.toLowerCase().includes(word) ? 1 : 0;
};

const search = (query) => {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [];
  return (globalThis.iechorlintItems ?? [])
    .map((item) => {
      const scores = words.map((word) => scoreOf(item, word));
      return { item, score: scores.includes(0) ? 0 : scores.reduce((sum, score) => sum + score, 0) };
    })
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || a.item[0].length - b.item[0].length)
    .slice(0, MOST)
    .map(({ item }) => item);
};

const rowOf = ([title, , text, path]) => {
  const link = document.createElement('a');
  link.href = root + path;
  link.append(title);
  const small = document.createElement('small');
  small.append(text);
  link.append(small);
  const row = document.createElement('li');
  row.append(link);
  return row;
};

const nothing = () => {
  const row = document.createElement('li');
  const text = document.createElement('p');
  text.append('Nothing is called so, nor says so.');
  row.append(text);
  return row;
};

const show = () => {
  const items = search(input.value);
  found.replaceChildren(...(items.length > 0 ? items.map(rowOf) : [nothing()]));
  found.hidden = input.value.trim() === '';
  found.querySelector('a')?.setAttribute('data-chosen', '');
};

const links = () => [...found.querySelectorAll('a')];

const move = (step) => {
  const all = links();
  const at = all.findIndex((link) => link.hasAttribute('data-chosen'));
  all[at]?.removeAttribute('data-chosen');
  const next = all[(at + step + all.length) % all.length];
  next?.setAttribute('data-chosen', '');
  next?.scrollIntoView({ block: 'nearest' });
};

const close = () => {
  found.hidden = true;
  input.blur();
};

input.addEventListener('input', show);
input.addEventListener('keydown', (event) => {
  if (event.key === 'ArrowDown') move(1);
  else if (event.key === 'ArrowUp') move(-1);
  else if (event.key === 'Enter')
    links()
      .find((link) => link.hasAttribute('data-chosen'))
      ?.click();
  else if (event.key === 'Escape') close();
  else return;
  event.preventDefault();
});
document.addEventListener('keydown', (event) => {
  if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || event.target === input) return;
  event.preventDefault();
  input.focus();
});
document.addEventListener('click', (event) => {
  if (!box.contains(event.target)) found.hidden = true;
});
// It is hidden where scripts do not run.
box.hidden = false;
const asked = new URLSearchParams(location.search).get('q');
if (asked !== null) {
  input.value = asked;
  show();
}

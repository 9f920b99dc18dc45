import { jsonIn, textAt } from './data.ts';
import { dotnetRecipe } from './dotnet.ts';
import type { Folder } from './folder.ts';
import { goRecipe } from './go.ts';
import { javaRecipe } from './java.ts';
import { nodeRecipe } from './node.ts';
import { staticRecipe } from './pages.ts';
import { phpRecipe } from './php.ts';
import { pythonRecipe } from './python.ts';
import type { Kind, Recipe } from './recipe.ts';
import { rubyRecipe } from './ruby.ts';
import { rustRecipe } from './rust.ts';

export { flawsIn } from './data.ts';
export type { Folder } from './folder.ts';
export { type Monorepo, monorepoOf, packagesOf } from './monorepo.ts';
export { KINDS, type Kind, type Recipe } from './recipe.ts';
export { composeText, type Digests, iechorfileText, ignoreText, imagesIn, serviceName } from './texts.ts';

const RECIPES: Readonly<Record<Kind, (folder: Folder) => Recipe | undefined>> = {
  node: nodeRecipe,
  python: pythonRecipe,
  go: goRecipe,
  rust: rustRecipe,
  java: javaRecipe,
  ruby: rubyRecipe,
  php: phpRecipe,
  dotnet: dotnetRecipe,
  static: staticRecipe,
};

/** What the project may be, the likeliest first; static pages alone where there is no program. */
export const recipesFor = (folder: Folder): readonly Recipe[] => {
  const found = Object.values(RECIPES).flatMap((recipeFor) => recipeFor(folder) ?? []);
  const programs = found.filter(({ kind }) => kind !== 'static');
  // The assets of these frameworks are built by Node.js, which does not serve them.
  const hosts = programs.filter(({ title }) => /Rails|Laravel|Symfony|Django/.test(title));
  const buildsAssets = textAt(jsonIn(folder, 'package.json'), 'scripts', 'build') !== undefined;
  const notes = buildsAssets ? ['what `build` of package.json makes is not in the image; add a stage for it'] : [];
  return [
    ...hosts.map((host) => ({ ...host, notes: [...host.notes, ...notes] })),
    ...programs.filter((each) => !hosts.includes(each)),
    ...found.filter(({ kind }) => kind === 'static'),
  ];
};

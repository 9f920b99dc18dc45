import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { strToU8, type Zippable, zipSync } from 'fflate';
import { rolldown } from 'rolldown';
import manifest from '../../package.json' with { type: 'json' };
import { licencesOf } from './licences.ts';

/** Writes `editors/vscode/iechorlint.vsix`: the extension with the server of `dist/`, which has to be built before. */
const SOURCE = 'editors/vscode';

const bundleOfClient = async (): Promise<{ readonly code: string; readonly modules: readonly string[] }> => {
  const bundle = await rolldown({
    input: join(SOURCE, 'src', 'extension.ts'),
    platform: 'node',
    external: ['vscode'],
    logLevel: 'silent',
  });
  const { output } = await bundle.generate({ format: 'cjs', minify: true, codeSplitting: false });
  await bundle.close();
  const [{ code, moduleIds }] = output;
  return { code, modules: moduleIds };
};

/** What the server is made of; what V8 compiled belongs to one release of Node. */
const serverFiles = (): readonly string[] =>
  readdirSync('dist', { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) =>
      /^(?:chunks\/[^/]+\.cjs|main\.cjs|cli\.js|kept-code\.js|package\.json|LICENCES\.txt)$/.test(path),
    );

interface Manifest {
  readonly name: string;
  readonly publisher: string;
  readonly displayName: string;
  readonly description: string;
  readonly keywords: readonly string[];
  readonly categories: readonly string[];
  readonly engines: { readonly vscode: string };
}

const own: Manifest = JSON.parse(readFileSync(join(SOURCE, 'package.json'), 'utf8'));

const escaped = (text: string): string => text.replace(/[<>&"]/g, (character) => `&#${character.charCodeAt(0)};`);

/** What a gallery reads of the archive. */
const vsixManifest = (): string => `<?xml version="1.0" encoding="utf-8"?>
<PackageManifest Version="2.0.0" xmlns="http://schemas.microsoft.com/developer/vsx-schema/2011" xmlns:d="http://schemas.microsoft.com/developer/vsx-schema-design/2011">
  <Metadata>
    <Identity Language="en-US" Id="${escaped(own.name)}" Version="${manifest.version}" Publisher="${escaped(own.publisher)}" />
    <DisplayName>${escaped(own.displayName)}</DisplayName>
    <Description xml:space="preserve">${escaped(own.description)}</Description>
    <Tags>${escaped(own.keywords.join(','))}</Tags>
    <Categories>${escaped(own.categories.join(','))}</Categories>
    <GalleryFlags>Public</GalleryFlags>
    <Properties>
      <Property Id="Microsoft.VisualStudio.Code.Engine" Value="${escaped(own.engines.vscode)}" />
      <Property Id="Microsoft.VisualStudio.Code.ExtensionDependencies" Value="" />
      <Property Id="Microsoft.VisualStudio.Code.ExtensionPack" Value="" />
      <Property Id="Microsoft.VisualStudio.Code.ExtensionKind" Value="workspace" />
      <Property Id="Microsoft.VisualStudio.Code.LocalizedLanguages" Value="" />
      <Property Id="Microsoft.VisualStudio.Code.ExecutesCode" Value="true" />
    </Properties>
    <License>extension/LICENSE.txt</License>
  </Metadata>
  <Installation>
    <InstallationTarget Id="Microsoft.VisualStudio.Code" />
  </Installation>
  <Dependencies />
  <Assets>
    <Asset Type="Microsoft.VisualStudio.Code.Manifest" Path="extension/package.json" Addressable="true" />
    <Asset Type="Microsoft.VisualStudio.Services.Content.Details" Path="extension/README.md" Addressable="true" />
    <Asset Type="Microsoft.VisualStudio.Services.Content.Changelog" Path="extension/CHANGELOG.md" Addressable="true" />
    <Asset Type="Microsoft.VisualStudio.Services.Content.License" Path="extension/LICENSE.txt" Addressable="true" />
  </Assets>
</PackageManifest>
`;

/** The type of every ending in the archive. */
const CONTENT_TYPES = `<?xml version="1.0" encoding="utf-8"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
${['.json application/json', '.cjs application/javascript', '.js application/javascript', '.md text/markdown']
  .concat('.txt text/plain', '.vsixmanifest text/xml')
  .map((line) => line.split(' '))
  .map(([extension, type]) => `  <Default Extension="${extension}" ContentType="${type}" />`)
  .join('\n')}
</Types>
`;

if (!existsSync('dist/cli.js')) throw new Error('there is no dist/cli.js; run `npm run build` first');
const client = await bundleOfClient();
const files: Zippable = {
  '[Content_Types].xml': strToU8(CONTENT_TYPES),
  'extension.vsixmanifest': strToU8(vsixManifest()),
  'extension/package.json': strToU8(`${JSON.stringify({ ...own, version: manifest.version }, undefined, 2)}\n`),
  'extension/extension.cjs': strToU8(client.code),
  'extension/LICENCES.txt': strToU8(licencesOf(client.modules)),
  'extension/LICENSE.txt': readFileSync('LICENSE'),
};
for (const path of ['README.md', 'language-configuration.json', 'syntaxes/iechorfile.tmLanguage.json'])
  files[`extension/${path}`] = readFileSync(join(SOURCE, path));
for (const path of ['rules.md', 'CHANGELOG.md']) files[`extension/${path}`] = readFileSync(path);
for (const path of serverFiles()) files[`extension/dist/${path}`] = readFileSync(join('dist', path));
// The same files make the same archive.
const archive = zipSync(files, { level: 9, mtime: '1980-01-02T00:00:00' });
const target = join(SOURCE, 'iechorlint.vsix');
writeFileSync(target, archive);
console.log(`${target}: ${Object.keys(files).length} files, ${(archive.length / 1e6).toFixed(2)} MB`);

import { keysAt, tomlIn } from './data.ts';
import { type Folder, has } from './folder.ts';
import { isPlainName } from './recipe.ts';

/** How a Python project is started. */
export interface PythonApp {
  readonly title: string | undefined;
  readonly command: readonly string[];
  readonly port: number | undefined;
  /** Whether its modules are found from its folder alone. */
  readonly needsPath: boolean;
  readonly notes: readonly string[];
}

const PORT = 8000;

export const pythonAppOf = (folder: Folder, packages: ReadonlySet<string>): PythonApp =>
  djangoApp(folder, packages) ?? webApp(folder, packages) ?? ownScript(folder) ?? ownFile(folder);

const djangoApp = (folder: Folder, packages: ReadonlySet<string>): PythonApp | undefined => {
  const manage = folder.text('manage.py');
  if (manage === undefined) return undefined;
  const site = /DJANGO_SETTINGS_MODULE["'],\s*["']([\w]+)\./.exec(manage)?.[1] ?? folder.name;
  const isServed = packages.has('gunicorn');
  const command = isServed
    ? ['gunicorn', '--bind', `0.0.0.0:${PORT}`, `${site}.wsgi:application`]
    : ['python', 'manage.py', 'runserver', `0.0.0.0:${PORT}`];
  const notes = isServed ? [] : ["the server of Django's manage.py is for development; add gunicorn to the packages"];
  return { title: 'Django', command, port: PORT, needsPath: isServed, notes };
};

/** A module with the object that a web server asks. */
interface Entry {
  readonly framework: 'FastAPI' | 'Flask';
  /** Such as `app.main:app`. */
  readonly object: string;
}

const webApp = (folder: Folder, packages: ReadonlySet<string>): PythonApp | undefined => {
  const entry = entryIn(folder);
  if (entry === undefined) return undefined;
  const server = { title: entry.framework, port: PORT, needsPath: true, notes: [] };
  if (entry.framework === 'FastAPI') {
    const isThere = ['uvicorn', 'uvicorn[standard]', 'fastapi[standard]', 'fastapi[all]'].some((name) =>
      packages.has(name),
    );
    const notes = isThere ? [] : ['FastAPI needs a server; add uvicorn to the packages'];
    return { ...server, notes, command: ['uvicorn', entry.object, '--host', '0.0.0.0', '--port', `${PORT}`] };
  }
  if (packages.has('gunicorn')) return { ...server, command: ['gunicorn', '--bind', `0.0.0.0:${PORT}`, entry.object] };
  const notes = ["Flask's own server is for development; add gunicorn to the packages"];
  return {
    ...server,
    notes,
    command: ['flask', '--app', entry.object, 'run', '--host', '0.0.0.0', '--port', `${PORT}`],
  };
};

const entryIn = (folder: Folder): Entry | undefined => {
  const [, named] = /^FLASK_APP=["']?([A-Za-z_]\w*)(?:\.py)?["']?\s*$/m.exec(folder.text('.flaskenv') ?? '') ?? [];
  if (named !== undefined) return { framework: 'Flask', object: `${named}:app` };
  for (const path of modulesIn(folder)) {
    const [, name = '', framework] =
      /^(\w+)(?:\s*:\s*\w+)?\s*=\s*(FastAPI|Flask)\(/m.exec(folder.text(path) ?? '') ?? [];
    if (framework !== 'FastAPI' && framework !== 'Flask') continue;
    const module = path.replace(/(?:\/__init__)?\.py$/, '').replaceAll('/', '.');
    return { framework, object: `${module}:${name}` };
  }
  return undefined;
};

const USUAL = ['main.py', 'app.py', 'server.py', 'wsgi.py', 'asgi.py', 'api.py', '__init__.py'];

/** Where the object is likely to stand: above, and one folder down. */
const modulesIn = (folder: Folder): readonly string[] => {
  const folders = folder.names().filter((name) => /^[A-Za-z_]\w*$/.test(name) && name !== 'tests' && name !== 'test');
  const below = folders.flatMap((each) =>
    USUAL.filter((name) => has(folder, `${each}/${name}`)).map((name) => `${each}/${name}`),
  );
  return [...USUAL.filter((name) => has(folder, name)), ...below];
};

/** A command that the package brings; it is there once the package is installed. */
const ownScript = (folder: Folder): PythonApp | undefined => {
  const name = keysAt(tomlIn(folder, 'pyproject.toml'), 'project', 'scripts').find(isPlainName);
  const isInstalled = has(folder, 'uv.lock') || !(has(folder, 'poetry.lock') || has(folder, 'requirements.txt'));
  if (name === undefined || !isInstalled) return undefined;
  return { title: undefined, command: [name], port: undefined, needsPath: false, notes: [] };
};

const ownFile = (folder: Folder): PythonApp => {
  const file = ['main.py', 'app.py', 'server.py', 'run.py', 'bot.py', '__main__.py'].find((name) => has(folder, name));
  const inner = folder.names().find((name) => /^[a-z_]\w*$/i.test(name) && has(folder, `${name}/__main__.py`));
  const command = file === undefined && inner !== undefined ? ['python', '-m', inner] : ['python', file ?? 'main.py'];
  const notes = (file ?? inner) ? [] : ['no main.py is here, which CMD starts; write what is right'];
  return { title: undefined, command, port: undefined, needsPath: false, notes };
};

import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { ImageError } from './error.ts';

/** A name and a password, or a token that stands for both. */
export type Credentials = { readonly username: string; readonly password: string } | { readonly identityToken: string };

/** What `docker login`, `podman login` and their like have written. */
interface LoginFile {
  readonly auths?: Readonly<Record<string, LoginEntry>>;
  readonly credHelpers?: Readonly<Record<string, string>>;
  readonly credsStore?: string;
}

interface LoginEntry {
  readonly auth?: string;
  readonly username?: string;
  readonly password?: string;
  readonly identitytoken?: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The login that is stored for a registry, the first file that has one; also from helper programs. Throws ImageError. */
export const storedCredentials = async (host: string, env: Environment): Promise<Credentials | undefined> => {
  for (const path of loginFiles(env)) {
    const file = readLogins(path);
    if (!file) continue;
    const found = await credentialsIn(file, host, env);
    if (found) return found;
  }
  return undefined;
};

/** The helper programs that the files of logins name. Files that cannot be read name none. */
export const helpersNamed = (env: Environment): readonly { readonly program: string; readonly file: string }[] => {
  const named = new Map<string, string>();
  for (const file of loginFiles(env)) {
    const { credsStore, credHelpers = {} } = readLogins(file) ?? {};
    for (const helper of [...(credsStore ? [credsStore] : []), ...Object.values(credHelpers)])
      named.set(`docker-credential-${helper}`, file);
  }
  return Array.from(named, ([program, file]) => ({ program, file }));
};

const loginFiles = (env: Environment): readonly string[] => {
  const home = env.HOME ?? homedir();
  return [
    ...(env.REGISTRY_AUTH_FILE ? [env.REGISTRY_AUTH_FILE] : []),
    join(env.DOCKER_CONFIG || join(home, '.docker'), 'config.json'),
    ...(env.XDG_RUNTIME_DIR ? [join(env.XDG_RUNTIME_DIR, 'containers', 'auth.json')] : []),
    join(home, '.config', 'containers', 'auth.json'),
  ];
};

const readLogins = (path: string): LoginFile | undefined => {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
  try {
    const value: LoginFile | null = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    throw new ImageError(`the logins in ${path} cannot be read: this is no JSON`);
  }
};

const credentialsIn = async (
  { auths = {}, credHelpers = {}, credsStore }: LoginFile,
  host: string,
  env: Environment,
): Promise<Credentials | undefined> => {
  const keys = keysOf(host);
  for (const key of keys) {
    const helper = credHelpers[key];
    if (helper) return askHelper(helper, key, env);
  }
  const [, entry] = Object.entries(auths).find(([key]) => keys.includes(bareHost(key))) ?? [];
  const written = entry && credentialsOf(entry);
  if (written || !credsStore) return written;
  return askHelper(credsStore, keys[0] ?? host, env);
};

/** Docker Hub has a name of its own among logins. */
const keysOf = (host: string): readonly string[] =>
  /(?:^|\.)docker\.io$/.test(host) ? ['https://index.docker.io/v1/', 'index.docker.io', 'docker.io', host] : [host];

const bareHost = (key: string): string => key.replace(/^https?:\/\//, '').replace(/\/.*$/, '');

const credentialsOf = ({ auth, username, password, identitytoken }: LoginEntry): Credentials | undefined => {
  if (identitytoken) return { identityToken: identitytoken };
  if (username && password !== undefined) return { username, password };
  const [, name, word] = /^([^:]+):(.*)$/s.exec(Buffer.from(auth ?? '', 'base64').toString()) ?? [];
  return name === undefined || word === undefined ? undefined : { username: name, password: word.replace(/\0+$/, '') };
};

const askHelper = async (helper: string, host: string, env: Environment): Promise<Credentials | undefined> => {
  if (!/^[\w.-]+$/.test(helper)) throw new ImageError(`\`${helper}\` is no name of a credential helper`);
  const program = `docker-credential-${helper}`;
  const { code, output } = await outputOf(program, host, env);
  if (code !== 0) {
    if (/not found/i.test(output)) return undefined;
    throw new ImageError(`${program} has no login for ${host}: ${output.trim().slice(0, 200)}`);
  }
  const answer = answerOf(output);
  if (!answer?.Secret) throw new ImageError(`${program} gave no login for ${host}`);
  if (answer.Username === '<token>') return { identityToken: answer.Secret };
  return answer.Username ? { username: answer.Username, password: answer.Secret } : undefined;
};

const answerOf = (output: string): { readonly Username?: string; readonly Secret?: string } | undefined => {
  try {
    return JSON.parse(output);
  } catch {
    return undefined;
  }
};

const outputOf = (program: string, input: string, env: Environment): Promise<{ code: number; output: string }> =>
  new Promise((resolve, reject) => {
    const child = spawn(program, ['get'], { stdio: ['pipe', 'pipe', 'ignore'], env: { ...env } });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
    child.on('error', () => reject(new ImageError(`the login is kept by ${program}, which is not installed`)));
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });

import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Image } from '../oci/image.ts';
import { type Credentials, fetchBytes, fetchManifest, fetchStream, type Repository } from '../oci/registry.ts';
import { importImage } from './import.ts';
import type { Store } from './store.ts';

/** Takes an image from its registry into the store; `name` is a full one. Throws ImageError. */
export const pullImage = async (store: Store, name: string, platform: string): Promise<Image> => {
  const [, host = '', path = '', tag, digest] = /^([^/]+)\/([^:@]+)(?::([^@/]+))?(?:@(.+))?$/.exec(name) ?? [];
  const repository: Repository = {
    host: host === 'docker.io' ? 'registry-1.docker.io' : host,
    path,
    isPlain: /^(?:localhost|127(?:\.\d+){3}|\[::1\])(?::\d+)?$/.test(host),
    credentials: credentialsOf,
  };
  const manifest = await fetchManifest(repository, digest ?? tag ?? 'latest', platform);
  return importImage(store, manifest, {
    json: (descriptor) => fetchBytes(repository, descriptor),
    stream: (descriptor) => fetchStream(repository, descriptor),
  });
};

/** What `docker login` has written; names of helper programs in it are not asked yet. */
const credentialsOf = (host: string): Credentials | undefined => {
  const folder = process.env.DOCKER_CONFIG ?? join(homedir(), '.docker');
  try {
    const config: { auths?: Record<string, { auth?: string }> } = JSON.parse(
      readFileSync(join(folder, 'config.json'), 'utf8'),
    );
    const key = host === 'registry-1.docker.io' ? 'https://index.docker.io/v1/' : host;
    const [username = '', password = ''] = Buffer.from(config.auths?.[key]?.auth ?? '', 'base64')
      .toString()
      .split(/:(.*)/s);
    return username === '' ? undefined : { username, password };
  } catch {
    return undefined;
  }
};

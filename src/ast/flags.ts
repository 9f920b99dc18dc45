import type { InstructionKind } from './nodes.ts';

/** `text` and `list` need a value, `list` may come several times, `bool` may stand alone. */
export type FlagSpec = 'text' | 'list' | 'bool';

/** The flags that BuildKit knows; their names are case-sensitive. */
export const FLAGS: { readonly [K in InstructionKind]?: Readonly<Record<string, FlagSpec>> } = {
  Add: {
    chown: 'text',
    chmod: 'text',
    checksum: 'text',
    link: 'bool',
    'keep-git-dir': 'bool',
    unpack: 'bool',
    exclude: 'list',
  },
  Copy: { chown: 'text', from: 'text', chmod: 'text', link: 'bool', parents: 'bool', exclude: 'list' },
  From: { platform: 'text' },
  Run: { mount: 'list', device: 'list', network: 'text', security: 'text' },
  Healthcheck: { interval: 'text', timeout: 'text', 'start-period': 'text', 'start-interval': 'text', retries: 'text' },
};

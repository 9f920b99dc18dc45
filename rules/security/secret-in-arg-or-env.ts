import {
  type Arg,
  type Compat,
  defineRule,
  type Env,
  isCredential,
  type Model,
  type Problem,
  type Where,
  type Word,
} from '#lint';

export default defineRule({
  name: 'secret-in-arg-or-env',
  codes: ['SecretsUsedInArgOrEnv', 'DL3064', 'DS-0031', 'S6472'],
  category: 'security',
  summary: 'ARG or ENV holds a secret',
  why: `ENV is stored in the image, ARG in its history and provenance: whoever can pull the image can read both. A value in the file itself is open to whoever can read the repository.`,
  severity: 'warning',
  when: { instructions: ['Arg', 'Env'] },
  examples: [
    { bad: 'FROM debian:13\nENV DB_PASSWORD=hunter2-17\n' },
    {
      title: 'Through a build argument into the image',
      bad: 'FROM node:22\nARG NPM_TOKEN\nENV NPM_TOKEN=$NPM_TOKEN\n',
    },
    { title: 'A password in an address', bad: 'FROM node:22\nENV DATABASE_URL=postgres://app:s3cr3t-9@db/app\n' },
    {
      title: 'Mounted for the one step that needs it',
      good: 'FROM node:22\nRUN --mount=type=secret,id=npm_token,env=NPM_TOKEN npm ci\n',
    },
    {
      title: 'hadolint goes by the name alone',
      bad: 'FROM debian:13\nARG USERNAME=app\nENV DB_PASSWORD=""\n',
      as: 'hadolint',
    },
    { title: 'The name of a file', good: 'FROM debian:13\nENV DB_PASSWORD_FILE=/run/secrets/db_password\n' },
    { title: 'To be set when the container starts', good: 'FROM debian:13\nENV DB_PASSWORD=""\n' },
    { title: 'A placeholder', good: 'FROM debian:13\nENV DB_PASSWORD=changeme SECRET_KEY_BASE=dummy\n' },
    {
      title: 'Keys that are public',
      good: 'FROM debian:13\nENV GPG_KEY=A035C8C19219BA821ECEA86B64E628F8D684696D\nARG PUBLIC_KEY\nENV NEXT_PUBLIC_API_KEY=abc123def\n',
    },
    {
      title: 'Settings of what handles secrets',
      good: 'FROM debian:13\nENV TOKEN_TTL=3600 PASSWORD_POLICY=strict TOKENIZERS_PARALLELISM=1\n',
    },
  ],
  reproduces: ['hadolint', 'buildkit'],
  check({ model, as }) {
    if (as) {
      // BuildKit looks into stages alone.
      const named = (node: Arg | Env, { stage }: Where) => (as === 'buildkit' && !stage ? [] : secretNames(node, as));
      return { Arg: named, Env: named };
    }
    return {
      *Arg(node, where) {
        for (const { name, default: word } of node.declarations) {
          const problem = problemOf({ model, node, where, name: name.text, word });
          if (problem) yield { ...problem, at: name };
        }
      },
      *Env(node, where) {
        for (const { key, value } of node.pairs) {
          const problem = key.text && problemOf({ model, node, where, name: key.text, word: value });
          if (problem) yield { ...problem, at: key };
        }
      },
    };
  },
});

/** Others go by the names alone: BuildKit by words between underscores, hadolint by any part. */
const secretNames = function* (node: Arg | Env, as: Compat): Iterable<Problem> {
  const names = node.kind === 'Arg' ? node.declarations.map(({ name }) => name) : node.pairs.map(({ key }) => key);
  for (const name of names)
    if (as === 'hadolint' ? NAMES_IN_HADOLINT.test(name.text ?? '') : isSecretInBuildkit(name.text ?? ''))
      yield { at: name, message: `The name of \`${name.text}\` is that of a secret or an account` };
};

const NAMES_IN_HADOLINT = /password|secret|token|private|api_?key|aws_access_key|username$/i;

const isSecretInBuildkit = (name: string): boolean =>
  /(?:_|^)(?:apikey|auth|credentials?|key|password|pword|passwd|secret|token)(?:_|$)/i.test(name) &&
  !/(?:_|^)(?:public|file|version)(?:_|$)/i.test(name);

interface Setting {
  readonly model: Model;
  readonly node: Arg | Env;
  readonly where: Where;
  readonly name: string;
  readonly word: Word | undefined;
}

type Finding = Omit<Problem, 'at'>;

const problemOf = (setting: Setting): Finding | undefined => {
  const { model, node, name, word } = setting;
  if (!word) return isSecretName(name) ? argumentFinding(setting) : undefined;
  const { value } = model.expand(word, node);
  if (value === undefined) return isSecretName(name) && isArgument(setting, word) ? handedOn(setting) : undefined;
  if (isPublicName(name) || value === '') return undefined;
  const isOwn = word.text !== undefined;
  if (isCredential(value))
    return isOwn ? literalFinding(setting, 'holds what looks like a real credential', 'error') : undefined;
  if (hasPasswordInAddress(value) && isOwn)
    return literalFinding(setting, 'holds an address with a password in it', 'warning');
  if (isHarmless(value) || !(isSecretName(name) || isKeyMaterial(name, value))) return undefined;
  return isOwn ? literalFinding(setting, 'looks like a secret, and its value is in the file', 'warning') : undefined;
};

// Findings ----------------------------------------------------------------------------------------------------------

const literalFinding = (setting: Setting, what: string, severity: 'error' | 'warning'): Finding => ({
  message: `\`${setting.name}\` ${what}`,
  help: `Remove the value and revoke it. ${instead(setting)}`,
  severity,
});

const handedOn = (setting: Setting): Finding => {
  const isKept = setting.where.stage !== undefined && setting.model.isInFinalImage(setting.where.stage);
  return {
    message: isKept
      ? `\`${setting.name}\` looks like a secret, and this puts it into the image`
      : `\`${setting.name}\` looks like a secret that comes from a build argument`,
    help: instead(setting),
    severity: isKept ? 'warning' : 'info',
  };
};

const argumentFinding = (setting: Setting): Finding => ({
  message: `\`${setting.name}\` looks like a secret, and a build argument stays readable in the history and provenance`,
  help: instead(setting),
  severity: 'info',
});

const instead = ({ node, name }: Setting): string => {
  const id = name.toLowerCase();
  const mount = `\`RUN --mount=type=secret,id=${id},env=${name} …\` and \`docker build --secret id=${id},env=${name} .\``;
  return node.kind === 'Arg'
    ? `Mount it for the step that needs it: ${mount}.`
    : `If the program needs it, give it to the container when it starts; if a step needs it, mount it there: ${mount}.`;
};

// Names -------------------------------------------------------------------------------------------------------------

const wordsOf = (name: string): readonly string[] => {
  // As most names are, for which all that follows would do nothing.
  if (/^[A-Z]+(?:_[A-Z]+)*$/.test(name)) return name.split('_');
  return name
    .replace(/([a-z\d])([A-Z])/g, '$1_$2')
    .toUpperCase()
    .split(/[^A-Z\d]+/)
    .map((word) => word.replace(/\d+$/, ''))
    .filter(Boolean);
};

const PUBLIC = /^(?:PUBLIC|PUB|GPG|PGP|SIGNING|RELEASE|FINGERPRINT|VITE|GATSBY|USE|RESET|DISABLE|ENABLE|SHOW)$/;

/** Whether what it holds is meant to be seen, or switches something. */
const isPublicName = (name: string, words = wordsOf(name)): boolean => words.some((word) => PUBLIC.test(word));

const SECRET =
  /(?:PASSWORD|PASSWD|PASSPHRASE|SECRET|SECRETS|APIKEY|AUTHTOKEN|CREDENTIALS?)$|^(?:TOKENS?|PASS|PWD|PW)$|^(?:DB|SQL|MYSQL|PG|ROOT|USER|ADMIN|FTP|SS|VNC|LDAP|SMTP|MAIL|RCON)(?:PASS|PWD|PW)$/;
const KEY_OF =
  /^(?:API|SECRET|ACCESS|PRIVATE|PRIV|ENCRYPTION|AUTH|AUTHENTICATION|MASTER|SESSION|COOKIE|JWT|STORAGE|ACCOUNT|SSH|SSL|TLS|LICENSE|LICENCE|APP|APPLICATION|CLIENT|SERVICE|ENCRYPT|HMAC|DEPLOY|STRIPE|SENDGRID|CSRF)$/;

/** Whether the last word of a name is that of a secret: what `TOKEN_TTL` holds is a time. */
const isSecretName = (name: string): boolean => {
  const words = wordsOf(name);
  const last = words.at(-1) ?? '';
  if (isPublicName(name, words) || /^(?:OLD)?PWD$/.test(name)) return false;
  if (SECRET.test(last)) return true;
  if (last === 'BASE') return words.slice(-3).join('_') === 'SECRET_KEY_BASE';
  return last === 'KEY' && KEY_OF.test(words.at(-2) ?? '');
};

// Values ------------------------------------------------------------------------------------------------------------

/** Whether the value is that of a build argument and nothing else. */
const isArgument = ({ model, node }: Setting, { parts }: Word): boolean => {
  const [part] = parts;
  const [only, another] = parts.length === 1 && part?.kind === 'Quoted' ? part.parts : parts;
  if (only?.kind !== 'Variable' || another) return false;
  return model.stateBefore(node).bindings.get(only.name)?.by === 'arg';
};

/** Random bytes in something called a key; 40 digits are a fingerprint. */
const isKeyMaterial = (name: string, value: string): boolean =>
  wordsOf(name).at(-1) === 'KEY' &&
  /^(?:[\da-f]{32}|[\da-f]{64}|[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})$/i.test(value) &&
  new Set(value).size >= 8;

const hasPasswordInAddress = (value: string): boolean => {
  const [, password = '', host = ''] = /^[a-zA-Z][\w+.-]*:\/\/[^\s/:@]*:([^\s/@]+)@([^\s/:?]+)/.exec(value) ?? [];
  return (
    password !== '' && !isHarmless(password) && !/^(?:localhost|127\.|\[?::1)/.test(host) && !/[${<]/.test(password)
  );
};

const PLACEHOLDER =
  /^(?:change|fix[-_ ]?me|to[-_ ]?do|tbd|none|null|nil|undefined|unset|empty|default|dummy|fake|example|sample|test|placeholder|replace|insert|your|my[-_]|xxx|secret$|foo|bar$|baz$|cafebabe|deadbeef|true$|false$|yes$|no$|on$|off$)|changeme|change[-_]me|dummy|fake|placeholder|example|not[-_ ]?(?:a[-_ ]?)?(?:real|used|set|secret|needed)|unused/;

/** Whether a value stands for one, or for the place where one is. */
const isHarmless = (value: string): boolean =>
  value.length < 4 ||
  PLACEHOLDER.test(value.replace(/^\W+/, '').toLowerCase()) ||
  /^(.)\1*$/.test(value) ||
  /^(?:<.*>|\[.*\]|%.*%|\{\{.*\}\}|\W+)$/.test(value) ||
  /^(?:\.{0,2}\/|~\/|[a-z]:\\|https?:\/\/)|\.(?:pem|key|json|txt|crt)$/i.test(value);

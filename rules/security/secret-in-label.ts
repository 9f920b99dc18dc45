import { defineRule, variablesIn } from '#lint';

export default defineRule({
  name: 'secret-in-label',
  codes: [],
  category: 'security',
  summary: 'A secret is written into a LABEL',
  why: 'Labels are part of the image configuration, which everyone who may pull the image reads, and registries show on a web page.',
  severity: 'error',
  when: { instructions: ['Label'] },
  examples: [
    {
      bad: 'FROM alpine:3.22\nARG NPM_TOKEN\nLABEL build.token=$NPM_TOKEN\n',
      good: 'FROM alpine:3.22\nRUN --mount=type=secret,id=npm_token,env=NPM_TOKEN npm ci\n',
    },
    { title: 'Under any key', bad: 'FROM alpine:3.22\nARG DB_PASSWORD\nLABEL note="password: ${DB_PASSWORD}"\n' },
    {
      title: 'Not a secret',
      good: 'FROM alpine:3.22\nARG VERSION\nARG TOKEN_URL\nARG KEY_ID\nLABEL version=$VERSION url=$TOKEN_URL key=$KEY_ID\n',
    },
  ],
  check({ model }) {
    return {
      *Label(node) {
        for (const { value } of node.pairs) {
          const used = variablesIn(value).find(({ name }) => isSecretName(name.toUpperCase()));
          const binding = used && model.stateBefore(node).bindings.get(used.name);
          if (!used || binding?.value === '') continue;
          yield {
            at: used,
            message: `\`$${used.name}\` looks like a secret, and this label shows it to everyone`,
            help: 'Delete it from the label, and revoke the secret if an image with it was pushed.',
            ...(binding?.node ? { related: [{ range: binding.node, message: 'It is declared here' }] } : {}),
          };
        }
      },
    };
  },
});

const SECRET =
  /(?:^|_)(?:PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|APIKEY|API_KEY|PRIVATE_KEY|ACCESS_KEY|SECRET_KEY|CREDENTIALS?)$/;
const PUBLIC = /(?:^|_)(?:PUBLIC|SAMPLE|EXAMPLE|TEST)_/;

/** In capitals, for patterns that ignore case take long to compile. */
const isSecretName = (capitals: string): boolean => SECRET.test(capitals) && !PUBLIC.test(capitals);

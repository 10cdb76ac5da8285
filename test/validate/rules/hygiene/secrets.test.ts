import { soundHandler, testRule } from '../../rule-cases.ts';

testRule('hygiene/secrets', [
  {
    about: 'a file for credentials',
    expected: 'warning',
    files: { ...soundHandler, 'conf/.env': 'A=1' },
  },
  {
    about: 'a private key in a source',
    expected: 'warning',
    // Put together here, so that no scanner takes this file for a leak.
    files: { ...soundHandler, 'keys.txt': `x\n-----BEGIN RSA ${'PRIVATE'} KEY-----\nMII\n` },
    says: 'line 2',
  },
  {
    about: 'a key store',
    expected: 'warning',
    files: { ...soundHandler, 'server.pfx': 'x' },
  },
  // Put together here, so that no scanner takes this file for a leak.
  ...[
    ['an npm token', `npm_${'a1B2'.repeat(9)}`],
    ['a Google API key', `AIza${'a1B2_'.repeat(7)}`],
    ['a password in a URL', `postgres://reader:${'hunter'}22@db.example/models`],
    ['an AWS access key', `AKIA${'ABCD'.repeat(4)}`],
  ].map(([about = '', text]) => ({
    about,
    expected: 'warning' as const,
    files: { ...soundHandler, 'settings.txt': `a = ${text}\n` },
    says: about,
  })),
  {
    about: 'addresses, and names of secrets',
    expected: 'none',
    files: {
      ...soundHandler,
      'notes.md': 'https://host:8080/a@b http://$USER:$PASS@host git@host:a/b.git sk-learn AKIA',
    },
  },
  {
    about: 'a template for them',
    expected: 'none',
    files: { ...soundHandler, '.env.example': 'A=', 'k.txt': 'PUBLIC KEY' },
  },
]);

import { readMemberText } from '../../../core/documents/text-member.ts';
import { defineRule, type Observation } from '../../rule.ts';
import type { Subject } from '../../subject.ts';

/** Files that only hold credentials. */
const SECRET_NAME =
  /(^|\/)(\.env(\.(?!example|sample|template)[\w.-]+)?|\.netrc|\.pgpass|\.pypirc|\.git-credentials|id_(rsa|dsa|ecdsa|ed25519)|credentials\.json|kaggle\.json)$|\.(p12|pfx|jks|keystore|kdbx)$|(^|\/)\.(aws|ssh|docker|kube)\//;

/** Texts whose form alone makes them credentials, so that a match is hardly ever chance. */
const secretForms: readonly (readonly [what: string, form: RegExp])[] = [
  ['a private key', /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY-----/],
  ['an AWS access key', /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/],
  ['a GitHub token', /\bgh[pousr]_[A-Za-z0-9]{36,}\b/],
  ['a Hugging Face token', /\bhf_[A-Za-z]{34,}\b/],
  ['an npm token', /\bnpm_[A-Za-z0-9]{36}\b/],
  ['a Google API key', /\bAIza[0-9A-Za-z_-]{35}\b/],
  ['an OpenAI key', /\bsk-(?:proj-)?[A-Za-z0-9_-]{40,}\b/],
  ['a password in a URL', /\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s:@/'"<>{}$]{1,64}:[^\s:@/'"<>{}$]{4,128}@[a-z0-9]/],
  ['a Slack token', /\bxox[abprs]-[0-9A-Za-z-]{20,}\b/],
];

/** Larger members are weights and data; a source with a credential in it is small. */
const TEXT_BYTES = 256 * 1024;

export const hygieneSecrets = defineRule({
  id: 'hygiene/secrets',
  severity: 'warning',
  title: 'The archive contains no credentials',
  help: 'An archive is copied to every server, and everyone with a copy can read it. Credentials belong in the environment of the server. Revoke a credential that was packed: removing it from the next archive is not enough.',
  async check(subject) {
    const seen: Observation[] = [];
    for (const { path, size } of (await subject.members()).values()) {
      if (SECRET_NAME.test(path)) {
        seen.push({ message: `${JSON.stringify(path)} is a file for credentials.`, at: { member: path }, hint: HINT });
      } else if (size > 0 && size <= TEXT_BYTES) seen.push(...(await findSecret(subject, path)));
    }
    return seen;
  },
});

const HINT = 'Leave it out and pack again; revoke the credential if the archive was shared.';

/** The line, never the secret itself: findings are printed in logs. */
async function findSecret(subject: Subject, member: string): Promise<Observation[]> {
  // Not read through the subject, which keeps every text it has read.
  const reading = await readMemberText(subject.tree, member, TEXT_BYTES);
  if (reading.kind !== 'ok') return [];
  const { text } = reading;
  for (const [what, form] of secretForms) {
    const match = form.exec(text);
    if (!match) continue;
    const line = text.slice(0, match.index).split('\n').length;
    return [{ message: `${JSON.stringify(member)} holds ${what} at line ${line}.`, at: { member, line }, hint: HINT }];
  }
  return [];
}

/**
 * English contractions as TorchServe's text handlers expand them (contract 6.6), by their endings. Of a doubled form
 * ("wouldn't've") only the first part is expanded, as there: the shorter form stands first in its list of alternatives.
 */
const endings: readonly { readonly ending: string; readonly becomes: string; readonly after: string }[] = [
  { ending: "'d", becomes: ' would', after: 'he i it she that there they we you' },
  { ending: "'d", becomes: ' did', after: 'how where' },
  { ending: "'ll", becomes: ' will', after: 'he how i it she they we what who you' },
  { ending: "'s", becomes: ' is', after: 'he how it she that there what when where who why' },
  {
    ending: "'ve",
    becomes: ' have',
    after: 'could i might must should so they to we what when where who why will would you',
  },
  { ending: "'re", becomes: ' are', after: 'they we what you' },
  {
    ending: "n't",
    becomes: ' not',
    after: 'are could did does do had has have is may might must need ought should was were would',
  },
];

const irregular: Readonly<Record<string, string>> = {
  "ain't": 'is not',
  "can't": 'cannot',
  "'cause": 'because',
  "i'm": 'i am',
  "let's": 'let us',
  "ma'am": 'madam',
  "o'clock": 'of the clock',
  "shan't": 'shall not',
  "sha'n't": 'shall not',
  "so's": 'so as',
  "won't": 'will not',
  "y'all": 'you all',
};

const expansions = new Map(
  endings
    .flatMap(({ ending, becomes, after }) => after.split(' ').map((word) => [word + ending, word + becomes] as const))
    .concat(Object.entries(irregular).map(([from, to]) => [from, to] as const)),
);
const anyContraction = new RegExp([...expansions.keys()].join('|'), 'g');

/** Of lower-case text. The first character stays as it was written, also where it is an apostrophe. */
export function expandContractions(text: string): string {
  return text.replace(anyContraction, (found) => found.slice(0, 1) + (expansions.get(found) ?? found).slice(1));
}

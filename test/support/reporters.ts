/** vitest's usual words and, where `.ci/run` names a file for it, the results as JSON: it tells at its end what failed. */
const report = process.env.TSMA_TEST_REPORT;

export const reporters: ('default' | ['json', { outputFile: string }])[] =
  report === undefined ? ['default'] : ['default', ['json', { outputFile: report }]];

import { defineRule } from '../../rule.ts';
import { atField } from '../../with-manifest.ts';

/** From here on a status of HTTP says that there is no answer. */
const FIRST_ERROR_STATUS = 400;

export const handlerAnswers = defineRule({
  id: 'handler/answers',
  severity: 'error',
  title: 'The model answers a request',
  help: "With --run the model is asked once: with the first file of the archive's folder examples/, or else with an input of the right shape filled with the same random numbers every time. A handler of your own may rightly refuse an input that was made up, so that is a warning; with an example in the archive it is an error.",
  needs: 'run',
  async check(subject) {
    const trial = await subject.trial();
    if (trial?.kind !== 'answered' || trial.status < FIRST_ERROR_STATUS) return [];
    const { input, status, message } = trial;
    return [
      {
        severity: input.isKnown ? 'error' : 'warning',
        message: `The model answers ${input.label} with status ${status}: ${message}`,
        at: atField('/model/handler'),
        hint: input.isKnown
          ? 'Ask it alone with: mar predict'
          : 'Pack a request that the handler takes as examples/NAME, so that it is asked with that.',
      },
    ];
  },
});

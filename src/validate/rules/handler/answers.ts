import { defineRule } from '../../rule.ts';
import { isAnswer } from '../../subject.ts';
import { atField } from '../../with-manifest.ts';

export const handlerAnswers = defineRule({
  id: 'handler/answers',
  severity: 'error',
  title: 'The model answers a request',
  help: "With --run the model gets one request: the first file of the archive's folder examples/, or else an input of the right shape with random numbers from a fixed seed. Lengths that the signature leaves free are tried from what the model's metadata and its other axes say and from 1 to 512, until it answers. A model may rightly refuse lengths that were guessed, and a handler of your own an input that was made up, so that is a warning; with an example in the archive it is an error.",
  needs: 'run',
  async check(subject) {
    const trial = await subject.trial();
    if (trial?.kind !== 'answered' || isAnswer(trial)) return [];
    const { input, status, message } = trial;
    return [
      {
        severity: input.isKnown ? 'error' : 'warning',
        message: `The model answers ${input.label} with status ${status}: ${message}`,
        at: atField('/model/handler'),
        hint: input.isKnown
          ? 'Test it alone with: mar predict'
          : 'Pack a valid request as examples/NAME, such as examples/request.json; it is then sent instead.',
      },
    ];
  },
});

import { defineRule } from '../../rule.ts';
import { atField } from '../../with-manifest.ts';

export const handlerLoads = defineRule({
  id: 'handler/loads',
  severity: 'error',
  title: 'The model loads in a worker',
  help: 'With --run the archive is unpacked to a private folder and loaded by a worker process, as a server would. A worker is a process and no sandbox: only run what you would also serve. What the handler says when it fails is repeated here. An archive that other rules call unsafe is not run, and that is said; one that this machine cannot run (no Python with TorchServe: name one with --python) is a warning.',
  needs: 'run',
  async check(subject) {
    const trial = await subject.trial();
    const at = atField('/model/handler');
    const wasNotRun = (reason: string) => `The model was not run: ${reason}.`;
    if (trial?.kind === 'unsafe') return [{ severity: 'info', message: wasNotRun(trial.reason), at }];
    // Says nothing about the archive; but whoever asked for a run must not take its absence for a success.
    if (trial?.kind === 'not-here') return [{ severity: 'warning', message: wasNotRun(trial.reason), at }];
    if (trial?.kind !== 'not-loaded') return [];
    const { reason, hint } = trial;
    const message = `The worker cannot load the model: ${reason}`;
    return [{ message, at, hint: hint ?? 'Try it alone with: mar predict' }];
  },
});

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

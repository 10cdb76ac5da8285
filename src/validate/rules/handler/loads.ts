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

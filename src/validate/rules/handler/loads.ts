import { defineRule } from '../../rule.ts';
import { atField } from '../../with-manifest.ts';

export const handlerLoads = defineRule({
  id: 'handler/loads',
  severity: 'error',
  title: 'The model loads in a worker',
  help: 'With --run the archive is unpacked to a private folder and loaded by a worker process, as a server would. A worker is a process, not a sandbox: only run what you would also serve. The error of the handler is part of the finding. An archive that other rules call unsafe is not run, and that is said; one that this machine cannot run (no Python with TorchServe: name one with --python) is a warning.',
  needs: 'run',
  async check(subject) {
    const trial = await subject.trial();
    const at = atField('/model/handler');
    const wasNotRun = (reason: string) => `The model was not run: ${reason}.`;
    if (trial?.kind === 'unsafe') return [{ severity: 'info', message: wasNotRun(trial.reason), at }];
    // The finding is not about the archive; but a user who asked for a run must not take a skipped run for a success.
    if (trial?.kind === 'not-here') return [{ severity: 'warning', message: wasNotRun(trial.reason), at }];
    if (trial?.kind !== 'not-loaded') return [];
    const { reason, hint } = trial;
    const message = `The worker cannot load the model: ${reason}`;
    return [{ message, at, hint: hint ?? 'Test it alone with: mar predict' }];
  },
});

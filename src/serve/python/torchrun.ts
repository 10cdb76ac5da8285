import { join } from 'node:path';
import { ranksOf, type WorkerLaunch, type WorkerPlace } from '../process/worker-kind.ts';

/** Where torchrun puts what it logs: it goes with the model, and would otherwise stay in the temporary folder. */
const LOG_FOLDER = '.torchelastic';
/** A port of its own for each worker: TorchServe leaves the endpoint out, and then two of them meet at one address. */
const FREE_ENDPOINT = 'localhost:0';

/**
 * What starts the processes of a worker that is split over several; nothing where one is enough (contract 5.1). The options have
 * underscores: torch before 2.0 does not know them with hyphens, as TorchServe writes them.
 */
export function torchrunArguments({ manner, modelPath, name }: WorkerPlace): readonly string[] {
  const { parallel } = manner;
  const { count } = ranksOf(manner);
  if (parallel === undefined || parallel.type === 'custom') return [];
  const { nnodes, rdzvBackend, rdzvEndpoint = FREE_ENDPOINT } = parallel.torchrun;
  return [
    '-m',
    'torch.distributed.run',
    ...['--nnodes', String(nnodes)],
    ...['--nproc_per_node', String(count)],
    ...['--log_dir', join(modelPath, LOG_FOLDER)],
    ...['--rdzv_backend', rdzvBackend],
    ...['--rdzv_endpoint', rdzvEndpoint],
    ...['--rdzv_id', name],
    // The server restarts a worker, with all its processes.
    ...['--max_restarts', '0'],
  ];
}

export function parallelEnvironment({ manner: { parallel }, devices }: WorkerPlace): WorkerLaunch['env'] {
  if (parallel === undefined) return {};
  return {
    ...(parallel.type === 'custom' ? {} : { OMP_NUM_THREADS: String(parallel.torchrun.ompNumThreads) }),
    ...(devices === undefined ? {} : { CUDA_VISIBLE_DEVICES: devices.join(',') }),
  };
}

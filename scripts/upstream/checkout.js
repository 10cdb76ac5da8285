/** A copy of the checkout for one server: suites write into it, and find there the archives they ask for. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** What the suites read of a checkout. */
const PARTS = ['test', 'ts_scripts', 'examples', 'model-archiver', 'third_party', 'kubernetes', 'docs/images'];
const PROTO = 'frontend/server/src/main/resources/proto';
/** Python's modules of the gRPC services; the import of google/rpc is the installed package's, since a clone may lack submodules. */
const STUBS = `
import os, sys
import google.rpc
from grpc_tools import protoc
proto, out = sys.argv[1:]
common = os.path.dirname(os.path.dirname(list(google.rpc.__path__)[0]))
own = os.path.join(os.path.dirname(protoc.__file__), '_proto')
words = ['protoc', '-I', own, '-I', common, '-I', proto, '--python_out=' + out, '--grpc_python_out=' + out]
sys.exit(protoc.main(words + [os.path.join(proto, name + '.proto') for name in ('inference', 'management')]))
`;
const ARCHIVES = 'ts_scripts/mar_config.json';

/** Upstream's archive → torchvision's model. The others of its list are larger, and no test that passes without their weights names them. */
const TORCHVISION = {
  alexnet: 'alexnet',
  densenet161: 'densenet161',
  'resnet-18': 'resnet18',
  'resnet-152-batch': 'resnet152',
  squeezenet1_1: 'squeezenet1_1',
};

/** Why this is no checkout of pytorch/serve; undefined if it is one. */
export function refuseCheckout(folder) {
  if (folder === undefined) return 'no checkout of pytorch/serve was named: npm run test:upstream -- FOLDER';
  const missing = ['test/pytest', 'test/postman', ARCHIVES, PROTO].find((path) => !existsSync(join(folder, path)));
  return missing === undefined ? undefined : `${folder} is no checkout of pytorch/serve: it has no ${missing}`;
}

/** `spare`: a folder with files, by their base names, that the checkout lacks (a snapshot without its large files). */
export async function copyCheckout(folder, work, { python, spare, cache }) {
  await rm(work, { recursive: true, force: true });
  for (const part of [...PARTS, PROTO]) {
    const from = join(folder, part);
    if (existsSync(from)) await cp(from, join(work, part), { recursive: true });
  }
  run(python, ['-c', STUBS, PROTO, 'test/pytest'], work);
  const archives = JSON.parse(await readFile(join(work, ARCHIVES), 'utf8'));
  const kept = [];
  for (const archive of archives) {
    const local = await findWeights(archive, work, { python, spare, cache });
    if (local !== undefined) kept.push({ ...archive, serialized_file_remote: undefined, serialized_file_local: local });
  }
  return {
    /** Upstream's drivers pack what this list names, each time they start: a suite asks for few. */
    async offer(names) {
      const offered = kept.filter(({ model_name: name }) => names.includes(name));
      await writeFile(join(work, ARCHIVES), JSON.stringify(offered, null, 2));
    },
  };
}

async function findWeights(archive, work, { python, spare, cache }) {
  const { model_name: name, serialized_file_remote: remote, serialized_file_local: local } = archive;
  if (local !== undefined) {
    const path = join(work, local);
    const other = spare === undefined ? undefined : join(spare, basename(local));
    if (!existsSync(path) && other !== undefined && existsSync(other)) {
      await mkdir(dirname(path), { recursive: true });
      await cp(other, path);
    }
    return existsSync(path) ? local : undefined;
  }
  const model = TORCHVISION[name];
  if (model === undefined) return undefined;
  const path = join(cache, 'weights', remote);
  if (!existsSync(path)) {
    await mkdir(dirname(path), { recursive: true });
    run(python, [join(import.meta.dirname, 'weights.py'), path, model], work);
  }
  return path;
}

function run(program, words, cwd) {
  const { status, stderr, error } = spawnSync(program, words, { cwd, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} ${words.join(' ')}: ${error?.message ?? stderr}`);
}

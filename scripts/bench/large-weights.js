/**
 * Large weights that take no room on the disk: the bytes around the tensors are real (written by onnx and by torch.save),
 * the tensors are holes of zeros.
 */
import { open } from 'node:fs/promises';
import { join } from 'node:path';

/** One MatMul by a float32 tensor of 2 GiB in `w.bin`. */
const ONNX =
  'CAg6jQEKEQoBeAoBdxIBeSIGTWF0TXVsEgFnKkUIgIABCICAAhABQgF3ahEKCGxvY2F0aW9uEgV3LmJpbmoLCgZvZmZzZXQSATBqFAoGbGVuZ3RoEgoyMTQ3NDgzNjQ4cAFaFgoBeBIRCg8IARILCgMSAW4KBAiAgAFiFgoBeRIRCg8IARILCgMSAW4KBAiAgAJCBAoAEBE=';
const ONNX_DATA_BYTES = 2 * 1024 ** 3;

/** A state dict of one float32 tensor of 1 GiB: what stands before and after its data. */
const CHECKPOINT_HEAD =
  'UEsDBAAACAgAAAAAAAAAAAAAAAAAAAAAAAAMABYAYmlnL2RhdGEucGtsRkISAFpaWlpaWlpaWlpaWlpaWlpaWoACfXEAWAEAAAB3cQFjdG9yY2guX3V0aWxzCl9yZWJ1aWxkX3RlbnNvcl92MgpxAigoWAcAAABzdG9yYWdlcQNjdG9yY2gKRmxvYXRTdG9yYWdlCnEEWAEAAAAwcQVYAwAAAGNwdXEGSgAAABB0cQdRSwBKAAAAEIVxCEsBhXEJiWNjb2xsZWN0aW9ucwpPcmRlcmVkRGljdApxCilScQt0cQxScQ1zLlBLBwhNyM29qAAAAKgAAABQSwMEAAAICAAAAAAAAAAAAAAAAAAAAAAAAAoAIABiaWcvZGF0YS8wRkIcAFpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlo=';
const CHECKPOINT_TAIL =
  'UEsHCLDCZFsAAABAAAAAQFBLAwQAAAgIAAAAAAAAAAAAAAAAAAAAAAAACwAHAGJpZy92ZXJzaW9uRkIDAFpaWjMKUEsHCNGeZ1UCAAAAAgAAAFBLAQIAAAAACAgAAAAAAABNyM29qAAAAKgAAAAMAAAAAAAAAAAAAAAAAAAAAABiaWcvZGF0YS5wa2xQSwECAAAAAAgIAAAAAAAAsMJkWwAAAEAAAABACgAAAAAAAAAAAAAAAAD4AAAAYmlnL2RhdGEvMFBLAQIAAAAACAgAAAAAAADRnmdVAgAAAAIAAAALAAAAAAAAAAAAAAAAAFABAEBiaWcvdmVyc2lvblBLBgYsAAAAAAAAAB4DLQAAAAAAAAAAAAMAAAAAAAAAAwAAAAAAAACrAAAAAAAAAJIBAEAAAAAAUEsGBwAAAAA9AgBAAAAAAAEAAABQSwUGAAAAAAMAAwCrAAAAkgEAQAAA';
const CHECKPOINT_DATA_BYTES = 1024 ** 3;

/** Paths of an ONNX model with external data, and of a torch checkpoint, in `folder`. */
export async function makeLargeWeights(folder) {
  const onnx = join(folder, 'large.onnx');
  const checkpoint = join(folder, 'large.pt');
  await writePieces(onnx, [[0, ONNX]]);
  await writePieces(join(folder, 'w.bin'), [], ONNX_DATA_BYTES);
  const tailAt = Buffer.from(CHECKPOINT_HEAD, 'base64').length + CHECKPOINT_DATA_BYTES;
  await writePieces(checkpoint, [
    [0, CHECKPOINT_HEAD],
    [tailAt, CHECKPOINT_TAIL],
  ]);
  return { onnx, checkpoint };
}

async function writePieces(path, pieces, size = 0) {
  const file = await open(path, 'w');
  try {
    await file.truncate(size);
    for (const [at, base64] of pieces) await file.write(Buffer.from(base64, 'base64'), 0, undefined, at);
  } finally {
    await file.close();
  }
}

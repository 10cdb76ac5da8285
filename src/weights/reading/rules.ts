import type { Severity } from '../../core/finding.ts';

interface WeightsRuleWords {
  readonly severity: Severity;
  /** One line for lists. */
  readonly title: string;
  /** Why it matters and what to do; plain text. */
  readonly help: string;
}

/** Every rule of this room with its texts: `validate` makes a rule of each. Ids are permanent. */
export const weightsRules = {
  'weights/left-out': {
    severity: 'warning',
    title: 'Every problem is listed',
    help: 'The list of problems has a limit; the first of each kind is always listed. Fix the listed problems and validate again.',
  },
  'weights/empty': {
    severity: 'error',
    title: 'The weights file is empty',
    help: 'A file of zero bytes is not a model. An interrupted export or a full disk usually leaves one behind. Export or fetch the weights again.',
  },
  'weights/not-weights': {
    severity: 'error',
    title: 'The weights file is something else',
    help: 'The content is recognised, but is not a weights format: a web page, a Git LFS pointer, JSON, plain text. Downloads that failed often look like this. Fetch the real file; for a Git LFS pointer run "git lfs pull".',
  },
  'weights/unknown-format': {
    severity: 'warning',
    title: 'The weights format is not known',
    help: 'The content matches no known format, so it cannot be checked. It is packed unchanged. If the handler knows the format, switch this rule off.',
  },
  'weights/unsupported-format': {
    severity: 'error',
    title: 'The weights are in a container that is not read',
    help: 'Containers such as 7z, rar and the tar layout of torch 0.1 can hide pickles from every scanner and are loaded by no current runtime. Unpack the file, or load it with the version that wrote it and save it again. Of compressed files (model.onnx.gz) only pickles, which joblib reads so, and models of NeMo are loaded; unpack any other.',
  },
  'weights/extension': {
    severity: 'warning',
    title: 'The name of the weights file does not match its content',
    help: 'Loaders go by extension, scanners by content: if the two disagree, each reads the file differently. Rename the file to match its content.',
  },
  'weights/malformed': {
    severity: 'error',
    title: 'A model file of another tool is broken',
    help: 'The first bytes are those of a known format (GGUF, HDF5, TensorFlow Lite, Keras and the like), but the rest contradicts it: it ends early, its counts are too high, or it points outside the file. The library of the format could not load it either. Save or fetch it again.',
  },
  'weights/keras-code': {
    severity: 'error',
    title: 'A Keras model carries Python code',
    help: 'A Lambda layer keeps its function as Python bytecode inside the model. Keras before 2.13, and any version told safe_mode=False, runs it when the model is loaded or called (CVE-2024-3660). Nothing was executed to find out. Do not load the file. If the layer is your own, write it as a class and save the model again.',
  },
  'weights/keras-module': {
    severity: 'warning',
    title: 'A Keras model names a module that is not part of Keras',
    help: 'The configuration names classes or functions by module; Keras imports what it names, which has run code even with safe_mode on (CVE-2025-1550). Custom layers are named this way too: the handler must provide them. Load the model only if you trust its origin.',
  },
  'weights/tensorflow-operator': {
    severity: 'error',
    title: 'A TensorFlow graph reaches outside its model',
    help: 'ReadFile, WriteFile, MatchingFiles and the operators that call Python run with the rights of the server whenever the model answers: keys have been read and files replaced this way. A model does not need them; preprocessing that reads files belongs in the handler.',
  },
  'weights/skops-type': {
    severity: 'warning',
    title: 'A skops file names types that estimators do not need',
    help: 'The library skops imports only what is on its list or what the caller trusts by name. This file names something outside scikit-learn and related packages: a custom class, or a function such as os.system, which would run once it is trusted (CVE-2025-54412). Read the name before you trust it.',
  },
  'weights/compiled-code': {
    severity: 'warning',
    title: 'A model carries compiled code',
    help: 'An AOTInductor package contains shared libraries, which run with the rights of the server when they are loaded, and only on the kind of machine they were compiled for. They cannot be checked. Load them only from origins you trust.',
  },
  'weights/onnx-malformed': {
    severity: 'error',
    title: 'The ONNX model is not well-formed',
    help: 'The bytes break the protobuf wire format: a length past the end, a number longer than ten bytes, messages nested beyond 100. No runtime can load it. The file is truncated or damaged; export or fetch it again.',
  },
  'weights/onnx-incomplete': {
    severity: 'error',
    title: 'The ONNX model lacks a required part',
    help: 'A model needs an IR version, at least one operator set and a graph. Export it again with a current exporter.',
  },
  'weights/onnx-too-large': {
    severity: 'error',
    title: 'The ONNX model is larger than protobuf allows',
    help: 'A protobuf message ends at 2 GiB, so no runtime reads this model. Export it with external data: the tensors then lie in a file of their own.',
  },
  'weights/onnx-tensor': {
    severity: 'error',
    title: 'A tensor of the ONNX model does not match its type and dimensions',
    help: 'The type and the dimensions of a tensor determine its size. Here the data is shorter or longer, in a field of another type, or the dimensions are impossible. The model is damaged or was built by hand.',
  },
  'weights/onnx-external-path': {
    severity: 'error',
    title: 'External tensor data is referenced in an unsafe way',
    help: 'A location must be a plain relative path below the folder of the model, with only the keys of the ONNX specification. Absolute paths, ".." and unknown keys have been used to read files outside the model (CVE-2022-25882, CVE-2024-27318, GHSA-538c-55jv-c5g9).',
  },
  'weights/onnx-external-range': {
    severity: 'error',
    title: 'External tensor data does not fit its tensor',
    help: 'Offset and length must be plain numbers of bytes, the length must be what type and dimensions need, and the range must lie inside the file. The data file is truncated or belongs to another model.',
  },
  'weights/onnx-external-missing': {
    severity: 'error',
    title: 'A file with external tensor data is missing',
    help: 'The model keeps tensors in an external file, which is not in the archive. Add it with --extra-files, at the same relative path.',
  },
  'weights/openvino-constants': {
    severity: 'error',
    title: 'The constants of an OpenVINO model do not fit its layers',
    help: 'The XML says where each constant lies in the .bin next to it, and how many bytes it has. Here a constant has another size than its type and shape need, or the .bin ends before it. The files are truncated or belong to different models; export both again.',
  },
  'weights/openvino-constants-missing': {
    severity: 'error',
    title: 'The constants of an OpenVINO model are missing',
    help: 'OpenVINO reads the constants of m.xml from m.bin in the same folder, which is not in the archive. Pack both: mar pack takes the .bin along when it lies next to the .xml.',
  },
  'weights/onnx-functions': {
    severity: 'error',
    title: 'The functions of an ONNX model call themselves or grow without bound',
    help: 'A model may define functions, which onnxruntime inlines before it runs anything. A function that calls itself, directly or through others, never ends; functions that each call the next several times grow to more nodes than fit in memory.',
  },
  'weights/onnx-custom-operator': {
    severity: 'warning',
    title: 'The ONNX model needs a custom operator library',
    help: 'Operators outside the domains of onnxruntime are in a native library that the handler must register. The archive does not run without the library, whose code has the rights of the server.',
  },
  'weights/safetensors-malformed': {
    severity: 'error',
    title: 'The safetensors file is not well-formed',
    help: 'The header must be strict JSON without duplicate names, the tensors must follow each other without gap or overlap from the first to the last byte, and each must have exactly the bytes its dtype and shape need. The reference library refuses such a file. Save or fetch it again.',
  },
  'weights/safetensors-form': {
    severity: 'warning',
    title: 'The safetensors header has an unusual form',
    help: 'The reference library reads this file, and another reader may see it differently: white space before the header, or keys that the format does not know. Save it again with a current library.',
  },
  'weights/shard-index-malformed': {
    severity: 'error',
    title: 'The index of a sharded model cannot be used',
    help: 'An index is JSON with a "weight_map" from tensor names to file names, which must be plain relative names. Save the model again.',
  },
  'weights/shard-missing': {
    severity: 'error',
    title: 'A shard of the model is missing',
    help: 'The index names a missing file, so the model cannot be loaded. Add it next to the index.',
  },
  'weights/shard-tensors': {
    severity: 'error',
    title: 'A shard lacks tensors that its index lists',
    help: 'Index and shards belong to different versions of the model. Save or fetch all of them again.',
  },
  'weights/not-scanned': {
    severity: 'warning',
    title: 'A part of the file was not searched for pickles',
    help: 'A file inside another one was not opened: its compression is not supported, it is broken, nested too deeply, or too large to unpack in memory. A pickle in it would still run its code when it is loaded. Unpack it and give the files in it.',
  },
  'weights/pickle-unsafe-global': {
    severity: 'error',
    title: 'A pickle would run code when it is loaded',
    help: 'A pickle is a program: it may import any function of any installed package and call it. Weights need about a hundred harmless names, the list of torch.load(weights_only=True); this pickle names something else. Nothing was executed to find out. Do not load the file. If you trust its origin, load it there and save a plain state_dict or safetensors.',
  },
  'weights/pickle-unsafe-class': {
    severity: 'error',
    title: 'A pickle creates objects of an unknown class',
    help: 'The pickle contains a whole object instead of its tensors: loading it imports the module of the class and runs its code for unpickling. torch 2.6 and later refuse it by default. Save model.state_dict() and give the class as --model-file. If the class is your own and trusted, switch this rule off or to warn.',
  },
  'weights/pickle-unlisted-global': {
    severity: 'warning',
    title: 'A pickle uses types that torch does not load by default',
    help: 'Types such as numpy arrays, dates or layers of torch.nn do no harm, but they are not on the list of torch.load(weights_only=True), which is the default since torch 2.6, so loading fails or needs weights_only=False. Save tensors and plain values only.',
  },
  'weights/pickle-nested': {
    severity: 'warning',
    title: 'A pickle carries another pickle as data',
    help: 'Bytes, hex or base64 text inside the pickle are themselves a pickle. It runs only if it is unpickled again, but weights do not need it: payloads are hidden this way.',
  },
  'weights/pickle-malformed': {
    severity: 'error',
    title: 'A pickle is broken',
    help: 'The pickle ends early, uses an opcode that does not exist, or uses missing values. Python runs a broken pickle up to the break, so it is as unsafe as a complete one. Save the file again.',
  },
  'weights/pickle-limit': {
    severity: 'error',
    title: 'A pickle is larger than this tool reads',
    help: 'The pickle has more opcodes or describes more objects than the limits allow, so it cannot be checked. Tensors belong outside the pickle, as torch.save and safetensors keep them.',
  },
  'weights/pickle-trailing': {
    severity: 'warning',
    title: 'Bytes follow the last pickle',
    help: 'Python stops at the end of the first pickle. Another loader may read the bytes after it.',
  },
  'weights/pickle-weights-only': {
    severity: 'info',
    title: 'A torch checkpoint does not load by default',
    help: 'Since version 2.6 torch.load uses weights_only=True, which knows few types and the opcodes of pickle protocol 2. A handler that loads this file must pass weights_only=False, which runs whatever the pickle says.',
  },
  'weights/torch-malformed': {
    severity: 'error',
    title: 'The torch checkpoint is broken',
    help: 'A checkpoint is a ZIP with data.pkl and its storages, or in the old format five pickles and the storages. Parts are missing or contradict each other. Save it again.',
  },
  'weights/torch-storage': {
    severity: 'error',
    title: 'A tensor does not fit its storage',
    help: 'The bytes of a tensor are missing from the checkpoint or truncated, or its offset and strides reach outside its storage. The file is truncated or was altered.',
  },
  'weights/torch-zip-form': {
    severity: 'error',
    title: 'The ZIP of a torch checkpoint contradicts itself',
    help: 'The names, flags, sizes or checksums of a member differ between its two headers, or two members have the same name. torch ignores the difference, other tools stop or see another member: this has been used to evade scanners (CVE-2025-10156, GHSA-7q5r-7gvp-wc82, GHSA-w8jq-xcqf-f792). No version of torch writes such a file.',
  },
  'weights/torch-zip-checksum': {
    severity: 'warning',
    title: 'A member of a torch checkpoint has a wrong checksum',
    help: 'Loading with torch ignores checksums, other readers stop at the difference (CVE-2025-10156). The file was damaged, changed, or written without checksums.',
  },
  'weights/torchscript-code': {
    severity: 'info',
    title: 'A TorchScript archive carries code',
    help: 'TorchScript is a program with its weights: loading and calling the model runs its code by design, in an interpreter of its own that can read and write files through a few operators. Load TorchScript only from origins you trust.',
  },
  'weights/numpy-malformed': {
    severity: 'error',
    title: 'The numpy file is broken',
    help: 'The header of an array cannot be read, or its data is shorter or longer than its dtype and shape require. Save it again.',
  },
} as const satisfies Record<`weights/${string}`, WeightsRuleWords>;

export type WeightsRule = keyof typeof weightsRules;

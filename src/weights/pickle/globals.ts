/**
 * Which globals a pickle may name. Every global that is not listed is refused: lists of dangerous names are bypassed
 * every month, because any function of any installed package can be used.
 */

/** Modules that Python 2 pickles name and Python 3 renames before it looks at them (Lib/_compat_pickle.py); only those a listed global lives in. */
const renamedModules: ReadonlyMap<string, string> = new Map([
  ['__builtin__', 'builtins'],
  ['copy_reg', 'copyreg'],
]);

export function toPython3(module: string): string {
  return renamedModules.get(module) ?? module;
}

const torchDtypes =
  'float64 float32 float16 bfloat16 complex32 complex64 complex128 int64 int32 int16 int8 uint8 uint16 uint32 uint64 bool ' +
  'quint8 qint8 qint32 quint4x2 quint2x4 float8_e5m2 float8_e4m3fn float8_e5m2fnuz float8_e4m3fnuz float8_e8m0fnu float4_e2m1fn_x2 ' +
  'bits8 bits16 bits1x8 bits2x4 bits4x2 uint1 uint2 uint3 uint4 uint5 uint6 uint7 int1 int2 int3 int4 int5 int6 int7';

/** Names of torch's typed storages and the dtype of their elements. */
export const storageDtypes: Readonly<Record<string, string>> = {
  DoubleStorage: 'float64',
  FloatStorage: 'float32',
  HalfStorage: 'float16',
  BFloat16Storage: 'bfloat16',
  LongStorage: 'int64',
  IntStorage: 'int32',
  ShortStorage: 'int16',
  CharStorage: 'int8',
  ByteStorage: 'uint8',
  BoolStorage: 'bool',
  ComplexDoubleStorage: 'complex128',
  ComplexFloatStorage: 'complex64',
  QUInt8Storage: 'quint8',
  QInt8Storage: 'qint8',
  QInt32Storage: 'qint32',
  QUInt4x2Storage: 'quint4x2',
  QUInt2x4Storage: 'quint2x4',
};

const tensorNames = 'Double Float Half BFloat16 Long Int Short Char Byte Bool'
  .split(' ')
  .map((name) => `${name}Tensor`);

/** What torch.load(weights_only=True) accepts by itself: torch/_weights_only_unpickler.py, torch 2.9. */
const weightsOnlyGlobals: ReadonlySet<string> = new Set([
  'collections.OrderedDict',
  'collections.Counter',
  'torch.nn.parameter.Parameter',
  'torch.serialization._get_layout',
  'torch.Size',
  'torch.Tensor',
  'torch.device',
  '_codecs.encode',
  'builtins.bytearray',
  'builtins.set',
  'builtins.complex',
  ...torchDtypes.split(' ').map((name) => `torch.${name}`),
  ...tensorNames.flatMap((name) =>
    ['torch', 'torch.cuda', 'torch.sparse', 'torch.cuda.sparse'].map((at) => `${at}.${name}`),
  ),
  ...Object.keys(storageDtypes).flatMap((name) => [`torch.${name}`, `torch.cuda.${name}`]),
  'torch.storage.TypedStorage',
  'torch.storage.UntypedStorage',
  ...[
    'per_tensor_affine',
    'per_tensor_symmetric',
    'per_channel_affine',
    'per_channel_symmetric',
    'per_channel_affine_float_qparams',
  ].map((scheme) => `torch.${scheme}`),
  ...[
    'parameter',
    'parameter_with_state',
    'qtensor',
    'tensor',
    'tensor_v2',
    'tensor_v3',
    'sparse_tensor',
    'meta_tensor_no_storage',
    'wrapper_subclass',
    'device_tensor_from_numpy',
    'device_tensor_from_cpu_tensor',
  ].map((name) => `torch._utils._rebuild_${name}`),
  'torch._tensor._rebuild_from_type_v2',
]);

/** Whether torch's own restricted loader would accept it. */
export function isWeightsOnly(path: string): boolean {
  return weightsOnlyGlobals.has(path);
}

/**
 * Outside that list, but known to only build a value from their arguments. Such a pickle loads nowhere by default,
 * which is worth a warning; the globals cannot reach anything else.
 */
const harmlessGlobals: ReadonlySet<string> = new Set([
  'builtins.frozenset',
  'builtins.list',
  'builtins.dict',
  'builtins.tuple',
  'builtins.int',
  'builtins.float',
  'builtins.str',
  'builtins.bool',
  'builtins.bytes',
  'builtins.object',
  'builtins.slice',
  'builtins.range',
  'collections.defaultdict',
  'collections.deque',
  'copyreg._reconstructor',
  'copyreg.__newobj__',
  'datetime.date',
  'datetime.datetime',
  'datetime.time',
  'datetime.timedelta',
  'datetime.timezone',
  'decimal.Decimal',
  'fractions.Fraction',
  'pathlib.PurePath',
  'pathlib.PurePosixPath',
  'pathlib.PureWindowsPath',
  'pathlib.Path',
  'pathlib.PosixPath',
  'pathlib.WindowsPath',
  'uuid.UUID',
  'uuid.SafeUUID',
  'types.SimpleNamespace',
  'argparse.Namespace',
  ...['numpy.core', 'numpy._core'].flatMap((core) => [
    `${core}.multiarray._reconstruct`,
    `${core}.multiarray.scalar`,
    `${core}.numeric._frombuffer`,
  ]),
  'numpy.ndarray',
  // Becomes the array that follows it in a joblib file.
  'joblib.numpy_pickle.NumpyArrayWrapper',
  'numpy.dtype',
  'numpy.bool_',
  ...'bool int8 int16 int32 int64 uint8 uint16 uint32 uint64 float16 float32 float64 complex64 complex128'
    .split(' ')
    .map((name) => `numpy.${name}`),
  'torch.jit._pickle.build_intlist',
  'torch.jit._pickle.build_doublelist',
  'torch.jit._pickle.build_boollist',
  'torch.jit._pickle.build_tensorlist',
  'torch.jit._pickle.build_tensor_from_id',
  'torch.jit._pickle.restore_type_tag',
  'torch._utils._rebuild_sparse_csr_tensor',
  // Calls the rebuild function in its arguments, which is checked by its own name.
  'torch._tensor._rebuild_from_type',
]);

/** numpy 2 names its dtype classes, numpy 1.25 and later pickle arrays with them. */
const NUMPY_DTYPE = /^numpy\.dtypes\.[A-Z][A-Za-z0-9]*DType$/;
/**
 * Classes of torch's own layers: their constructors and `__setstate__` only fill the object. Functions start with a
 * small letter.
 */
const TORCH_LAYER =
  /^torch\.nn\.modules\.(activation|adaptive|batchnorm|channelshuffle|container|conv|distance|dropout|flatten|fold|instancenorm|linear|loss|module|normalization|padding|pixelshuffle|pooling|rnn|sparse|transformer|upsampling|utils)\.[A-Z][A-Za-z0-9]*$/;
const TORCHVISION_MODEL = /^torchvision\.models\.[a-z0-9_]+\.[A-Z][A-Za-z0-9]*$/;

/** Outside torch's list and harmless: reported, not refused. */
export function isHarmless(path: string): boolean {
  return harmlessGlobals.has(path) || NUMPY_DTYPE.test(path) || TORCH_LAYER.test(path) || TORCHVISION_MODEL.test(path);
}

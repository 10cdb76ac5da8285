/** Bytes as our loops over them read them: a read beyond the end throws, and costs what an index costs (design decision 26). */
export function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}

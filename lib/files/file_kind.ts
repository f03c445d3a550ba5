import { shellWord } from "../base/shell_word.ts";
import { readLibraryFile } from "./library_file.ts";

/** The kind of a file that is not a compiled program. */
export interface FileKind {
  /** A noun: `MLIR source`. */
  readonly what: string;
  /**
   * Advises what to do with the file.
   *
   * @param path The file's path, for commands.
   */
  readonly advice?: (path: string) => string;
}

/** How many bytes are read to recognize a file's kind. */
export const KIND_HEAD_LENGTH = 4096;

/**
 * Returns the command that compiles a program for this machine's CPU.
 *
 * @param path The source file.
 */
export function compileCommand(path: string): string {
  return `iree compile ${shellWord(path)} -o ` +
    shellWord(withExtension(path, "vmfb"));
}

function withExtension(path: string, extension: string): string {
  return `${path.replace(/\.[^./\\]*$/, "")}.${extension}`;
}

const compile = (path: string): string =>
  `compile it: ${
    compileCommand(path)
  }\nor compile and load it with loadModel ` +
  "of @iree/runtime/compiler";

const importOnnx = (path: string): string => {
  const mlir = withExtension(path, "mlir");
  return `import and compile it: iree-import-onnx ${shellWord(path)} -o ${
    shellWord(mlir)
  } && ` +
    compileCommand(mlir);
};

const useParameters = (path: string): string =>
  "parameters are not a module: pass the file with --parameters=" +
  `${path}, or as the option parameters`;

const useInput = (path: string): string =>
  `pass it to a function: --input=@${path}, or use readNpy`;

/** Kinds, by bytes at a fixed position. */
const MAGICS: readonly (FileKind & {
  readonly at: number;
  readonly bytes: string;
})[] = [
  { at: 0, bytes: "ML\xefR", what: "MLIR bytecode", advice: compile },
  { at: 0, bytes: "BC\xc0\xde", what: "LLVM bitcode" },
  { at: 0, bytes: "\x93NUMPY", what: "a NumPy array", advice: useInput },
  { at: 0, bytes: "IRPA", what: "a parameter archive", advice: useParameters },
  { at: 0, bytes: "GGUF", what: "a GGUF file", advice: useParameters },
  { at: 0, bytes: "\x89HDF\r\n", what: "an HDF5 file" },
  { at: 0, bytes: "\x1f\x8b", what: "a gzip archive" },
  { at: 0, bytes: "PK\x03\x04", what: "a ZIP archive" },
  { at: 4, bytes: "TFL3", what: "a TensorFlow Lite model" },
  { at: 0, bytes: "!<arch>\n", what: "a static library" },
];

const LIBRARY: FileKind = {
  what: "a native library",
  advice: () =>
    "native modules are recognized by file name: *.so, *.dylib or " +
    "*.dll",
};

/**
 * Recognizes a file that is not a compiled program.
 *
 * @param head Its first `KIND_HEAD_LENGTH` bytes, or all of them.
 * @returns The kind; `undefined` if unknown.
 */
export function recognizeFile(
  head: Uint8Array<ArrayBuffer>,
): FileKind | undefined {
  if (head.length === 0) return { what: "empty" };
  const start = String.fromCharCode(...head.subarray(0, 16));
  const magic = MAGICS.find(({ at, bytes }) => start.startsWith(bytes, at));
  if (magic !== undefined) return magic;
  if (readLibraryFile(head).format !== "unknown") return LIBRARY;
  if (isSafetensors(head)) {
    return { what: "a safetensors file", advice: useParameters };
  }
  if (isOnnx(head)) return { what: "an ONNX model", advice: importOnnx };
  const text = decodeText(head);
  if (text === undefined) return undefined;
  return isMlir(text)
    ? { what: "MLIR source", advice: compile }
    : { what: "text" };
}

/** An 8-byte length, followed by a JSON header. */
function isSafetensors(head: Uint8Array<ArrayBuffer>): boolean {
  return head.length > 9 && head[8] === 0x7b &&
    head.subarray(4, 8).every((byte) => byte === 0);
}

/** ONNX's `ModelProto` fields, by their tags. */
const ONNX_FIELDS = new Set([0x12, 0x1a, 0x22, 0x28, 0x32, 0x3a, 0x42]);

/** The format's version, a small number, followed by another field. */
function isOnnx(head: Uint8Array<ArrayBuffer>): boolean {
  const [tag = 0, version = 0, next = 0] = head;
  return tag === 0x08 && version > 0 && version < 0x40 && ONNX_FIELDS.has(next);
}

/** Text without characters that occur only in binary files. */
function decodeText(head: Uint8Array<ArrayBuffer>): string | undefined {
  try {
    // The last character may be truncated.
    const stream = head.length === KIND_HEAD_LENGTH;
    const text = new TextDecoder("utf-8", { fatal: true })
      .decode(head, { stream });
    return /(?![\t\n\v\f\r])\p{Cc}/u.test(text) ? undefined : text;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return undefined;
  }
}

function isMlir(text: string): boolean {
  return /^\s*(?:module(?:\s+@|\s*\{|\s+attributes\b)|"?(?:builtin|func|util|vm|stream|hal|flow|torch|stablehlo)\.[a-z_]+|#[\w.]+ = |![\w.]+ = |\{-#)/m
    .test(text);
}

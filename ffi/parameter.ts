/**
 * Parameters: their files, indices, and the module that provides them to
 * programs.
 *
 * @module
 */

import type { NativePath } from "./base/native_path.ts";
import { toBigint } from "./base/intrinsics.ts";
import { encodeName, encodeText } from "./base/text.ts";
import { type Bytes, bytesOf, lengthOf } from "./base/typed_array.ts";
import { type HostTarget, withTarget } from "./host/host.ts";
import { setHostKeys } from "./host/keys.ts";
import { native } from "./library/library.ts";
import { check, created } from "./library/status.ts";
import type { Handle } from "./ownership/handle.ts";
import { Kind } from "./ownership/kind.ts";
import { own } from "./ownership/own.ts";

/** How the bytes of a parameter file are accessed. */
export type ParameterMode = "file" | "preload" | "mmap";

/** `iree_ffi_parameter_mode_e`. */
export const PARAMETER_MODES: Readonly<Record<ParameterMode, number>> = {
  file: 0,
  preload: 1,
  mmap: 2,
};

/**
 * Opens a parameter file of any format. Programs write to the file in mode
 * `file`, to memory otherwise.
 */
export function openParameterFile(
  instance: Handle,
  path: NativePath,
  mode: ParameterMode,
  writable: boolean,
): Handle {
  const bytes = encodeName(path, "the path of a parameter file");
  return own(
    Kind.parameterFile,
    native.iree_ffi_parameter_file_open(
      bytes,
      lengthOf(bytes),
      PARAMETER_MODES[mode],
      writable ? 1 : 0,
    ),
    instance,
  );
}

/** Creates a file in memory with a copy of the bytes. */
export function createParameterFile(
  instance: Handle,
  source: Bytes,
  writable: boolean,
): Handle {
  const bytes = bytesOf(source, "the contents of a parameter");
  return own(
    Kind.parameterFile,
    native.iree_ffi_parameter_file_create(
      bytes,
      toBigint(lengthOf(bytes)),
      writable ? 1 : 0,
    ),
    instance,
  );
}

/** Creates an empty index. */
export function createParameterIndex(instance: Handle): Handle {
  return own(
    Kind.parameterIndex,
    native.iree_ffi_parameter_index_create(),
    instance,
  );
}

/** Adds an entry with bytes of a file. */
export function addFileParameter(
  index: Handle,
  key: string,
  metadata: Bytes,
  file: Handle,
  offset: number,
  length: number,
): void {
  const keyBytes = encodeText(key, "the key of a parameter");
  const metadataBytes = bytesOf(metadata, "the metadata of a parameter");
  check(
    native.iree_ffi_parameter_index_add_file(
      index.pointer(Kind.parameterIndex),
      keyBytes,
      lengthOf(keyBytes),
      metadataBytes,
      lengthOf(metadataBytes),
      file.pointer(Kind.parameterFile),
      toBigint(offset),
      toBigint(length),
    ),
  );
}

/** Adds an entry that repeats a pattern. */
export function addSplatParameter(
  index: Handle,
  key: string,
  metadata: Bytes,
  pattern: Bytes,
  length: number,
): void {
  const keyBytes = encodeText(key, "the key of a parameter");
  const metadataBytes = bytesOf(metadata, "the metadata of a parameter");
  const patternBytes = bytesOf(pattern, "the pattern of a parameter");
  check(
    native.iree_ffi_parameter_index_add_splat(
      index.pointer(Kind.parameterIndex),
      keyBytes,
      lengthOf(keyBytes),
      metadataBytes,
      lengthOf(metadataBytes),
      patternBytes,
      lengthOf(patternBytes),
      toBigint(length),
    ),
  );
}

/** Adds an entry of another index under another key. */
export function addParameterFrom(
  index: Handle,
  key: string,
  source: Handle,
  ordinal: number,
): void {
  const keyBytes = encodeText(key, "the key of a parameter");
  check(
    native.iree_ffi_parameter_index_add_from(
      index.pointer(Kind.parameterIndex),
      keyBytes,
      lengthOf(keyBytes),
      source.pointer(Kind.parameterIndex),
      ordinal,
    ),
  );
}

/** Copies contents of an entry. */
export function readParameter(
  index: Handle,
  ordinal: number,
  offset: number,
  target: Bytes,
): void {
  const bytes = bytesOf(target, "the target");
  check(
    native.iree_ffi_parameter_index_read(
      index.pointer(Kind.parameterIndex),
      ordinal,
      toBigint(offset),
      bytes,
      toBigint(lengthOf(bytes)),
    ),
  );
}

/** Writes contents of an entry to an existing file. */
export function writeParameter(
  index: Handle,
  ordinal: number,
  offset: number,
  length: number,
  path: NativePath,
  pathOffset: number,
): void {
  const pathBytes = encodeName(path, "the path of an archive");
  check(
    native.iree_ffi_parameter_index_write(
      index.pointer(Kind.parameterIndex),
      ordinal,
      toBigint(offset),
      toBigint(length),
      pathBytes,
      lengthOf(pathBytes),
      toBigint(pathOffset),
    ),
  );
}

/** Parameters of a scope. */
export interface ParameterScope {
  /** The index. */
  readonly index: Handle;
  /** Whether programs can load the beginning of a longer parameter. */
  readonly partial: boolean;
}

/**
 * Creates the module that provides the current entries of indices, and what
 * functions read, by scope.
 */
export function createParametersModule(
  instance: Handle,
  scopes: ReadonlyMap<string, ParameterScope>,
  readers: ReadonlyMap<string, HostTarget>,
): Handle {
  const count = scopes.size + readers.size;
  const list = created(native.iree_ffi_parameter_scopes_create(count));
  const keys: number[] = [];
  try {
    for (const [name, { index, partial }] of scopes) {
      const bytes = encodeText(name, "the name of a scope");
      check(
        native.iree_ffi_parameter_scopes_push(
          list,
          bytes,
          lengthOf(bytes),
          index.pointer(Kind.parameterIndex),
          partial ? 1 : 0,
        ),
      );
    }
    for (const [name, target] of readers) {
      keys.push(pushReader(list, name, target));
    }
    const module = own(
      Kind.module,
      native.iree_ffi_io_parameters_module_create(
        instance.pointer(Kind.instance),
        list,
      ),
      instance,
    );
    setHostKeys(module, keys);
    // It keeps files open on the devices of the programs that used it.
    module.share();
    return module;
  } finally {
    native.iree_ffi_release(Kind.parameterScopes, list);
  }
}

function pushReader(
  list: Deno.PointerObject,
  name: string,
  target: HostTarget,
): number {
  const bytes = encodeText(name, "the name of a scope");
  return withTarget(target, ({ pointer, key }) => {
    check(
      native.iree_ffi_parameter_scopes_push_host(
        list,
        bytes,
        lengthOf(bytes),
        pointer,
        key,
      ),
    );
    return key;
  });
}

/**
 * Creating and describing modules.
 *
 * @module
 */

import type { NativePath } from "./base/native_path.ts";
import { toBigint } from "./base/intrinsics.ts";
import { packStrings, type RecordReader } from "./base/record.ts";
import { encodeName, encodeText } from "./base/text.ts";
import { type Bytes, bytesOf, lengthOf } from "./base/typed_array.ts";
import { type HostLink, type HostTarget, withTarget } from "./host/host.ts";
import { setHostKeys } from "./host/keys.ts";
import { native } from "./library/library.ts";
import { readRecord } from "./library/status.ts";
import type { Handle } from "./ownership/handle.ts";
import { Kind } from "./ownership/kind.ts";
import { own } from "./ownership/own.ts";

/** Loads a bytecode module from a file, read into memory or mapped. */
export function openBytecodeModule(
  instance: Handle,
  path: NativePath,
  map: boolean,
): Handle {
  const bytes = encodeName(path, "the path of the module");
  return own(
    Kind.module,
    native.iree_ffi_bytecode_module_open(
      instance.pointer(Kind.instance),
      bytes,
      lengthOf(bytes),
      map ? 1 : 0,
    ),
    instance,
  );
}

/** Loads a bytecode module from a copy of the bytes. */
export function createBytecodeModule(
  instance: Handle,
  source: Bytes,
): Handle {
  const bytes = bytesOf(source, "a program");
  return own(
    Kind.module,
    native.iree_ffi_bytecode_module_create(
      instance.pointer(Kind.instance),
      bytes,
      toBigint(lengthOf(bytes)),
    ),
    instance,
  );
}

/** Loads a library and creates a module with one of its functions. */
export function createDynamicModule(
  instance: Handle,
  path: NativePath,
  exportName: string,
  parameters: readonly (readonly [string, string])[],
): Handle {
  const pathBytes = encodeName(path, "the path of the library");
  const nameBytes = encodeName(exportName, "the name of the creation function");
  const record = packStrings(
    parameters.length,
    parameters.flatMap(([key, value]) => [
      encodeText(key, "the key of a parameter"),
      encodeText(value, `the value of parameter '${key}'`),
    ]),
  );
  const module = own(
    Kind.module,
    native.iree_ffi_dynamic_module_create(
      instance.pointer(Kind.instance),
      pathBytes,
      lengthOf(pathBytes),
      nameBytes,
      lengthOf(nameBytes),
      record,
      lengthOf(record),
    ),
    instance,
  );
  module.shareLists();
  return module;
}

/**
 * Creates the HAL module over a device group.
 *
 * @param instance The instance.
 * @param devices The group.
 * @param lead Ordinal of the device that makes allocations that several could.
 * @param trace Receives the tensors of trace points; text on stderr without it.
 */
export function createHalModule(
  instance: Handle,
  devices: Handle,
  lead: number,
  trace: HostTarget | undefined,
): Handle {
  const module = withTrace(trace, (link) =>
    own(
      Kind.module,
      native.iree_ffi_hal_module_create(
        instance.pointer(Kind.instance),
        devices.pointer(Kind.deviceGroup),
        lead,
        link?.pointer ?? null,
        link?.key ?? 0,
      ),
      instance,
    ));
  module.deviceLifetime.addDevice(devices);
  module.hold([devices]);
  return module;
}

/** Creates a module with trace points, linked to their target if any. */
function withTrace(
  trace: HostTarget | undefined,
  create: (link: HostLink | undefined) => Handle,
): Handle {
  if (trace === undefined) return create(undefined);
  return withTarget(trace, (link) => {
    const module = create(link);
    setHostKeys(module, [link.key]);
    return module;
  });
}

/** A builtin module that requires only the instance. */
export type BuiltinModuleName = "hal_inline" | "hal_loader" | "vmvx";

/** Creates one of IREE's builtin modules. */
export function createBuiltinModule(
  instance: Handle,
  name: Exclude<BuiltinModuleName, "hal_inline">,
): Handle {
  return own(
    Kind.module,
    native[`iree_ffi_${name}_module_create`](instance.pointer(Kind.instance)),
    instance,
  );
}

/**
 * Creates the builtin module of programs without devices.
 *
 * @param instance The instance.
 * @param trace As for {@linkcode createHalModule}.
 */
export function createHalInlineModule(
  instance: Handle,
  trace: HostTarget | undefined,
): Handle {
  return withTrace(trace, (link) =>
    own(
      Kind.module,
      native.iree_ffi_hal_inline_module_create(
        instance.pointer(Kind.instance),
        link?.pointer ?? null,
        link?.key ?? 0,
      ),
      instance,
    ));
}

/** A module that another one requires. */
export interface ModuleDependency {
  /** Name of the module. */
  readonly name: string;
  /** Minimum version. */
  readonly minimumVersion: number;
  /** Whether the module can be loaded without it. */
  readonly optional: boolean;
}

/** A module's description. */
export interface ModuleDescription {
  readonly name: string;
  readonly version: number;
  readonly importCount: number;
  readonly exportCount: number;
  readonly attributes: Readonly<Record<string, string>>;
  readonly dependencies: readonly ModuleDependency[];
}

/** `IREE_VM_MODULE_DEPENDENCY_FLAG_OPTIONAL`. */
const DEPENDENCY_OPTIONAL = 2;

/** Describes a module. */
export function describeModule(module: Handle): ModuleDescription {
  const record = readRecord((buffer, capacity) =>
    native.iree_ffi_module_describe(
      module.pointer(Kind.module),
      buffer,
      capacity,
    )
  );
  return {
    name: record.string(),
    version: record.u32(),
    importCount: record.u32(),
    exportCount: record.u32(),
    attributes: readAttributes(record),
    dependencies: record.list(() => ({
      name: record.string(),
      minimumVersion: record.u32(),
      optional: (record.u32() & DEPENDENCY_OPTIONAL) !== 0,
    })),
  };
}

/** `iree_vm_function_linkage_t`. */
const LINKAGE = { import: 1, export: 2, importOptional: 3 } as const;

/** A function's description. */
export interface FunctionDescription {
  /** Name; full name with the module's for an import. */
  readonly name: string;
  /** The VM's calling convention, such as `0ii_i`; see `iree/vm/module.h`. */
  readonly callingConvention: string;
  /** Attributes by name, such as `iree.abi.declaration`. */
  readonly attributes: Readonly<Record<string, string>>;
  /** Whether a context works without it; imports only. */
  readonly optional: boolean;
}

/** Describes a function of a module. */
export function describeFunction(
  module: Handle,
  linkage: "import" | "export",
  ordinal: number,
): FunctionDescription {
  const record = readRecord((buffer, capacity) =>
    native.iree_ffi_module_describe_function(
      module.pointer(Kind.module),
      LINKAGE[linkage],
      ordinal,
      buffer,
      capacity,
    )
  );
  const actualLinkage = record.u32();
  return {
    name: record.string(),
    callingConvention: record.string(),
    attributes: readAttributes(record),
    optional: actualLinkage === LINKAGE.importOptional,
  };
}

function readAttributes(record: RecordReader): Record<string, string> {
  return Object.fromEntries(
    record.list(() => [record.string(), record.string()] as const),
  );
}

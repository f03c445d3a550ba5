/**
 * Binds one function of the library.
 *
 * Deno compiles a trampoline for each function that it binds. That takes a third
 * of a millisecond, and only calls from code that V8 has optimized use it.
 * Functions with a structure among their parameters get none.
 *
 * @module
 */

import { arrayOf } from "../base/intrinsics.ts";
import { symbols } from "./symbols.ts";

/** The name of a function of the library. */
export type SymbolName = keyof typeof symbols;

type Call = (...given: unknown[]) => unknown;

/**
 * Functions that a program calls once per library, module, device or context.
 * Their calls take longer than the trampoline saves.
 */
const SELDOM: Readonly<Partial<Record<SymbolName, true>>> = plain({
  iree_ffi_abi_version: true,
  iree_ffi_version: true,
  iree_ffi_isolate_enter: true,
  iree_ffi_instance_acquire: true,
  iree_ffi_instance_has_type: true,
  iree_ffi_bytecode_module_open: true,
  iree_ffi_bytecode_module_create: true,
  iree_ffi_dynamic_module_create: true,
  iree_ffi_hal_module_create: true,
  iree_ffi_hal_inline_module_create: true,
  iree_ffi_hal_loader_module_create: true,
  iree_ffi_vmvx_module_create: true,
  iree_ffi_module_describe: true,
  iree_ffi_module_describe_function: true,
  iree_ffi_driver_list: true,
  iree_ffi_driver_devices: true,
  iree_ffi_device_group_create: true,
  iree_ffi_device_memory_heaps: true,
  iree_ffi_task_topologies: true,
  iree_ffi_parameter_file_open: true,
  iree_ffi_io_parameters_module_create: true,
  iree_ffi_module_list_create: true,
  iree_ffi_module_list_push: true,
  iree_ffi_context_create: true,
  iree_ffi_flag_set: true,
});

let areCallsFew = false;

/**
 * Makes all functions that are bound from now on cheaper to bind and slower to
 * call. For a process that calls each a few times.
 */
export function expectFewCalls(): void {
  areCallsFew = true;
}

/**
 * Binds a function.
 *
 * The system identifies an open library by its path and does not read the file
 * again. So all functions belong to the same library, even if the file has
 * changed.
 *
 * @param path Path of the library.
 * @param name The function's name.
 */
export function bindFunction(path: string, name: SymbolName): unknown {
  const symbol: Deno.ForeignFunction = symbols[name];
  if (symbol.nonblocking || !(areCallsFew || SELDOM[name])) {
    return open(path, name, symbol);
  }
  // The structure is one parameter more than the function has. Callers pass and
  // remove arguments on all supported platforms, so the function ignores it.
  const { parameters, result } = symbol;
  const { length } = parameters;
  const call = open(path, name, {
    parameters: arrayOf(
      length + 1,
      (index) => index < length ? parameters[index]! : STRUCTURE,
    ),
    result,
  });
  return ADAPTERS[length]!(call);
}

function open(
  path: string,
  name: SymbolName,
  symbol: Deno.ForeignFunction,
): Call {
  const { symbols } = Deno.dlopen(path, plain({ [name]: plain(symbol) }));
  return symbols[name] as Call;
}

const STRUCTURE: Deno.NativeStructType = plain({ struct: ["u8"] });
const NOTHING = new Uint8Array(1);

/** By number of parameters. Spreading would use the prototypes of arrays. */
const ADAPTERS: readonly ((call: Call) => Call)[] = [
  (call) => () => call(NOTHING),
  (call) => (a) => call(a, NOTHING),
  (call) => (a, b) => call(a, b, NOTHING),
  (call) => (a, b, c) => call(a, b, c, NOTHING),
  (call) => (a, b, c, d) => call(a, b, c, d, NOTHING),
  (call) => (a, b, c, d, e) => call(a, b, c, d, e, NOTHING),
  (call) => (a, b, c, d, e, f) => call(a, b, c, d, e, f, NOTHING),
  (call) => (a, b, c, d, e, f, g) => call(a, b, c, d, e, f, g, NOTHING),
  (call) => (a, b, c, d, e, f, g, h) => call(a, b, c, d, e, f, g, h, NOTHING),
  (call) => (a, b, c, d, e, f, g, h, i) =>
    call(a, b, c, d, e, f, g, h, i, NOTHING),
  (call) => (a, b, c, d, e, f, g, h, i, j) =>
    call(a, b, c, d, e, f, g, h, i, j, NOTHING),
  (call) => (a, b, c, d, e, f, g, h, i, j, k) =>
    call(a, b, c, d, e, f, g, h, i, j, k, NOTHING),
];

/**
 * Returns properties without a prototype. Deno also reads inherited ones, such
 * as `nonblocking`.
 *
 * @param properties The properties.
 */
export function plain<Properties extends object>(
  properties: Properties,
): Properties {
  return { __proto__: null, ...properties };
}

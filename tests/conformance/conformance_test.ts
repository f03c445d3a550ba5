import { assertEquals, assertThrows } from "@std/assert";
import {
  BytecodeModule,
  Context,
  DynamicModule,
  Instance,
  IreeError,
  type StatusCode,
} from "../../mod.ts";
import { test } from "../support.ts";
import { vmPrograms } from "./vm_programs.ts";

// IREE's own tests of its VM. Each function has no arguments or results and
// fails when it finds a fault. As in IREE's runner, each is called in its own
// context together with the module `yieldable_test`; functions whose names
// begin with `fail_` must fail.

const { programs, yieldable, yields } = await vmPrograms();

/** Exported functions by program: all 309 of the pinned sources. */
const FUNCTION_COUNTS: Readonly<Record<string, number>> = {
  arithmetic_ops: 20,
  arithmetic_ops_f32: 30,
  arithmetic_ops_f64: 30,
  arithmetic_ops_i64: 20,
  assignment_ops: 3,
  assignment_ops_f32: 2,
  assignment_ops_f64: 2,
  assignment_ops_i64: 2,
  async_ops: 16,
  buffer_ops: 28,
  call_ops: 12,
  comparison_ops: 9,
  comparison_ops_f32: 6,
  comparison_ops_f64: 6,
  comparison_ops_i64: 9,
  control_flow_ops: 14,
  conversion_ops: 5,
  conversion_ops_f32: 17,
  conversion_ops_f64: 9,
  conversion_ops_i64: 1,
  global_ops: 5,
  global_ops_f32: 3,
  global_ops_f64: 3,
  global_ops_i64: 3,
  list_ops: 8,
  list_ops_i64: 1,
  list_variant_ops: 6,
  ref_ops: 33,
  shift_ops: 3,
  shift_ops_i64: 3,
};

/** Failures of the functions that must fail. */
const FAILURES: Readonly<Record<string, StatusCode>> = {
  "buffer_ops.fail_clone_out_of_range": "OUT_OF_RANGE",
  "buffer_ops.fail_copy_out_of_range_source_offset": "OUT_OF_RANGE",
  "buffer_ops.fail_copy_out_of_range_source_length": "OUT_OF_RANGE",
  "buffer_ops.fail_copy_out_of_range_target_offset": "OUT_OF_RANGE",
  "buffer_ops.fail_copy_out_of_range_target_length": "OUT_OF_RANGE",
  "buffer_ops.fail_fill_i16_rodata": "PERMISSION_DENIED",
  "call_ops.fail_call_v_v": "FAILED_PRECONDITION",
  "control_flow_ops.fail_always": "DEADLINE_EXCEEDED",
  "control_flow_ops.fail_check_eq_never": "FAILED_PRECONDITION",
  "control_flow_ops.fail_optional_import_call": "NOT_FOUND",
  "conversion_ops.fail_cast_any_ref": "INVALID_ARGUMENT",
  "list_ops.fail_uninitialized_access": "OUT_OF_RANGE",
  "list_ops.fail_out_of_bounds_read": "OUT_OF_RANGE",
  "list_ops.fail_out_of_bounds_write": "OUT_OF_RANGE",
  "list_variant_ops.fail_uninitialized_access": "OUT_OF_RANGE",
  "list_variant_ops.fail_out_of_bounds_read": "OUT_OF_RANGE",
  "list_variant_ops.fail_out_of_bounds_write": "OUT_OF_RANGE",
  "list_variant_ops.fail_variant_slot_change": "FAILED_PRECONDITION",
};

const called = new Set<string>();

for (const [name, path] of programs) {
  test(`IREE's VM program ${name} behaves as IREE specifies`, () => {
    using instance = Instance.open();
    using imported = DynamicModule.load(instance, yieldable);
    using module = BytecodeModule.fromFile(instance, path);
    assertEquals(module.name, name);
    assertEquals(module.exports.length, FUNCTION_COUNTS[name]);
    for (const { name: functionName, callingConvention } of module.exports) {
      const fullName = `${name}.${functionName}`;
      assertEquals(callingConvention, "0v_v", fullName);
      using context = Context.create(instance, [imported, module]);
      using fn = context.lookupFunction(functionName, module);
      if (functionName.startsWith("fail_")) {
        const error = assertThrows(() => fn.call(), IreeError);
        assertEquals(error.code, FAILURES[fullName], fullName);
      } else {
        assertEquals(fn.call(), undefined, fullName);
      }
      called.add(fullName);
    }
  });
}

Deno.test("All of IREE's programs and their functions are tested", () => {
  assertEquals([...programs.keys()], Object.keys(FUNCTION_COUNTS));
  assertEquals(programs.size, 30);
  assertEquals(called.size, 309);
  assertEquals(Object.keys(FAILURES).filter((it) => !called.has(it)), []);
});

/** Calls a function of `fixtures/yields.vmasm`. */
function callYielding(name: string): unknown {
  using instance = Instance.open();
  using native = DynamicModule.load(instance, yieldable);
  using inner = BytecodeModule.fromFile(instance, programs.get("async_ops")!);
  using outer = BytecodeModule.fromFile(instance, yields);
  using context = Context.create(instance, [native, inner, outer]);
  using fn = context.lookupFunction(name, outer);
  return fn.call();
}

test("A function that yields can be called by another program", () => {
  assertEquals(callYielding("one_module"), undefined);
});

test("A native function that the host calls may yield", () => {
  using instance = Instance.open();
  using native = DynamicModule.load(instance, yieldable);
  using context = Context.create(instance, [native]);
  using fn = context.lookupFunction("yieldable_test.yield_n");
  assertEquals(fn.call(100, 3), 103);
  assertEquals(fn.call(100, 0), 100);
});

// IREE hangs when it resumes through two modules, and after a plain call takes
// a wrong frame for its own: both are rejected.
test("A yield that IREE cannot resume from is an error", () => {
  const deep = assertThrows(() => callYielding("two_modules"), IreeError);
  assertEquals(deep.code, "UNIMPLEMENTED");
  const plain = assertThrows(() => callYielding("plain"), IreeError);
  assertEquals(plain.code, "FAILED_PRECONDITION");
});

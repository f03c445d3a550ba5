// Globals at offsets that a program computes.

import { assert, assertEquals, assertThrows } from "@std/assert";
import { disassemble } from "../../lib/tooling/mod.ts";
import { IreeError, load } from "../../mod.ts";
import { iree, test } from "../support.ts";
import { vmPrograms } from "./vm_programs.ts";

const { indirectGlobals, programs } = await vmPrograms();

/** Bytes of the program's globals. */
const SIZE = 16;

/** Bytes that each function accesses; a reference counts as one. */
const LENGTHS = {
  load_i32: 4,
  store_i32: 4,
  load_i64: 8,
  store_i64: 8,
  load_f32: 4,
  store_f32: 4,
  load_f64: 8,
  store_f64: 8,
  load_ref: 1,
  store_ref: 1,
} as const;

/** Offsets at which the end of a global would overflow, and others outside. */
function outside(length: number): number[] {
  const first = length === 1 ? 1 : SIZE - length + 1;
  return [-1, -4, -length, -(2 ** 31), 2 ** 31 - 1, first, SIZE];
}

test("A global at an offset outside of all of them is rejected", () => {
  using loaded = load({ modules: [indirectGlobals] });
  for (const [name, length] of Object.entries(LENGTHS)) {
    for (const offset of outside(length)) {
      const error = assertThrows(
        () => loaded.call(name, offset),
        IreeError,
        "out of range",
        `${name} ${offset}`,
      );
      assertEquals(error.code, "OUT_OF_RANGE");
    }
  }
  loaded.call("store_i64", 8);
  assertEquals(loaded.call("load_i64", 8), 7n);
  assertEquals(loaded.call("direct"), 7n);
  loaded.call("store_i32", 4);
  assertEquals(loaded.call("load_i32", 4), 4);
});

test("A traced global outside of all of them is rejected, too", async () => {
  for (const name of ["load_i32", "load_i64", "load_f64", "load_ref"]) {
    const { code, stderr } = await iree([
      "run",
      `--module=${indirectGlobals}`,
      `--function=${name}`,
      "--input=-2000000000",
      "--trace_execution",
    ]);
    assertEquals(code, 1, stderr);
    assert(stderr.includes("out of range"), stderr);
  }
});

test("A program with globals of any type is disassembled", () => {
  for (const path of [indirectGlobals, ...programs.values()]) {
    assert(disassemble(path).functions.length > 0);
    assert(disassemble(path, { offsets: true }).functions.length > 0);
  }
  const [direct] = disassemble(indirectGlobals, { function: "direct" })
    .functions;
  assert(
    direct!.code.includes("vm.global.load.i64 .rwdata[8]\n"),
    direct!.code,
  );
});

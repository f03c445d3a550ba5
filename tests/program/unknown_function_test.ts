import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { IreeError, load } from "../../mod.ts";
import { program, test } from "../support.ts";

const mul = await program("mul.mlir");

test("Calling a function that a program does not export throws and lists the others", () => {
  using program = load(mul);
  const error = assertThrows(
    () => program.nul!(),
    IreeError,
    "NOT_FOUND: no function 'nul' exported by module 'mul'; did you mean mul?",
  );
  assertEquals(error.hint, "exported functions: mul");
  assertEquals("nul" in program, false);
  assertEquals("mul" in program, true);
});

test("JavaScript can look up its own names in a program", async () => {
  using program = load(mul);
  const asked: Record<string, unknown> = program;
  assertStrictEquals(await program, program);
  assertEquals(asked["then"], undefined);
  assertEquals(asked["$$typeof"], undefined);
  assertEquals(program instanceof Object, true);
  assertEquals(`${program}`, "[object Object]");
});

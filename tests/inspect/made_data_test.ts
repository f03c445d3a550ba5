import { assertEquals, assertThrows } from "@std/assert";
import {
  formatDeclaredType,
  formatProgramTypes,
  formatSignature,
} from "../../lib/inspect/mod.ts";
import { IreeError } from "../../mod.ts";
import { test } from "../support.ts";

test("Descriptions that this package did not create are rejected", () => {
  const wrong = [null, undefined, 1, {}, { exports: [null] }, { inputs: 1 }];
  for (const value of wrong as never[]) {
    for (
      const [format, name] of [
        [() => formatProgramTypes(value), "description"],
        [() => formatSignature(value, "name"), "signature"],
        [() => formatDeclaredType(value), "type"],
      ] as const
    ) {
      const error = assertThrows(format, IreeError, `${name} must be made by`);
      assertEquals(error.code, "INVALID_ARGUMENT");
    }
  }
});

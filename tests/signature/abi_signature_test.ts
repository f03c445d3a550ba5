import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { parseAbi } from "../../lib/signature/abi_signature.ts";
import { IreeError, type StatusCode } from "../../mod.ts";
import { test } from "../support.ts";

test("A description is read, or rejected with the position of the fault", () => {
  const refused = (code: StatusCode, text: string, abi: unknown) => {
    const error = assertThrows(
      () => parseAbi(typeof abi === "string" ? abi : JSON.stringify(abi), "f"),
      IreeError,
    );
    assertEquals(error.code, code, error.message);
    assertStringIncludes(error.detail, `the iree.abi of 'f' ${text}`);
  };
  const invalid = (text: string, abi: unknown) =>
    refused("INVALID_ARGUMENT", text, abi);
  invalid("is not JSON", "{]");
  invalid("is not JSON", "");
  for (const abi of [[], null, 1, {}, { a: [] }, { a: [], r: {} }]) {
    invalid("must have arrays 'a' and 'r'", JSON.stringify(abi));
  }
  const argument = (type: unknown) => ({ a: ["i32", type], r: [] });
  invalid("a[1] must be a type", argument(5));
  invalid("a[1] must be a type", argument({}));
  invalid("a[1] must be a name and a type", argument(["named", 1, "i32"]));
  invalid("a[1] must be a name and a type", argument(["named", "x"]));
  invalid("has two arguments with the same name", {
    a: [["named", "x", "i32"], ["named", "x", "i32"]],
    r: [],
  });
  invalid("a[1][1] must be a pair", argument(["sdict", "i32"]));
  invalid(
    "a[1][2] is a second 'x'",
    argument(["sdict", ["x", "i32"], [
      "x",
      "i32",
    ]]),
  );
  invalid("a[1][1] must have a string as key", argument(["sdict", [1, "i32"]]));
  invalid("a[1] must have one item type", argument(["py_homogeneous_list"]));
  for (
    const tensor of [
      [],
      ["f32"],
      ["f32", 1],
      ["f32", 0, 1],
      ["f32", 1, -2],
      [
        "f32",
        1,
        1.5,
      ],
      [1, 0],
      ["f32", 1, "2"],
    ]
  ) {
    invalid(
      "a[1] must be element type, rank",
      argument(["ndarray", ...tensor]),
    );
  }
  const unknown = (text: string, abi: unknown) =>
    refused("UNIMPLEMENTED", text, abi);
  unknown('a[1] has an unknown type: "i7"', argument("i7"));
  unknown(
    'a[1] has an unknown type: "toString"',
    argument("toString"),
  );
  unknown(
    'a[1][1][1] has an unknown type: "set"',
    argument(
      ["sdict", ["x", ["set"]]],
    ),
  );
  unknown('a[1] has an unknown type: ["x"]', argument([["x"]]));
  unknown("r[0][2] has an unknown type", {
    a: [],
    r: [["stuple", "i32", ["named"]]],
  });
  const dictionary = (tag: string) => `{"a":[["${tag}",["x","i32"]]],"r":[]}`;
  assertEquals(
    parseAbi(dictionary("sdict_kwargs"), "f"),
    parseAbi(dictionary("sdict"), "f"),
  );
  const nested = (depth: number) =>
    `${'["slist",'.repeat(depth)}"i32"${"]".repeat(depth)}`;
  parseAbi(`{"a":[${nested(128)}],"r":[]}`, "f");
  invalid("is nested over 128 deep", `{"a":[${nested(129)}],"r":[]}`);
  invalid("is nested over 128 deep", `{"a":[],"r":[${nested(5000)}]}`);
});

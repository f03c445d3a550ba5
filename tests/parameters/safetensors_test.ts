import { assertEquals, assertStringIncludes } from "@std/assert";
import { Instance, ParameterIndex } from "../../mod.ts";
import { TemporaryFolder, test } from "../support.ts";
import { header, refusal } from "./made_files.ts";
import { safetensors, safetensorsOf } from "./parameter_files.ts";

test("Names in safetensors follow JSON's escapes", () => {
  using folder = new TemporaryFolder();
  using instance = Instance.open();
  const path = folder.join("names.safetensors");
  Deno.writeFileSync(path, safetensors({ 'a"\\\n': [1], "é": [2] }));
  using index = ParameterIndex.fromFile(instance, path);
  assertEquals(index.entries.map(({ key }) => key), ['a"\\\n', "é"]);
});

test("Safetensors that the reference library rejects are rejected", () => {
  using folder = new TemporaryFolder();
  const whole = header({});
  const second = (begin: number) =>
    `{"x":${whole.slice(5, -1)},"y":` +
    header({ data_offsets: [begin, begin + 16] }).slice(5);
  const cases: readonly [string, number, string][] = [
    [header({ data_offsets: [0, 12] }), 12, "shape [4] of F32 has 128 bits"],
    [second(0), 16, "'y' begins at byte 0 of the data, where the one before"],
    [second(8), 24, "begins at byte 8 of the data"],
    [second(20), 36, "begins at byte 20 of the data"],
    [header({ data_offsets: [4, 20] }), 20, "begins at byte 4 of the data"],
    [whole, 20, "its tensors end at byte 16 of the data, which has 20"],
    ["{}", 1, "its tensors end at byte 0 of the data, which has 1"],
    [`{"x":{},${whole.slice(1)}`, 16, 'duplicate key "x"'],
    [
      whole.replace('"shape"', '"dtype":"F32","shape"'),
      16,
      'duplicate key "dtype"',
    ],
    [header({ dtype: "NOPE" }), 16, "must have a known dtype, got 'NOPE'"],
    [header({ dtype: 1 }), 16, "must have a known dtype, got 1"],
    [whole.replace("[4]", "[4.0]"), 16, "must have a shape"],
    [whole.replace("[4]", "[4e0]"), 16, "must have a shape"],
    [whole.replace("[4]", "[-4]"), 16, "must have a shape"],
    [header({ shape: undefined }), 16, "must have a shape"],
    [whole.replace("[4]", `[${2n ** 62n},4]`), 16, "more elements than any"],
    [
      header({ data_offsets: [0, 0] }).replace("[4]", `[${2n ** 62n},4,0]`),
      0,
      "more elements than any",
    ],
    [header({ dtype: "F4", shape: [3], data_offsets: [0, 2] }), 2, "12 bits"],
    [`{"__metadata__":{"a":1}}`, 0, "'__metadata__' must have texts only"],
    [`{"__metadata__":[]}`, 0, "'__metadata__' must have texts only"],
    [whole.replace('"x"', '"\\ud800"'), 16, "unpaired surrogate"],
    [whole + "}", 16, 'unexpected "}"'],
    ["\ufeff" + whole, 16, "is not JSON"],
    ["[".repeat(200), 0, "deep"],
  ];
  for (const [text, length, words] of cases) {
    const bytes = safetensorsOf(text, new Uint8Array(length));
    const error = refusal(folder, "refused.safetensors", bytes);
    assertEquals(error.code, "INVALID_ARGUMENT", text);
    assertStringIncludes(error.message, words);
  }
});

test("Safetensors that the reference library reads are read", () => {
  using folder = new TemporaryFolder();
  using instance = Instance.open();
  const path = folder.join("read.safetensors");
  const whole = header({});
  const cases: readonly [string, number][] = [
    [whole, 16],
    [`  ${whole}  `, 16],
    [header({ more: [{}] }), 16],
    [header({ shape: [], data_offsets: [0, 4] }), 4],
    [header({ shape: [0, 7], data_offsets: [0, 0] }), 0],
    [header({ dtype: "F4", data_offsets: [0, 2] }), 2],
    [header({ dtype: "F6_E2M3", data_offsets: [0, 3] }), 3],
    [header({ dtype: "C64", shape: [2] }), 16],
    [`{"__metadata__":null,${whole.slice(1)}`, 16],
  ];
  for (const [text, length] of cases) {
    Deno.writeFileSync(path, safetensorsOf(text, new Uint8Array(length)));
    using index = ParameterIndex.fromFile(instance, path);
    assertEquals(index.lookup("x").byteLength, length, text);
  }
});

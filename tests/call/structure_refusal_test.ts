import { assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import { type Argument, BufferView, IreeError, load } from "../../mod.ts";
import { program, test } from "../support.ts";

const structures = await program("structures.mlir");

test("Values that do not fit a structure are rejected with their path", () => {
  using program = load({ modules: [structures], device: "local-sync" });
  const refused = (text: string, name: string, ...values: unknown[]) => {
    const error = assertThrows(
      () => program.call(name, ...values as Argument[]),
      IreeError,
    );
    assertStringIncludes(error.detail, text);
  };
  const layer = (bias: unknown, scales: unknown = [1, [2, 3]]) => [
    { bias, scales },
    [1, 2],
  ];
  const bias = [1, 2];
  refused(
    "argument 0.bias of 'layer': input must be nested as 2, got 3",
    "layer",
    ...layer([1, 2, 3]),
  );
  refused(
    "argument 0.bias of 'layer': input must have element type f32, got i32",
    "layer",
    ...layer({ elementType: "i32", shape: [2], data: new Int32Array(2) }),
  );
  refused(
    "argument 0.bias of 'layer' must be a tensor",
    "layer",
    ...layer(null),
  );
  refused(
    "argument 0.bias of 'layer' must be a tensor",
    "layer",
    ...layer("text"),
  );
  refused(
    "argument 0.scales[1][0] of 'layer' must be i32 (an integer",
    "layer",
    ...layer(bias, [1, [2.5, 3]]),
  );
  refused(
    "argument 0.scales[0] of 'layer' must be f32",
    "layer",
    [
      ...layer(bias, [1n, [2, 3]]),
    ][0],
    bias,
  );
  refused("argument 0.scales of 'layer'", "layer", ...layer(bias, "ab"));
  refused("argument 0 of 'layer' must be an object", "layer", [bias], bias);
  refused("argument 0 of 'layer' must be an object", "layer", bias, bias);
  refused("argument 0 of 'layer' must be an object", "layer", null, bias);
  refused(
    "got one without 'bias'",
    "layer",
    Object.create({ bias, scales: [] }),
    bias,
  );
  refused(
    `argument 0["a.b c"] of 'odd_names'`,
    "odd_names",
    { ["__proto__"]: 1, toString: 2, "a.b c": "3", "": 4 },
  );
  refused(
    "got one without 'toString'",
    "odd_names",
    { ["__proto__"]: 1, "a.b c": 3, "": 4 },
  );
  refused(
    "expected 1 arguments and an object with 'scale', 'offset' but passed 1",
    "named",
    1,
  );
  refused(
    "argument 1.offset of 'named' must be an object with 'by', 'of', got one without 'of'",
    "named",
    1,
    {
      scale: 1,
      offset: { by: 1 },
    },
  );
  refused("argument 0[1] of 'any_list': input", "any_list", [bias, [1]]);
  using view = BufferView.from(
    program.context.instance,
    new Float32Array([1, 2, 3]),
  );
  refused(
    "argument 0.bias of 'layer': input shape dimension 0 mismatch",
    "layer",
    ...layer(view),
  );
});

test("Arrays for results in structures are rejected before the call", async () => {
  using loaded = load({ modules: [structures], device: "local-sync" });
  const layer = loaded.lookupFunction("layer");
  const wrong: Argument = { nonsense: 1 };
  const results = layer.with({ into: [new Float32Array(2), undefined] });
  const named = layer.with({ into: { output0: new Float32Array(2) } });
  const expected = "results in structures cannot be copied";
  assertThrows(() => results.compute(wrong), IreeError, expected);
  await assertRejects(() => results.computeAsync(wrong), IreeError, expected);
  await assertRejects(() => named.run({ a: wrong }), IreeError, expected);
});

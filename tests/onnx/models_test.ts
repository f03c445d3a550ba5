import { assertEquals } from "@std/assert";
import { Compiler } from "../../lib/compiler/mod.ts";
import { test } from "../support.ts";
import models from "./models.json" with { type: "json" };
import { tryModels } from "./model_case.ts";
import { COMPILER } from "./support.ts";

test("Operators and networks of ONNX's test data give the expected outputs", async () => {
  const chosen = [...models.operators, ...models.networks];
  await using one = await Compiler.open({ library: COMPILER });
  await using other = await Compiler.open({ library: COMPILER });
  const outcomes = await tryModels(chosen, [one, other]);
  assertEquals(outcomes.filter(({ result }) => result !== "passed"), []);
  assertEquals(outcomes.length, chosen.length);
});

test("At least 60 operators and 5 networks are tried, and those that fail have a reason", () => {
  const { operators, networks, unsupported } = models;
  assertEquals([operators.length >= 60, networks.length >= 5], [true, true]);
  const known = new Set([...operators, ...networks]);
  for (const { model, result, reason } of unsupported) {
    assertEquals(known.has(model), false, model);
    assertEquals(/^(?:unsupported|different)$/.test(result), true, model);
    assertEquals(reason === "", false, model);
  }
});

import { assertEquals, assertThrows } from "@std/assert";
import { hostModule, hostType, IreeError } from "../../mod.ts";
import { test } from "../support.ts";
import "./support.ts";

function refused(make: () => unknown, words: string): void {
  const error = assertThrows(make, IreeError, words);
  assertEquals(error.code, "INVALID_ARGUMENT");
}

const WRONG: readonly unknown[] = [null, undefined, 1, Symbol("s"), () => {}];

test("The name of a host module or type must be a string", () => {
  for (const name of [...WRONG, {}, ["host"]]) {
    refused(() => hostModule(name as string, {}), "name of a module must be");
    refused(() => hostType(name as string), "the name must be a string");
  }
});

test("The functions of a host module must be an object", () => {
  for (const functions of [...WRONG, [], "text"]) {
    refused(
      () => hostModule("host", functions as never),
      "functions must be an object of functions by name, got",
    );
  }
});

test("The types of a host module must be created by hostType", () => {
  for (const hostTypes of [null, 1, {}, "text"]) {
    const options = { hostTypes: hostTypes as never };
    refused(() => hostModule("host", {}, options), "must be an array");
  }
  const type = hostType("host.type");
  for (const it of [...WRONG, {}, new Proxy(type, {}), Object.create(type)]) {
    refused(
      () => hostModule("host", {}, { hostTypes: [it as never] }),
      "a host type must be made by hostType, got",
    );
  }
});

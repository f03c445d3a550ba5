/**
 * Specifies what this project uses of `@std/cli/parse-args`. It runs against the active set: the
 * package, or the stand-in with `--import-map=tests/offline/import_map.json`.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { parseArgs } from "@std/cli/parse-args";
import { assertType, type IsExact } from "@std/testing/types";

Deno.test("parseArgs recognizes flags by their form", () => {
  assertEquals<unknown>(
    parseArgs(["--a=1", "--b", "two", "--c", "-d", "3", "-efg", "x", "4", "-"]),
    { a: 1, b: "two", c: true, d: 3, e: true, f: true, g: "x", _: [4, "-"] },
  );
  assertEquals<unknown>(
    parseArgs(["-n5", "-o=p", "-I/usr", "--q=r=s", "-v", "-"]),
    {
      n: 5,
      o: "p",
      I: "/usr",
      q: "r=s",
      v: "-",
      _: [],
    },
  );
  assertEquals<unknown>(
    parseArgs(["--no-x", "0x10", "y", "1e3", " ", "Infinity"]),
    {
      "no-x": 16,
      _: ["y", 1000, " ", "Infinity"],
    },
  );
  assertEquals<unknown>(parseArgs(["-a-", "x", "-bc/d", "-e", "--f"]), {
    a: "-",
    b: true,
    c: "/d",
    e: true,
    f: true,
    _: ["x"],
  });
  assertEquals<unknown>(parseArgs([]), { _: [] });
});

Deno.test("parseArgs keeps string flags strings", () => {
  const flags = parseArgs(["--a=01", "--b", "02", "--c", "--d", "-e", "03"], {
    string: ["a", "b", "c", "e", "f"],
  });
  assertEquals<unknown>(flags, {
    a: "01",
    b: "02",
    c: "",
    d: true,
    e: "03",
    _: [],
  });
  assertEquals<unknown>(parseArgs(["1", "2"], { string: "_" })._, ["1", "2"]);
  assertEquals<unknown>(parseArgs(["--a", "--b=1"], { string: ["a", "b"] }), {
    a: "",
    b: "1",
    _: [],
  });
});

Deno.test("parseArgs reads boolean flags without a value", () => {
  const read = (...args: string[]) => parseArgs(args, { boolean: ["a", "b"] });
  assertEquals<unknown>(read(), { a: false, b: false, _: [] });
  assertEquals<unknown>(read("--a", "x"), { a: true, b: false, _: ["x"] });
  assertEquals<unknown>(read("--a=false", "--b=true"), {
    a: false,
    b: true,
    _: [],
  });
  assertEquals<unknown>(read("--a", "false", "-b", "true"), {
    a: false,
    b: true,
    _: [],
  });
  assertEquals<unknown>(read("-ab", "x"), { a: true, b: true, _: ["x"] });
  assertEquals<unknown>(parseArgs(["--a", "x", "-p", "1"], { boolean: true }), {
    a: true,
    p: 1,
    _: ["x"],
  });
});

Deno.test("parseArgs negates what is negatable", () => {
  const options = { boolean: ["a"], negatable: ["a"] } as const;
  assertEquals<unknown>(parseArgs(["--no-a"], options).a, false);
  assertEquals<unknown>(parseArgs(["--no-a", "--a"], options).a, true);
  assertEquals<unknown>(parseArgs(["--no-b"], options), {
    a: false,
    "no-b": true,
    _: [],
  });
  assertEquals<unknown>(
    parseArgs(["--no-a"], { ...options, default: { a: true } }).a,
    false,
  );
  assertEquals<unknown>(
    parseArgs(["--s=x", "--no-s"], { string: ["s"], negatable: ["s"] }).s,
    false,
  );
});

Deno.test("parseArgs collects values, or else keeps the last one", () => {
  const options = {
    string: ["module", "input"],
    boolean: ["v"],
    collect: ["module", "v", "n"],
  } as const;
  assertEquals<unknown>(
    parseArgs(
      ["--module=a", "--input=1", "--module", "b", "--input=2", "-vv"],
      options,
    ),
    { module: ["a", "b"], input: "2", v: [true, true], _: [] },
  );
  assertEquals<unknown>(parseArgs(["--n=1", "--n=x"], options), {
    module: [],
    v: [],
    n: [1, "x"],
    _: [],
  });
});

Deno.test("parseArgs sets a flag and its aliases alike", () => {
  const options = {
    string: ["out"],
    boolean: ["help"],
    collect: ["out"],
    alias: { help: "h", out: ["o", "output"] },
  } as const;
  assertEquals<unknown>(parseArgs(["-h", "-o", "1", "--output=2"], options), {
    help: true,
    h: true,
    out: ["1", "2"],
    o: ["1", "2"],
    output: ["1", "2"],
    _: [],
  });
  assertEquals<unknown>(parseArgs(["x"], options), {
    help: false,
    h: false,
    out: [],
    o: [],
    output: [],
    _: ["x"],
  });
});

Deno.test("parseArgs fills in defaults", () => {
  const options = {
    string: ["device"],
    boolean: ["color"],
    default: { device: "local", color: true, count: 3 },
    alias: { device: "d" },
  } as const;
  assertEquals<unknown>(parseArgs([], options), {
    device: "local",
    d: "local",
    color: true,
    count: 3,
    _: [],
  });
  assertEquals<unknown>(
    parseArgs(["-d", "x", "--color=false", "--count=4"], options),
    {
      device: "x",
      d: "x",
      color: false,
      count: 4,
      _: [],
    },
  );
});

Deno.test("parseArgs stops at -- and, if asked, at the first argument", () => {
  assertEquals<unknown>(parseArgs(["a", "--b", "--", "--c", "1"]), {
    b: true,
    _: ["a", "--c", "1"],
  });
  assertEquals<unknown>(parseArgs(["a", "--", "--c", "1"], { "--": true }), {
    _: ["a"],
    "--": ["--c", "1"],
  });
  assertEquals<unknown>(parseArgs([], { "--": true }), { _: [], "--": [] });
  assertEquals<unknown>(
    parseArgs(["--b=1", "run", "--c", "2"], { stopEarly: true }),
    { b: 1, _: ["run", "--c", "2"] },
  );
});

Deno.test("parseArgs passes unknown arguments to a callback", () => {
  const calls: unknown[][] = [];
  const flags = parseArgs(
    ["--a=1", "--x=2", "-y", "3", "--z", "pos", "keep", "--list=4"],
    {
      string: ["a"],
      boolean: ["z"],
      collect: ["list"],
      unknown: (arg, key, value) => {
        calls.push([arg, key, value]);
        return arg === "keep";
      },
    },
  );
  assertEquals(calls, [
    ["--x=2", "x", "2"],
    ["-y", "y", "3"],
    ["pos", undefined, undefined],
    ["keep", undefined, undefined],
  ]);
  assertEquals<unknown>(flags, { a: "1", z: true, list: [4], _: ["keep"] });

  const none = { boolean: true, alias: { v: "w" }, unknown: () => false };
  assertEquals<unknown>(parseArgs(["--a", "--b=1", "-c", "-w", "d"], none), {
    a: true,
    v: "d",
    w: "d",
    _: [],
  });
});

Deno.test("parseArgs nests dotted names and accepts empty values", () => {
  assertEquals<unknown>(parseArgs(["--a.b=1", "--a.c.d", "x"]), {
    a: { b: 1, c: { d: "x" } },
    _: [],
  });
  assertEquals<unknown>(parseArgs(["--a", ""], { string: ["a"] }), {
    a: "",
    _: [""],
  });
  assertEquals<unknown>(parseArgs(["--a="], { string: ["a"] }), {
    a: "",
    _: [],
  });
});

Deno.test("parseArgs infers its result's type from its options", () => {
  const flags = parseArgs(["--module=a"], {
    string: ["module", "device", "mode", "level"],
    collect: ["module"],
    boolean: ["help"],
    negatable: ["mode"],
    alias: { help: "h" },
    default: { level: "1" },
    "--": true,
  });
  assertType<IsExact<typeof flags.module, string[]>>(true);
  assertType<IsExact<typeof flags.device, string | undefined>>(true);
  assertType<IsExact<typeof flags.mode, string | false | undefined>>(true);
  assertType<IsExact<typeof flags.level, string>>(true);
  assertType<IsExact<typeof flags.help, boolean>>(true);
  assertType<IsExact<typeof flags.h, boolean>>(true);
  assertType<IsExact<typeof flags._, Array<string | number>>>(true);
  assertType<IsExact<(typeof flags)["--"], string[]>>(true);
  assertType<IsExact<typeof flags.other, unknown>>(true);
  assertEquals(flags.module.map((name) => name.toUpperCase()), ["A"]);
});

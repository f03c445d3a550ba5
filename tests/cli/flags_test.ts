import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import {
  FLAGFILE_HELP,
  type FlagTable,
  type FlagValues,
  formatFlags,
  parseFlags,
} from "../../lib/cli/common/flags.ts";
import { UsageError } from "../../lib/cli/common/usage_error.ts";
import { TemporaryFolder, test } from "../support.ts";

const TABLE = {
  input: { kind: "list", value: "VALUE", help: ["An argument."] },
  function: { kind: "text", value: "NAME", help: ["The function."] },
  module_mode: { kind: "choice", choices: ["preload", "mmap"], help: ["How."] },
  trace_execution: { kind: "boolean", help: ["Prints.", "A lot."] },
  flagfile: FLAGFILE_HELP,
} as const satisfies FlagTable;

const DEFAULTS = {
  input: [],
  function: undefined,
  module_mode: "preload",
  trace_execution: false,
  flagfile: undefined,
};

const MORE = {
  count: { kind: "integer", value: "COUNT", min: -1, max: 10, help: ["It."] },
  offset: { kind: "integer", value: "OFFSET", help: ["It."] },
  size: { kind: "number", value: "SIZE", min: 0, help: ["It."] },
  list_devices: { kind: "optional", value: "DRIVER", help: ["Lists."] },
  tracing: { kind: "boolean", default: "true", help: ["Traces."] },
  replay: {
    kind: "refused",
    default: "",
    help: ["replay is", "not supported"],
  },
  path: { kind: "refused", help: ["not supported"] },
} as const satisfies FlagTable;

function parse(...args: string[]): FlagValues<typeof TABLE> {
  return parseFlags(TABLE, args);
}

/** Asserts that arguments are wrong usage, with the given message. */
function assertRefused(args: string[], message: string): void {
  const error = assertThrows(() => parse(...args), UsageError);
  assertEquals(error.message, message);
}

test("Flags have their defaults without arguments", () => {
  assertEquals(parse(), DEFAULTS);
  // Calls do not share a list.
  parse().input.push("stale");
  assertEquals(parse(), DEFAULTS);
});

test("A list collects its values in order; for other flags the last one counts", () => {
  assertEquals(
    parse("--input=1", "--function=a", "--input=2", "--input=1"),
    { ...DEFAULTS, input: ["1", "2", "1"], function: "a" },
  );
  assertEquals(parse("--function=a", "--function=b").function, "b");
  assertEquals(
    parse("--module_mode=mmap", "--module_mode=preload").module_mode,
    "preload",
  );
  assertEquals(
    parse("--trace_execution", "--trace_execution=0").trace_execution,
    false,
  );
});

test("A value is everything after the first `=`, unchanged", () => {
  assertEquals(
    parse(
      "--input=4xf32=1 2",
      "--input=",
      "--input= 5 ",
      "--input=--input=1",
      "--input=#x",
      "--input=ä\n",
    ).input,
    ["4xf32=1 2", "", " 5 ", "--input=1", "#x", "ä\n"],
  );
  assertEquals(parse("--function=").function, "");
});

test("A boolean is true, false, 1, 0 or has no value", () => {
  for (const text of ["--trace_execution", "=true", "=1"]) {
    const arg = text.startsWith("=") ? `--trace_execution${text}` : text;
    assertEquals(parse(arg).trace_execution, true, arg);
  }
  for (const text of ["=false", "=0"]) {
    const args = ["--trace_execution", `--trace_execution${text}`];
    assertEquals(parse(...args).trace_execution, false, text);
  }
  for (const bad of ["maybe", "", "True", "yes", "2"]) {
    assertRefused(
      [`--trace_execution=${bad}`],
      `flag 'trace_execution' must be true or false, got '${bad}'`,
    );
  }
});

test("A choice is one of its values", () => {
  assertEquals(parse("--module_mode=mmap").module_mode, "mmap");
  for (const bad of ["bogus", "", "MMAP"]) {
    assertRefused(
      [`--module_mode=${bad}`],
      `unrecognized --module_mode= value '${bad}'; must be preload or mmap`,
    );
  }
});

test("- and _ in flag names are equivalent", () => {
  for (const name of ["module-mode", "module_mode"]) {
    assertEquals(parse(`--${name}=mmap`).module_mode, "mmap");
  }
  assertEquals(parse("--trace-execution=1").trace_execution, true);
  // In values they are not.
  assertEquals(parse("--function=a-b_c").function, "a-b_c");
});

test("A flag that needs a value does not consume the next argument", () => {
  assertRefused(
    ["--input", "3"],
    "flag 'input' needs a value: --input=VALUE",
  );
  assertRefused(
    ["--function"],
    "flag 'function' needs a value: --function=NAME",
  );
  assertRefused(
    ["--flagfile"],
    "flag 'flagfile' needs a value: --flagfile=FILE",
  );
  const error = assertThrows(() => parse("--module_mode"), UsageError);
  assertStringIncludes(error.message, "flag 'module_mode' needs a value");
});

test("Errors name unknown flags, including names that every object has", () => {
  for (const name of ["bogus", "toString", "__proto__", "i"]) {
    assertRefused([`--${name}=1`], `flag '${name}' not recognized`);
  }
});

test("An error about an unknown flag suggests a similar one", () => {
  for (
    const [name, known] of [
      ["inputs", "input"],
      ["Input", "input"],
      ["in-put", "input"],
      ["functoin", "function"],
      ["module-moed", "module_mode"],
      ["trace_excution", "trace_execution"],
    ]
  ) {
    assertRefused(
      [`--${name}=1`],
      `flag '${name}' not recognized; did you mean --${known}?`,
    );
  }
  // The same length alone is not similar.
  assertRefused(["--output=1"], "flag 'output' not recognized");
  const long = "input".repeat(20);
  assertRefused([`--${long}=1`], `flag '${long}' not recognized`);
});

test("Positional arguments are rejected", () => {
  for (const arg of ["stray", "", "-", "-x", "--", "--=1"]) {
    assertRefused(
      ["--input=1", arg],
      `unexpected argument '${arg}'; flags are --name=value`,
    );
  }
  assertRefused(
    ["-input=1"],
    "unexpected argument '-input=1'; did you mean --input?",
  );
});

test("A number must be within its limits", () => {
  const parseMore = (arg: string) => parseFlags(MORE, [arg]);
  assertEquals(parseFlags(MORE, []).count, undefined);
  assertEquals(parseMore("--count=-1").count, -1);
  assertEquals(parseMore("--count=+10").count, 10);
  assertEquals(parseMore("--offset=-9007199254740991").offset, -(2 ** 53 - 1));
  for (const [text, size] of [["0", 0], ["1e-5", 1e-5], [".5", 0.5]] as const) {
    assertEquals(parseMore(`--size=${text}`).size, size);
  }
  for (const bad of ["-2", "11", "1.5", "0x1", "", "many", "1e1", " 1"]) {
    assertThrows(
      () => parseMore(`--count=${bad}`),
      UsageError,
      `flag 'count' must be an integer from -1 to 10, got '${bad}'`,
    );
  }
  for (const bad of ["-1", "nan", "inf", "1,5", ""]) {
    assertThrows(
      () => parseMore(`--size=${bad}`),
      UsageError,
      `flag 'size' must be a number from 0, got '${bad}'`,
    );
  }
  assertThrows(
    () => parseMore("--offset=9007199254740993"),
    UsageError,
    "flag 'offset' must be an integer, got",
  );
});

test("An optional value is undefined when the flag has none", () => {
  assertEquals(parseFlags(MORE, []).list_devices, undefined);
  assertEquals(parseFlags(MORE, ["--list_devices"]).list_devices, "");
  assertEquals(parseFlags(MORE, ["--list-devices=a"]).list_devices, "a");
  assertStringIncludes(formatFlags(MORE), "--list_devices[=DRIVER]\n");
});

test("A boolean can default to true", () => {
  assertEquals(parseFlags(MORE, []).tracing, true);
  assertEquals(parseFlags(MORE, ["--tracing=false"]).tracing, false);
});

test("A flag without effect accepts only its neutral value", () => {
  for (const arg of ["--replay=", '--replay=""']) parseFlags(MORE, [arg]);
  assertThrows(
    () => parseFlags(MORE, ["--replay=file"]),
    UsageError,
    "flag 'replay' is rejected: replay is not supported",
  );
  for (const arg of ["--path=", "--path", "--path=a"]) {
    assertThrows(() => parseFlags(MORE, [arg]), UsageError, "is rejected");
  }
});

test("Quotes around a value are removed, except in lists", () => {
  assertEquals(parse('--function="a b"').function, "a b");
  assertEquals(parse('--function=""').function, "");
  assertEquals(parse('--function="').function, '"');
  assertEquals(parse('--module_mode="mmap"').module_mode, "mmap");
  assertEquals(parse('--input="a"').input, ['"a"']);
});

test("Positional arguments are collected where a command accepts them", () => {
  const operands: string[] = [];
  const { input } = parseFlags(
    TABLE,
    ["a.vmfb", "--input=1", "-", "", "--input=2"],
    (argument) => operands.push(argument),
  );
  assertEquals(operands, ["a.vmfb", "-", ""]);
  assertEquals(input, ["1", "2"]);
  assertThrows(
    () => parseFlags(TABLE, ["-x"], () => {}),
    UsageError,
    "unexpected argument '-x'",
  );
});

test("The help lists each flag with its values", () => {
  const { input, module_mode, trace_execution } = TABLE;
  assertEquals(
    formatFlags({ input, module_mode, trace_execution }),
    "  --input=VALUE\n      An argument.\n" +
      "  --module_mode=preload|mmap\n      How.\n" +
      "  --trace_execution\n      Prints.\n      A lot.\n",
  );
});

test("A flag file's lines count where the file is named", () => {
  using folder = new TemporaryFolder();
  const file = folder.join("some.flags");
  Deno.writeTextFileSync(file, "--input=2\n--function=file\n--input=3\n");
  const flagfile = `--flagfile=${file}`;
  assertEquals(
    parse("--input=1", "--function=before", flagfile, "--input=4"),
    { ...DEFAULTS, input: ["1", "2", "3", "4"], function: "file" },
  );
  assertEquals(parse(flagfile, "--function=after").function, "after");
  assertEquals(parse(flagfile, flagfile).input, ["2", "3", "2", "3"]);
});

test("A flag file may have comments, blank lines, indentation and CRLF", () => {
  using folder = new TemporaryFolder();
  const file = folder.join("some.flags");
  Deno.writeTextFileSync(
    file,
    "# a comment\r\n\r\n  // another\r\n\t--input=1 2 # not one \r\n   \n" +
      "--trace-execution\r\n#--input=3\n--input=4",
  );
  assertEquals(
    parse(`--flagfile=${file}`),
    { ...DEFAULTS, input: ["1 2 # not one", "4"], trace_execution: true },
  );
  Deno.writeTextFileSync(file, "");
  assertEquals(parse(`--flagfile=${file}`), DEFAULTS);
});

test("Flag files include others, in order", () => {
  using folder = new TemporaryFolder();
  const [outer, inner] = [folder.join("outer"), folder.join("inner")];
  Deno.writeTextFileSync(inner, "--input=2\n");
  Deno.writeTextFileSync(
    outer,
    `--input=1\n--flagfile=${inner}\n--input=3\n--flagfile=${inner}\n`,
  );
  assertEquals(parse(`--flagfile=${outer}`).input, ["1", "2", "3", "2"]);
});

test("Flag files nest sixteen deep, and deeper nesting throws", () => {
  using folder = new TemporaryFolder();
  for (let depth = 1; depth <= 17; depth++) {
    Deno.writeTextFileSync(
      folder.join(`${depth}`),
      depth === 17
        ? "--input=deep\n"
        : `--flagfile=${folder.join(`${depth + 1}`)}\n`,
    );
  }
  assertEquals(parse(`--flagfile=${folder.join("2")}`).input, ["deep"]);
  const error = assertThrows(
    () => parse(`--flagfile=${folder.join("1")}`),
    UsageError,
    `flag file '${folder.join("17")}' is nested too deep`,
  );
  assertStringIncludes(error.message, `${folder.join("16")}:1: `);
});

test("A flag file that includes itself is rejected", () => {
  using folder = new TemporaryFolder();
  const file = folder.join("self");
  Deno.writeTextFileSync(file, `--input=1\n--flagfile=${file}\n`);
  assertThrows(
    () => parse(`--flagfile=${file}`),
    UsageError,
    `flag file '${file}' is nested too deep`,
  );
});

test("Errors in a flag file name the file and line", () => {
  using folder = new TemporaryFolder();
  const [outer, inner] = [folder.join("outer"), folder.join("inner")];
  Deno.writeTextFileSync(inner, "# one\n\n--bogus=1\n");
  Deno.writeTextFileSync(outer, `--input=1\n--flagfile=${inner}\n`);
  const flagfile = `--flagfile=${outer}`;
  assertRefused(
    [flagfile],
    `${outer}:2: ${inner}:3: flag 'bogus' not recognized`,
  );
  Deno.writeTextFileSync(outer, "stray\r\n");
  assertRefused(
    [flagfile],
    `${outer}:1: unexpected argument 'stray'; flags are --name=value`,
  );
  Deno.writeTextFileSync(outer, "\n--trace_execution=maybe");
  assertRefused(
    [flagfile],
    `${outer}:2: flag 'trace_execution' must be true or false, got 'maybe'`,
  );
});

test("An unreadable flag file's error names the file and where it is included", () => {
  using folder = new TemporaryFolder();
  const [outer, missing] = [folder.join("outer"), folder.join("missing")];
  Deno.writeTextFileSync(outer, `--flagfile=${missing}\n`);
  for (const path of [missing, folder.path, ""]) {
    const error = assertThrows(() => parse(`--flagfile=${path}`), UsageError);
    assertStringIncludes(error.message, `flag file '${path}' cannot be read: `);
  }
  assertThrows(
    () => parse(`--flagfile=${outer}`),
    UsageError,
    `${outer}:1: flag file '${missing}' cannot be read: `,
  );
});

// `iree tokenize` and `iree-tokenize` side by side: byte for byte. The tool is
// built from IREE's sources, over the library under test.

import { assert, assertEquals } from "@std/assert";
import { dirname, join } from "@std/path";
import { ireeSource } from "../../conformance/vm_programs.ts";
import {
  cached,
  execute,
  iree,
  LIBRARY,
  mustRun,
  SDK,
  TemporaryFolder,
  test,
} from "../../support.ts";
import {
  byteTokenizer,
  fallbackTokenizer,
  fileOf,
  pieceTokenizer,
  tiktokenFile,
  wordTokenizer,
} from "../../tokenizer/made_tokenizers.ts";
import { compareTool, type ToolCase } from "./tool_case.ts";

/** Builds `iree-tokenize`. */
async function buildTool(): Promise<string> {
  const root = await ireeSource();
  const source = join(root, "tools/iree-tokenize-main.c");
  const inputs = [await Deno.readTextFile(source), LIBRARY];
  return await cached("iree-tokenize", inputs, async (target) => {
    const flags = await mustRun(
      "pkg-config",
      ["--cflags", "iree-runtime"],
      { env: { PKG_CONFIG_PATH: join(SDK, "lib/pkgconfig") } },
    );
    await mustRun("cc", [
      source,
      ...flags.trim().split(/\s+/),
      `-I${root}/runtime/src`,
      LIBRARY,
      `-Wl,-rpath,${dirname(LIBRARY)}`,
      ...["-o", target],
    ]);
  });
}

const TEXTS = [
  "hello world",
  "Hello, WORLDS!",
  "",
  " ",
  "  hello  world ",
  "ünï 日本 😀",
  'quotes " and \\ and \t and \n',
  "hello<|end|>world[SEP]<s>",
  "a".repeat(2000),
];

const TOKENIZERS = ["bytes", "words", "pieces", "fallback", "tiktoken"];

const CASES: readonly ToolCase[] = [
  ...TOKENIZERS.flatMap((name): ToolCase[] => [
    ...TEXTS.flatMap((text): ToolCase[] => [
      { args: [`--tokenizer=$${name}`, text] },
      { args: [`--tokenizer=$${name}`, "--json", text] },
      { args: [`--tokenizer=$${name}`, "--offsets", "--special=false", text] },
    ]),
    { args: [`--tokenizer=$${name}`, "--info"] },
    {
      args: [`--tokenizer=$${name}`, "--match_special=false", "a<|end|>[SEP]"],
    },
    { args: [`--tokenizer=$${name}`, "--decode", "4,5,6,100,7"] },
    { args: [`--tokenizer=$${name}`, "--decode", "--json", "4, 5 ,\t6 99"] },
    {
      args: [`--tokenizer=$${name}`, "--decode", "--decode_special", "2,4,3,1"],
    },
    { args: [`--tokenizer=$${name}`, "--decode", ""] },
    { args: [`--tokenizer=$${name}`, "--decode", "-1,99999,4"] },
  ]),
  { args: ["--tokenizer=$bytes", "--max_length=1", "hello world"] },
  { args: ["--tokenizer=$bytes", "--max_length=0", "hello world"] },
  {
    args: ["--tokenizer=$bytes", "--max_length=9", "--json", "--offsets", "hi"],
  },
  { args: ["--tokenizer=$bytes", "--json_string", '"h\\u00fc\\n\\"x"'] },
  { args: ["--tokenizer=$bytes", "--json_string", "\\ud83d\\ude00 x"] },
  { args: ["--tokenizer=$tiktoken", "--encoding=r50k_base", "hello 1234"] },
  { args: ["--tokenizer=$tiktoken", "--encoding=no_such", "hello"] },
  { args: ["--tokenizer=$words", "--encoding=ignored", "hello"] },
  { args: ["--tokenizer=$missing", "hello"] },
  { args: ["--tokenizer=$broken", "hello"] },
  { args: ["--tokenizer=$bytes", "--decode", "1,x"] },
  { args: ["--tokenizer=$bytes", "--benchmark=batch", "x"] },
  {
    args: ["hello"],
    because: "wrong usage has its own exit status",
    exit: 2,
  },
  {
    args: ["--tokenizer=$bytes"],
    because: "wrong usage has its own exit status",
    exit: 2,
  },
  {
    args: ["--tokenizer=$bytes", "--unknown", "x"],
    because: "wrong usage has its own exit status",
    exit: 2,
  },
  {
    args: ["--tokenizer=$bytes", "--decode", "--json_string", "1"],
    because: "wrong usage has its own exit status",
    exit: 2,
  },
  {
    args: ["--tokenizer=$bytes", "hello", "world"],
    because: "nothing is ignored",
    exit: 2,
  },
  {
    args: ["--tokenizer=$bytes", "x".repeat(9000)],
    because: "iree-tokenize prints at most 8192 tokens",
  },
];

/** Flags and stdin. */
const STDIN: readonly (readonly [flags: string[], stdin: string])[] = [
  [["--batch"], "hello\nworld, ü\n\n last"],
  [["--batch", "--json"], "hello\r\nworld\n"],
  [["--batch", "--decode"], "4,5\n\n6\n"],
  [["--batch"], ""],
  [["--stream"], "hello world\nhello <|end|> ünï 日本 😀\n"],
  [["--stream", "--json"], "hello world ".repeat(100)],
  [["--stream", "--special=false"], "hello"],
  [["--stream"], ""],
  [["--stream", "--json"], ""],
];

async function makeFiles(
  folder: TemporaryFolder,
): Promise<Record<string, string>> {
  const files: Record<string, string> = {
    missing: folder.join("missing.json"),
  };
  const contents: Record<string, Uint8Array<ArrayBuffer>> = {
    bytes: fileOf(byteTokenizer()),
    words: fileOf(wordTokenizer()),
    pieces: fileOf(pieceTokenizer()),
    fallback: fileOf(fallbackTokenizer()),
    tiktoken: tiktokenFile(),
    broken: new TextEncoder().encode('{"model": 5}'),
  };
  for (const [name, bytes] of Object.entries(contents)) {
    const file = name === "tiktoken" ? "cl100k_base.tiktoken" : `${name}.json`;
    files[name] = folder.join(file);
    await Deno.writeFile(files[name], bytes);
  }
  return files;
}

// Sanitized runs leave these out: the tool would load the sanitizer too late.
const compared = Deno.env.has("DEV_SANITIZE") ? Deno.test.ignore : test;

compared("iree tokenize prints what iree-tokenize prints", async () => {
  using folder = new TemporaryFolder();
  const files = await makeFiles(folder);
  const tool = await buildTool();
  // The number in docs/coming-from.md.
  assert(CASES.length > 150, `${CASES.length}`);
  const problems: string[] = [];
  for (const it of CASES) {
    const problem = await compareTool(tool, ["tokenize"], it, files);
    if (problem !== undefined) problems.push(problem.slice(0, 1000));
  }
  assertEquals(problems, []);
});

compared(
  "iree tokenize reads what iree-tokenize reads from stdin",
  async () => {
    using folder = new TemporaryFolder();
    const files = await makeFiles(folder);
    const tool = await buildTool();
    for (const name of ["bytes", "words", "pieces"]) {
      const args = [`--tokenizer=${files[name]}`];
      // Starting Deno takes longer than the tool.
      for (
        const [flags, text] of name === "bytes" ? STDIN : STDIN.slice(4, 5)
      ) {
        const stdin = new TextEncoder().encode(text);
        const options = { stdin };
        const theirs = await execute(tool, [...args, ...flags], options);
        const ours = await iree(["tokenize", ...args, ...flags], options);
        const line = `${name} ${flags.join(" ")}`;
        assertEquals(
          [ours.code, ours.stdout],
          [theirs.code, theirs.stdout],
          line,
        );
      }
    }
  },
);

compared("iree tokenize measures all that iree-tokenize measures", async () => {
  using folder = new TemporaryFolder();
  const { bytes } = await makeFiles(folder);
  for (const mode of ["oneshot", "stream", "decode"]) {
    const { code, stdout } = await iree([
      "tokenize",
      `--tokenizer=${bytes}`,
      `--benchmark=${mode}`,
      "--benchmark_iterations=3",
      "--benchmark_chunk_size=2",
      "--json",
      "hello world",
    ]);
    assertEquals(code, 0);
    const report = JSON.parse(stdout);
    assertEquals(
      [report.mode, report.iterations, report.total_input_bytes],
      [mode, 3, 33],
    );
    assertEquals(report.total_tokens, 6);
    assert(report.min_ns <= report.avg_ns && report.avg_ns <= report.max_ns);
  }
});

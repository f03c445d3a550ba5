import { IreeError } from "../../../mod.ts";
import { type TiktokenEncoding, Tokenizer } from "../../tokenizer/mod.ts";
import type { Command, CommandStatus } from "../common/command.ts";
import {
  FLAGFILE_HELP,
  type FlagValues,
  formatFlags,
  parseFlags,
} from "../common/flags.ts";
import { printHelp } from "../common/terminal.ts";
import { UsageError } from "../common/usage_error.ts";
import { runTokenizerBenchmark } from "./benchmark.ts";
import { formatText, formatTokens, parseIds, printLine } from "./format.ts";
import { readLines, streamTokens } from "./stdin.ts";

const FLAGS = {
  tokenizer: {
    kind: "text",
    value: "FILE",
    default: "",
    help: [
      "The tokenizer: a tokenizer.json of Hugging Face, or a .tiktoken file of",
      "OpenAI.",
    ],
  },
  encoding: {
    kind: "text",
    value: "NAME",
    default: "",
    help: [
      "Encoding of a .tiktoken file, such as cl100k_base; by default, the file's",
      "name.",
    ],
  },
  special: {
    kind: "boolean",
    default: "true",
    help: ["Adds special tokens, such as [CLS] and [SEP]."],
  },
  match_special: {
    kind: "boolean",
    default: "true",
    help: ["Recognizes special tokens in the text."],
  },
  offsets: {
    kind: "boolean",
    help: ["Prints the byte range of each token in the text."],
  },
  max_length: {
    kind: "integer",
    value: "N",
    min: 0,
    help: ["Prints at most N tokens; 0 prints all."],
  },
  decode: { kind: "boolean", help: ["Prints the text of ids instead."] },
  decode_special: {
    kind: "boolean",
    help: ["Also prints the text of special tokens."],
  },
  json: { kind: "boolean", help: ["Prints JSON."] },
  json_string: {
    kind: "boolean",
    help: ["Reads TEXT as a JSON string, with or without quotes."],
  },
  batch: {
    kind: "boolean",
    help: ["Encodes or decodes each line of stdin."],
  },
  stream: {
    kind: "boolean",
    help: ["Encodes stdin as one text, as it arrives."],
  },
  info: { kind: "boolean", help: ["Describes the tokenizer as JSON."] },
  benchmark: {
    kind: "text",
    value: "oneshot|stream|decode",
    default: "",
    help: ["Measures how long TEXT takes."],
  },
  benchmark_iterations: {
    kind: "integer",
    value: "N",
    min: 1,
    help: ["Number of measured repetitions; 100 by default."],
  },
  benchmark_warmup: {
    kind: "integer",
    value: "N",
    min: 0,
    help: ["Number of repetitions before measuring; 5 by default."],
  },
  benchmark_chunk_size: {
    kind: "integer",
    value: "BYTES",
    min: 1,
    help: ["Length of a stream's parts; 4096 by default."],
  },
  flagfile: FLAGFILE_HELP,
  help: { kind: "boolean", help: ["Prints this help."] },
} as const;

/** Values of the command's flags. */
type TokenizeFlags = FlagValues<typeof FLAGS>;

const HELP =
  `Turns text into the tokens of a language model, or tokens into text.

Usage: iree tokenize --tokenizer=FILE [FLAGS] TEXT
       iree tokenize --tokenizer=FILE --decode [FLAGS] IDS

Prints token ids separated by commas. IDS are numbers separated by commas or
spaces. The file's truncation and padding do not apply.

Flags (- and _ in their names are the same):
${formatFlags(FLAGS)}
Exit status: 0 on success, 1 on failure, 2 for wrong usage.

Examples:
  iree tokenize --tokenizer=tokenizer.json "hello, world"
  iree tokenize --tokenizer=tokenizer.json --decode 101,7592,102
  iree tokenize --tokenizer=cl100k_base.tiktoken --json --offsets "hello"
  cat large.txt | iree tokenize --tokenizer=tokenizer.json --stream
  iree run --module=model.vmfb \\
      --input="1x6xi64=$(iree tokenize --tokenizer=tokenizer.json 'hello')"
`;

/** `iree tokenize`. */
export const TOKENIZE: Command = {
  summary: "turns text into tokens, and tokens into text",
  flags: FLAGS,
  run,
};

async function run(args: readonly string[]): Promise<CommandStatus> {
  const texts: string[] = [];
  const flags = parseFlags(FLAGS, args, (argument) => texts.push(argument));
  if (flags.help) {
    printHelp(HELP);
    return;
  }
  const { tokenizer: path, encoding } = flags;
  if (path === undefined) {
    throw new UsageError("no tokenizer; give --tokenizer=FILE");
  }
  const [text, ...others] = texts;
  if (others.length > 0) {
    throw new UsageError(`unexpected argument '${others[0]}'; give one text`);
  }
  checkFlags(flags);
  const isTiktoken = path.endsWith(".tiktoken");
  using tokenizer = Tokenizer.fromFile(path, {
    encoding: isTiktoken ? encoding as TiktokenEncoding : undefined,
  });
  if (flags.info) {
    printLine(describe(tokenizer));
  } else if (flags.benchmark !== undefined) {
    const measured = readText(need(text), flags);
    runTokenizerBenchmark(tokenizer, measured, flags.benchmark, flags);
  } else if (flags.stream) {
    await streamTokens(tokenizer, flags);
  } else if (flags.batch) {
    for await (const line of readLines()) {
      printLine(answer(tokenizer, line, flags));
    }
  } else {
    printLine(answer(tokenizer, readText(need(text), flags), flags));
  }
}

function need(text: string | undefined): string {
  if (text !== undefined) return text;
  throw new UsageError("no text; give one, or --batch or --stream for stdin");
}

function checkFlags(flags: TokenizeFlags): void {
  const reject = (first: string, second: string) => {
    throw new UsageError(`--${first} does not work with --${second}`);
  };
  if (flags.json_string) {
    if (flags.batch) reject("json_string", "batch");
    if (flags.stream) reject("json_string", "stream");
    if (flags.decode) reject("json_string", "decode");
  }
  if (flags.stream && flags.decode) reject("stream", "decode");
}

function readText(text: string, { json_string }: TokenizeFlags): string {
  if (!json_string) return text;
  const quoted = /^".*"$/s.test(text) && text.length > 1 ? text : `"${text}"`;
  try {
    return JSON.parse(quoted);
  } catch (cause) {
    throw new IreeError("INVALID_ARGUMENT", "the text is not a JSON string", {
      cause,
    });
  }
}

function answer(
  tokenizer: Tokenizer,
  text: string,
  flags: TokenizeFlags,
): string {
  if (flags.decode) {
    const specialTokens = flags.decode_special;
    const decoded = tokenizer.decode(parseIds(text), { specialTokens });
    return formatText(decoded, flags.json);
  }
  const { ids, offsets } = tokenizer.encode(text, {
    specialTokens: flags.special,
    matchSpecialTokens: flags.match_special,
    offsets: flags.offsets ? "bytes" : false,
    truncation: false,
    padding: false,
  });
  const count = flags.max_length || ids.length;
  return formatTokens(
    [...ids.subarray(0, count)],
    offsets?.slice(0, count),
    flags.json,
  );
}

function describe(tokenizer: Tokenizer): string {
  const { specialIds } = tokenizer;
  const facts: Record<string, number | string> = {
    vocab_size: tokenizer.idLimit,
    model_type: tokenizer.modelType,
  };
  if (tokenizer.mergeCount > 0) facts.merge_count = tokenizer.mergeCount;
  for (
    const name of ["bos", "eos", "unk", "pad", "cls", "sep", "mask"] as const
  ) {
    const id = specialIds[name];
    if (id !== undefined) facts[`${name}_id`] = id;
  }
  return JSON.stringify(facts);
}

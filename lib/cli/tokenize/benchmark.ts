import { IreeError } from "../../../mod.ts";
import type { Tokenizer } from "../../tokenizer/mod.ts";
import { printLine } from "./format.ts";

/** How time is measured. */
export interface TokenizeBenchmarkFlags {
  /** Whether to add special tokens. */
  readonly special: boolean;
  /** Whether to recognize special tokens. */
  readonly match_special: boolean;
  /** Whether special tokens become text. */
  readonly decode_special: boolean;
  /** Whether to print JSON. */
  readonly json: boolean;
  /** Number of measured repetitions. */
  readonly benchmark_iterations: number | undefined;
  /** Number of repetitions before them. */
  readonly benchmark_warmup: number | undefined;
  /** Length of the parts of a stream in bytes. */
  readonly benchmark_chunk_size: number | undefined;
}

/** The work of a repetition; returns the bytes and tokens it went through. */
type Work = () => { readonly bytes: number; readonly tokens: number };

/**
 * Measures how long it takes to encode or decode a text.
 *
 * @param tokenizer The tokenizer.
 * @param text The text.
 * @param mode The mode: oneshot, stream or decode.
 * @param flags How often.
 */
export function runTokenizerBenchmark(
  tokenizer: Tokenizer,
  text: string,
  mode: string,
  flags: TokenizeBenchmarkFlags,
): void {
  const work = workOf(tokenizer, text, mode, flags);
  const { benchmark_iterations = 100, benchmark_warmup = 5, json } = flags;
  for (let i = 0; i < benchmark_warmup; i++) work();
  const measured = measure(work, benchmark_iterations);
  const report = { mode, iterations: benchmark_iterations, ...measured };
  if (json) printLine(JSON.stringify(report));
  else console.error(formatReport(report));
}

function workOf(
  tokenizer: Tokenizer,
  text: string,
  mode: string,
  flags: TokenizeBenchmarkFlags,
): Work {
  const bytes = new TextEncoder().encode(text);
  const options = {
    specialTokens: flags.special,
    matchSpecialTokens: flags.match_special,
  };
  const whole = { ...options, truncation: false, padding: false } as const;
  if (mode === "oneshot") {
    return () => ({
      bytes: bytes.length,
      tokens: tokenizer.encode(text, whole).ids.length,
    });
  }
  if (mode === "stream") {
    const parts = cut(bytes, flags.benchmark_chunk_size ?? 4096);
    return () => {
      using encoder = tokenizer.encoder(options);
      const tokens = parts.reduce(
        (sum, part) => sum + encoder.push(part).length,
        0,
      );
      return { bytes: bytes.length, tokens: tokens + encoder.finish().length };
    };
  }
  if (mode === "decode") {
    const { ids } = tokenizer.encode(text, whole);
    const specialTokens = flags.decode_special;
    const decoded = tokenizer.decode(ids, { specialTokens });
    const byteLength = new TextEncoder().encode(decoded).length;
    return () => {
      tokenizer.decode(ids, { specialTokens });
      return { bytes: byteLength, tokens: ids.length };
    };
  }
  throw new IreeError(
    "INVALID_ARGUMENT",
    `benchmark must be oneshot, stream or decode, got '${mode}'`,
  );
}

function cut(bytes: Uint8Array<ArrayBuffer>, length: number): string[] {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  const parts: string[] = [];
  for (let at = 0; at < bytes.length; at += length) {
    const part = bytes.subarray(at, at + length);
    parts.push(decoder.decode(part, { stream: true }));
  }
  return parts;
}

interface Measured {
  readonly total_input_bytes: number;
  readonly total_tokens: number;
  readonly min_ns: number;
  readonly avg_ns: number;
  readonly max_ns: number;
  readonly tokens_per_sec: number;
  readonly mb_per_sec: number;
}

function measure(work: Work, iterations: number): Measured {
  let bytes = 0;
  let tokens = 0;
  const times: number[] = [];
  for (let i = 0; i < iterations; i++) {
    const start = performance.now();
    const done = work();
    times.push((performance.now() - start) * 1e6);
    bytes += done.bytes;
    tokens += done.tokens;
  }
  const total = times.reduce((sum, time) => sum + time, 0);
  const round = (value: number, digits: number) =>
    Number(value.toFixed(digits));
  return {
    total_input_bytes: bytes,
    total_tokens: tokens,
    min_ns: round(Math.min(...times), 0),
    avg_ns: round(total / iterations, 0),
    max_ns: round(Math.max(...times), 0),
    tokens_per_sec: round(tokens / (total / 1e9), 1),
    mb_per_sec: round(bytes / (total / 1e9) / 1e6, 3),
  };
}

function formatReport(
  { mode, iterations, ...it }: Measured & {
    readonly mode: string;
    readonly iterations: number;
  },
): string {
  return [
    `Benchmark: ${mode}`,
    `  Iterations:    ${iterations}`,
    `  Input bytes:   ${it.total_input_bytes} total`,
    `  Tokens:        ${it.total_tokens} total`,
    `  Latency (ns):  min=${it.min_ns} avg=${it.avg_ns} max=${it.max_ns}`,
    `  Throughput:    ${it.tokens_per_sec.toFixed(1)} tokens/sec, ` +
    `${it.mb_per_sec.toFixed(3)} MB/sec`,
  ].join("\n");
}

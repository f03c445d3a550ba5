import { IreeError } from "../../../mod.ts";
import type { Offset } from "../../tokenizer/mod.ts";
import { printBytes } from "../common/write_file.ts";

const encoder = new TextEncoder();

/**
 * Prints text to stdout.
 *
 * @param text The text.
 */
export function printText(text: string): void {
  printBytes(encoder.encode(text));
}

/**
 * Prints a line to stdout.
 *
 * @param text The line.
 */
export function printLine(text: string): void {
  printText(`${text}\n`);
}

/**
 * Formats tokens as `iree-tokenize` does.
 *
 * @param ids Their ids.
 * @param offsets Their offsets, if asked for.
 * @param json Whether to format JSON.
 */
export function formatTokens(
  ids: readonly number[],
  offsets: readonly Offset[] | undefined,
  json: boolean,
): string {
  if (json) return JSON.stringify({ ids, offsets });
  return ids.map((id, at) => {
    const offset = offsets?.[at];
    return offset === undefined ? `${id}` : `${id}[${offset.join(":")}]`;
  }).join(",");
}

/**
 * Formats decoded text.
 *
 * @param text The text.
 * @param json Whether to format JSON.
 */
export function formatText(text: string, json: boolean): string {
  return json ? JSON.stringify({ text }) : text;
}

/**
 * Parses ids with commas, spaces or tabs between them.
 *
 * @param text The ids.
 * @returns The ids; negative ones are left out, since no token has them.
 */
export function parseIds(text: string): number[] {
  const ids: number[] = [];
  for (let rest = text.replace(/^[ \t]+/, ""); rest !== "";) {
    const match = /^(-?)(\d+)[ \t]*,?[ \t]*/.exec(rest);
    if (match === null) {
      throw new IreeError(
        "INVALID_ARGUMENT",
        `ids must be numbers with commas between them, got '${text}'`,
      );
    }
    const [whole, sign, digits] = match;
    if (sign === "" && Number(digits) <= 0xffffffff) ids.push(Number(digits));
    rest = rest.slice(whole.length);
  }
  return ids;
}

import type { Bytes } from "../../ffi/base/typed_array.ts";
import { readJsonMember } from "../../ffi/tokenizer.ts";
import { IreeError } from "../base/error.ts";
import {
  type CheckedPadding,
  type CheckedTruncation,
  checkPadding,
  checkTruncation,
  type LengthSettings,
  type Side,
  unknownSetting,
} from "./options.ts";

// IREE reads everything of a tokenizer.json but the length of texts.

/**
 * Reads how long a `tokenizer.json` makes its texts.
 *
 * @param bytes The file.
 */
export function readLengthSettings(bytes: Bytes): LengthSettings {
  return {
    truncation: toTruncation(readMember(bytes, "truncation")),
    padding: toPadding(readMember(bytes, "padding")),
  };
}

type Member = Readonly<Record<string, unknown>>;

function readMember(bytes: Bytes, name: string): Member | undefined {
  const text = readJsonMember(bytes, name);
  if (text === "") return undefined;
  const value = parse(name, text);
  if (value === null) return undefined;
  if (typeof value === "object" && !Array.isArray(value)) {
    return value as Member;
  }
  throw new IreeError("INVALID_ARGUMENT", `${name} must be an object`);
}

function parse(name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new IreeError("INVALID_ARGUMENT", `${name} must be JSON`, { cause });
  }
}

function toTruncation(
  member: Member | undefined,
): CheckedTruncation | undefined {
  if (member === undefined) return undefined;
  const { max_length, direction, strategy } = member;
  return checkTruncation({
    maxLength: max_length as number,
    direction: toSide(direction),
    strategy: toStrategy(strategy),
  });
}

const STRATEGIES: Readonly<Record<string, CheckedTruncation["strategy"]>> = {
  LongestFirst: "longest-first",
  OnlyFirst: "only-first",
  OnlySecond: "only-second",
};

function toStrategy(value: unknown): CheckedTruncation["strategy"] {
  const name = value === undefined ? "LongestFirst" : `${value}`;
  if (Object.hasOwn(STRATEGIES, name)) return STRATEGIES[name]!;
  throw unknownSetting(`the truncation strategy '${name}'`);
}

function toPadding(member: Member | undefined): CheckedPadding | undefined {
  if (member === undefined) return undefined;
  const { strategy, direction, pad_to_multiple_of, pad_id, pad_type_id } =
    member;
  return checkPadding({
    length: toFixedLength(strategy),
    multipleOf: (pad_to_multiple_of ?? undefined) as number | undefined,
    direction: toSide(direction),
    id: pad_id as number | undefined,
    typeId: pad_type_id as number | undefined,
  });
}

// "BatchLongest" or { "Fixed": 128 }
function toFixedLength(strategy: unknown): number | undefined {
  if (strategy === undefined || strategy === "BatchLongest") return undefined;
  const fixed = (strategy as { Fixed?: unknown } | null)?.Fixed;
  if (typeof fixed === "number") return fixed;
  throw unknownSetting("a padding strategy that is not BatchLongest or Fixed");
}

function toSide(value: unknown): Side {
  if (value === undefined || value === "Right") return "right";
  if (value === "Left") return "left";
  throw unknownSetting("a direction that is not Left or Right");
}

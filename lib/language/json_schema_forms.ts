import { FORMATS } from "./json_formats.ts";
import {
  countOf,
  type TakeKeyword,
  unsupported,
  wrong,
} from "./json_schema_errors.ts";
import { numberPattern, type NumberRange } from "./number_pattern.ts";
import { UnsupportedPattern } from "./parse_pattern.ts";
import { patternForm } from "./pattern_form.ts";
import { lengthForm, type TextForm } from "./text_form.ts";

/** The form of a string or of a number. */
export interface SchemaForm {
  readonly form: TextForm;
  /** Differs from that of every other form. */
  readonly content: string;
}

/**
 * Reads the keywords of a string.
 *
 * @param take Takes a keyword.
 * @param at The place of the schema.
 * @returns Its form; undefined for any string.
 */
export function readString(
  take: TakeKeyword,
  at: string,
): SchemaForm | undefined {
  const least = countOf(take("minLength") ?? 0, `${at}.minLength`);
  const most = countOf(take("maxLength") ?? Infinity, `${at}.maxLength`);
  if (least > most) throw wrong(`${at}.maxLength`, `at least ${least}`, most);
  const pattern = take("pattern");
  const format = take("format");
  const names = [
    ...(pattern === undefined ? [] : ["pattern"]),
    ...(format === undefined ? [] : ["format"]),
    ...(least > 0 || most < Infinity ? ["minLength or maxLength"] : []),
  ];
  if (names.length > 1) {
    throw unsupported(at, `with both ${names[0]} and ${names[1]}`);
  }
  if (pattern !== undefined) return readPattern(pattern, `${at}.pattern`);
  if (format !== undefined) return readFormat(format, `${at}.format`);
  if (names.length === 0) return undefined;
  return { form: lengthForm(least, most), content: `length ${least} ${most}` };
}

function readPattern(pattern: unknown, at: string): SchemaForm {
  if (typeof pattern !== "string") throw wrong(at, "a pattern", pattern);
  try {
    new RegExp(pattern);
  } catch {
    throw wrong(at, "a regular expression", pattern);
  }
  return formOf(pattern, at);
}

function readFormat(format: unknown, at: string): SchemaForm {
  if (typeof format !== "string") throw wrong(at, "a name", format);
  const pattern = FORMATS.get(format);
  if (pattern === undefined) throw unsupported(at, `'${format}'`);
  return formOf(pattern, at);
}

function formOf(pattern: string, at: string): SchemaForm {
  try {
    return { form: patternForm(pattern), content: `pattern ${pattern}` };
  } catch (error) {
    if (!(error instanceof UnsupportedPattern)) throw error;
    throw unsupported(at, error.message);
  }
}

/**
 * Reads the limits of a number.
 *
 * @param take Takes a keyword.
 * @param at The place of the schema.
 * @param isWhole Whether it is an integer.
 * @returns Its form; undefined for any number.
 */
export function readNumber(
  take: TakeKeyword,
  at: string,
  isWhole: boolean,
): SchemaForm | undefined {
  const limit = (name: string, none: number): number => {
    const value = take(name) ?? none;
    if (typeof value !== "number") {
      throw wrong(`${at}.${name}`, "a number", value);
    }
    const isSimple = value === none ||
      (isWhole ? Math.abs(value) <= Number.MAX_SAFE_INTEGER : isShort(value));
    if (isSimple) return value;
    throw unsupported(`${at}.${name}`, `with the value ${value}`);
  };
  const least = limit("minimum", -Infinity);
  const above = limit("exclusiveMinimum", -Infinity);
  const most = limit("maximum", Infinity);
  const below = limit("exclusiveMaximum", Infinity);
  const range: NumberRange = isWhole
    ? {
      low: Math.max(Math.ceil(least), Math.floor(above) + 1),
      high: Math.min(Math.floor(most), Math.ceil(below) - 1),
      ...{ isLowOpen: false, isHighOpen: false },
    }
    : {
      ...{ low: Math.max(least, above), isLowOpen: above >= least },
      ...{ high: Math.min(most, below), isHighOpen: below <= most },
    };
  const { low, high, isLowOpen, isHighOpen } = range;
  if (low === -Infinity && high === Infinity) return undefined;
  if (low > high || low === high && (isLowOpen || isHighOpen)) {
    throw wrong(at, "a schema of a number that exists", { least, most });
  }
  return formOf(numberPattern(range, isWhole), at);
}

// Fractions beside a limit need digits that a number does not have beyond these.
function isShort(value: number): boolean {
  return Number.isInteger(value) && Math.abs(value) < 1e12;
}

import { FORMATS } from "./json_formats.ts";
import {
  countOf,
  type TakeKeyword,
  unsupported,
  wrong,
} from "./json_schema_errors.ts";
import type { SchemaSteps } from "./json_schema_steps.ts";
import { multipleForm } from "./multiple_form.ts";
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

/** How many multiples between two limits are listed at most. */
const MOST_LISTED = 256;

/** No larger divisor: a digit more than its remainders is still exact. */
const LARGEST_DIVISOR = 1e12;

/** Reads the keywords of strings and numbers. */
export class SchemaForms {
  readonly #steps: SchemaSteps;
  readonly #known = new Map<string, SchemaForm>();

  constructor(steps: SchemaSteps) {
    this.#steps = steps;
  }

  /**
   * Reads the keywords of a string.
   *
   * @param take Takes a keyword.
   * @param at The place of the schema.
   * @returns Its form; undefined for any string.
   */
  readString(
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
    if (pattern !== undefined) {
      return this.#readPattern(pattern, `${at}.pattern`);
    }
    if (format !== undefined) return this.#readFormat(format, `${at}.format`);
    if (names.length === 0) return undefined;
    return {
      form: lengthForm(least, most),
      content: `length ${least} ${most}`,
    };
  }

  /**
   * Reads the limits of a number.
   *
   * @param take Takes a keyword.
   * @param at The place of the schema.
   * @param isWhole Whether it is an integer.
   * @returns Its form; undefined for any number.
   */
  readNumber(
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
    const divisor = isWhole ? take("multipleOf") : undefined;
    if (divisor !== undefined) {
      return this.#readMultiple(divisor, range, `${at}.multipleOf`);
    }
    if (low === -Infinity && high === Infinity) return undefined;
    if (low > high || low === high && (isLowOpen || isHighOpen)) {
      throw wrong(at, "a schema of a number that exists", { least, most });
    }
    return this.#formOf(numberPattern(range, isWhole), at);
  }

  #readPattern(pattern: unknown, at: string): SchemaForm {
    if (typeof pattern !== "string") throw wrong(at, "a pattern", pattern);
    try {
      new RegExp(pattern);
    } catch {
      throw wrong(at, "a regular expression", pattern);
    }
    return this.#formOf(pattern, at);
  }

  #readFormat(format: unknown, at: string): SchemaForm {
    if (typeof format !== "string") throw wrong(at, "a name", format);
    const pattern = FORMATS.get(format);
    if (pattern === undefined) throw unsupported(at, `'${format}'`);
    return this.#formOf(pattern, at);
  }

  #readMultiple(
    divisor: unknown,
    { low, high }: NumberRange,
    at: string,
  ): SchemaForm | undefined {
    if (typeof divisor !== "number" || divisor <= 0) {
      throw wrong(at, "a number above 0", divisor);
    }
    if (!Number.isInteger(divisor) || divisor > LARGEST_DIVISOR) {
      throw unsupported(at, `with the value ${divisor}`);
    }
    if (high === Infinity && (low === -Infinity || low === 0)) {
      const form = multipleForm(divisor, low < 0);
      return { form, content: `multiple ${divisor} ${low}` };
    }
    const first = Math.ceil(low / divisor);
    const count = Math.floor(high / divisor) - first + 1;
    if (!(count <= MOST_LISTED)) {
      throw unsupported(at, `with limits that ${MOST_LISTED} multiples exceed`);
    }
    if (count < 1) {
      throw wrong(at, "a divisor of an integer in the limits", divisor);
    }
    const texts = Array.from(
      { length: count },
      (_, index) => String((first + index) * divisor + 0),
    );
    return this.#formOf(`^(?:${texts.join("|")})$`, at);
  }

  // Equal patterns are the same form.
  #formOf(pattern: string, at: string): SchemaForm {
    const known = this.#known.get(pattern);
    if (known !== undefined) return known;
    try {
      const { form, steps } = patternForm(pattern);
      this.#steps.add(steps, at);
      const found = { form, content: `pattern ${pattern}` };
      this.#known.set(pattern, found);
      return found;
    } catch (error) {
      if (!(error instanceof UnsupportedPattern)) throw error;
      throw unsupported(at, error.message);
    }
  }
}

// Fractions beside a limit need digits that a number does not have beyond these.
function isShort(value: number): boolean {
  return Number.isInteger(value) && Math.abs(value) < 1e12;
}

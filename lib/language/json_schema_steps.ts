import { IreeError } from "../base/error.ts";

/** The most steps: a server answers no other request meanwhile. */
const MOST_STEPS = 500_000;

/**
 * Counts the work of reading a schema. Alternatives that are compared with each other
 * and patterns that repeat parts take much more of it than their text is long.
 */
export class SchemaSteps {
  #count = 0;

  /**
   * Adds steps.
   *
   * @param count How many.
   * @param at The place of the schema.
   */
  add(count: number, at: string): void {
    this.#count += count;
    if (this.#count <= MOST_STEPS) return;
    throw new IreeError(
      "RESOURCE_EXHAUSTED",
      `the schema's ${at} is too complex: reading it takes more than ` +
        `${MOST_STEPS} steps`,
      {
        hint: "use anyOf, which is not compared, instead of oneOf, and fewer " +
          "or shorter patterns",
      },
    );
  }
}

/** A place in a text of a form. */
export interface TextForm {
  /** Whether the text can end here. */
  readonly isEnd: boolean;
  /**
   * The place after a character; undefined if it cannot follow. The first half of a
   * surrogate pair stands for the whole character.
   */
  after(character: string): TextForm | undefined;
}

/** The place after a character of a string in JSON. */
export function formAfter(
  form: TextForm,
  character: string,
): TextForm | undefined {
  // The second half of a character, whose first one stands for both.
  if (/[\udc00-\udfff]/.test(character)) return form;
  return form.after(character);
}

/** What escapes mean. Those with the number of a character do not have forms. */
const ESCAPES: Readonly<Record<string, string>> = {
  ...{ '"': '"', "\\": "\\", "/": "/" },
  ...{ b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" },
};

/** The place after an escape. */
export function formAfterEscape(
  form: TextForm,
  character: string,
): TextForm | undefined {
  const meant = ESCAPES[character];
  return meant === undefined ? undefined : form.after(meant);
}

/** Whether any escape can follow. */
export function hasEscape(form: TextForm): boolean {
  return Object.values(ESCAPES).some((it) => form.after(it) !== undefined);
}

/**
 * The start of a text whose length is limited.
 *
 * @param least The fewest characters.
 * @param most The most characters.
 */
export function lengthForm(least: number, most: number): TextForm {
  return new LengthForm(0, least, most);
}

class LengthForm implements TextForm {
  readonly isEnd: boolean;
  readonly #after: () => TextForm | undefined;
  #next: TextForm | undefined;

  constructor(count: number, least: number, most: number) {
    this.isEnd = count >= least;
    // Beyond the least, only the distance to the most matters.
    const isSame = this.isEnd && most === Infinity;
    this.#after = () =>
      isSame
        ? this
        : count < most
        ? new LengthForm(count + 1, least, most)
        : undefined;
  }

  after(): TextForm | undefined {
    return this.#next ??= this.#after();
  }
}

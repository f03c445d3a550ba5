import type { TextForm } from "./text_form.ts";

/** What a value can be. */
export type JsonShape =
  | { readonly kind: "any" | "string" | "number" | "integer" }
  | ObjectShape
  | ArrayShape
  | FormShape
  /** One of these texts. */
  | { readonly kind: "texts"; readonly texts: readonly string[] }
  /** Any of these. */
  | { readonly kind: "union"; readonly shapes: readonly JsonShape[] }
  /** A definition, which may contain itself. */
  | { readonly kind: "definition"; readonly resolve: () => JsonShape };

/** An object. */
export interface ObjectShape {
  readonly kind: "object";
  /** The values of keys that are known. */
  readonly properties: ReadonlyMap<string, JsonShape>;
  /** Keys that it must have. */
  readonly required: readonly string[];
  /** The values of other keys; undefined if there are none. */
  readonly others: JsonShape | undefined;
}

/** An array. */
export interface ArrayShape {
  readonly kind: "array";
  readonly items: JsonShape;
  readonly least: number;
  readonly most: number;
}

/** A string whose content has a form, or a number that is written in one. */
export interface FormShape {
  readonly kind: "form";
  readonly form: TextForm;
  readonly isString: boolean;
}

/** Any value. */
export const ANY: JsonShape = { kind: "any" };

/** Any number. */
export const ANY_NUMBER: JsonShape = { kind: "number" };

/** Any integer. */
export const INTEGER: JsonShape = { kind: "integer" };

/** Any string. */
export const STRING: JsonShape = { kind: "string" };

/** No value. */
export const NOTHING: JsonShape = { kind: "texts", texts: [] };

/** Any object. */
export const ANY_OBJECT: ObjectShape = {
  kind: "object",
  properties: new Map(),
  required: [],
  others: ANY,
};

/** Any array. */
export const ANY_ARRAY: ArrayShape = {
  kind: "array",
  items: ANY,
  least: 0,
  most: Infinity,
};

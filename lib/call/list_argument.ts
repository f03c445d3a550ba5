import type { Handle } from "../../ffi/ownership/handle.ts";
import type { DeclaredValue } from "../signature/signature.ts";
import { SCALARS, type ScalarType } from "../tensor/scalar.ts";
import { List } from "../vm/list.ts";
import type { Value } from "../vm/value.ts";

/** An array passed for a list, which is created right before the call. */
export class ListContents {
  readonly #values: readonly Value[];
  readonly #elementType: ScalarType | undefined;

  /**
   * @param values The elements.
   * @param elementType Type of all elements; if omitted, the list accepts any.
   */
  constructor(
    values: readonly Value[],
    elementType: ScalarType | undefined,
  ) {
    this.#values = values;
    this.#elementType = elementType;
  }

  /** Creates the list, which the caller must dispose. */
  make(instance: Handle): List {
    return List.fromHandle(instance, this.#values, this.#elementType);
  }
}

/**
 * Reads an array that stands for a list.
 *
 * @param declared The declared input.
 * @param value The argument.
 * @returns Its elements; `undefined` if the function does not declare a list or
 * the value is not an array.
 */
export function readListContents(
  declared: DeclaredValue | undefined,
  value: unknown,
): ListContents | undefined {
  const element = declared && listElement(declared);
  if (element === undefined || !Array.isArray(value)) return undefined;
  const elementType = Object.hasOwn(SCALARS, element)
    ? element as ScalarType
    : undefined;
  return new ListContents(Array.from(value), elementType);
}

/** Whether the function declares a list. */
export function takesList(declared: DeclaredValue): boolean {
  return listElement(declared) !== undefined;
}

function listElement(declared: DeclaredValue): string | undefined {
  return declared.kind === "object" ? LIST.exec(declared.type)?.[1] : undefined;
}

/** Such as `util.list<?>` and `vm.list<i32>`. */
const LIST = /^(?:util|vm)\.list<(.*)>$/;

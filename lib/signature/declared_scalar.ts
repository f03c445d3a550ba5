import { IreeError } from "../base/error.ts";
import { DECLARED_SCALARS, type DeclaredScalar } from "../tensor/scalar.ts";
import type { DeclaredValue } from "./signature.ts";

/**
 * How a scalar is passed that is declared as a type which the VM has not.
 *
 * @param value What the function's author wrote.
 * @returns How, or `undefined` for what is passed as it is; throws
 * UNIMPLEMENTED for what cannot be passed.
 */
export function declaredScalar(
  value: DeclaredValue,
): DeclaredScalar | undefined {
  if (value.kind !== "scalar") return undefined;
  if (Object.hasOwn(DECLARED_SCALARS, value.type)) {
    return DECLARED_SCALARS[value.type];
  }
  if (PASSED_AS_THEY_ARE.test(value.type)) return undefined;
  throw new IreeError(
    "UNIMPLEMENTED",
    `'${value.name}' is a scalar of type ${value.type}, which cannot be passed`,
  );
}

const PASSED_AS_THEY_ARE = /^(?:index|[su]?i(?:32|64)|f32|f64)$/;

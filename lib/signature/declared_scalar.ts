import { IreeError } from "../base/error.ts";
import { DECLARED_SCALARS, type DeclaredScalar } from "../tensor/scalar.ts";
import type { DeclaredValue } from "./signature.ts";

/**
 * Returns how to pass a scalar of a declared type that the VM lacks.
 *
 * @param value The declared value.
 * @returns The conversion, or `undefined` if the value is passed unchanged; throws
 * UNIMPLEMENTED if it cannot be passed.
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

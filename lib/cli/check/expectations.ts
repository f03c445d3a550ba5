import {
  type BufferView,
  hostModule,
  type HostModuleDescription,
  IreeError,
  type NestedArray,
} from "../../../mod.ts";
import { general, scientific } from "../common/c_number_text.ts";

/** Receives what a program expected in vain. */
export type ReportFailure = (message: string) => void;

type Operand = BufferView | null;

const TYPES = {
  expect_true: "(i32) -> ()",
  expect_false: "(i32) -> ()",
  expect_all_true: "(!hal.device, !hal.buffer_view) -> ()",
  expect_eq: "(!hal.device, !hal.buffer_view, !hal.buffer_view) -> ()",
  expect_almost_eq:
    "(!hal.device, !hal.buffer_view, !hal.buffer_view, f32, f32) -> ()",
} as const;

/**
 * The module `check`, whose functions programs of IREE's tests call.
 *
 * @param report Receives failures; the program continues.
 */
export function checkModule(report: ReportFailure): HostModuleDescription {
  return hostModule("check", {
    expect_true: {
      types: TYPES.expect_true,
      call: (operand) => {
        if (operand === 0) report("Expected 0 to be nonzero.");
      },
    },
    expect_false: {
      types: TYPES.expect_false,
      call: (operand) => {
        if (operand !== 0) report(`Expected ${operand} to be zero.`);
      },
    },
    expect_all_true: {
      types: TYPES.expect_all_true,
      call: (_device, operand) => expectAllTrue(need(operand), report),
    },
    expect_eq: {
      types: TYPES.expect_eq,
      call: (_device, lhs, rhs) => expectEqual(need(lhs), need(rhs), report),
    },
    expect_almost_eq: {
      types: TYPES.expect_almost_eq,
      call: (_device, lhs, rhs, atol, rtol) =>
        expectClose(need(lhs), need(rhs), atol, rtol, report),
    },
  }, { tensors: "views" });
}

function need(operand: Operand): BufferView {
  if (operand !== null) return operand;
  throw new IreeError("INVALID_ARGUMENT", "expected a tensor, got null");
}

function expectAllTrue(operand: BufferView, report: ReportFailure): void {
  if (!/^(?:[su]?i(?:8|16|32|64)|f32|f64)$/.test(operand.elementType)) {
    throw new IreeError(
      "INVALID_ARGUMENT",
      `unsupported element type ${operand.elementType}`,
    );
  }
  const isTrue = numbersOf(operand).every((it) => it !== 0 && it !== 0n);
  if (!isTrue) {
    report(`Expected all elements to be nonzero:\n    ${operand.format()}`);
  }
}

function expectEqual(
  lhs: BufferView,
  rhs: BufferView,
  report: ReportFailure,
): void {
  const problems = describeTypes(lhs, rhs);
  const [one, other] = [lhs.toBytes(), rhs.toBytes()];
  const isEqual = one.length === other.length &&
    one.every((byte, index) => byte === other[index]);
  if (!isEqual) problems.push("Contents does not match.");
  if (problems.length === 0) return;
  reportBoth("Expected equality of these values.", problems, lhs, rhs, report);
}

function expectClose(
  lhs: BufferView,
  rhs: BufferView,
  atol: number,
  rtol: number,
  report: ReportFailure,
): void {
  const problems = describeTypes(lhs, rhs);
  if (problems.length === 0) {
    if (!/^b?f\d/.test(lhs.elementType)) {
      throw new IreeError(
        "INVALID_ARGUMENT",
        `unsupported element type ${lhs.elementType}`,
      );
    }
    const difference = findDifference(lhs, rhs, atol, rtol);
    if (difference !== undefined) problems.push(difference);
  }
  if (problems.length === 0) return;
  const title = "Expected near equality of these values.";
  reportBoth(title, problems, lhs, rhs, report);
}

function describeTypes(lhs: BufferView, rhs: BufferView): string[] {
  return [
    ...(lhs.elementType === rhs.elementType
      ? []
      : ["Element types do not match."]),
    ...(lhs.shape.join("x") === rhs.shape.join("x")
      ? []
      : ["Shapes do not match."]),
  ];
}

function findDifference(
  lhs: BufferView,
  rhs: BufferView,
  atol: number,
  rtol: number,
): string | undefined {
  const [actual, expected] = [numbersOf(lhs), numbersOf(rhs)];
  const index = actual.findIndex((it, at) =>
    !isClose(Number(it), Number(expected[at]), atol, rtol)
  );
  if (index < 0) return undefined;
  const [one, other] = [Number(actual[index]), Number(expected[index])];
  const gap = Number.isFinite(other - one)
    ? scientific(other - one, 3)
    : general(other - one, 6);
  return "Contents does not match to tolerance parameters " +
    `atol=${general(atol, 6)}, rtol=${general(rtol, 6)}. The first failure ` +
    `occurs at index ${index} as the lhs value ${general(one, 6)} differs ` +
    `from the rhs value ${general(other, 6)} by ${gap}.`;
}

function isClose(
  actual: number,
  expected: number,
  atol: number,
  rtol: number,
): boolean {
  if (actual === expected) return true;
  if (Number.isNaN(actual) && Number.isNaN(expected)) return true;
  if (!Number.isFinite(expected)) return false;
  return Math.abs(actual - expected) <= atol + rtol * Math.abs(expected);
}

function reportBoth(
  title: string,
  problems: readonly string[],
  lhs: BufferView,
  rhs: BufferView,
  report: ReportFailure,
): void {
  report(
    `${[title, ...problems].join(" ")}\n  lhs:\n    ${lhs.format()}\n` +
      `  rhs:\n    ${rhs.format()}`,
  );
}

function numbersOf(view: BufferView): (number | bigint)[] {
  const nested: NestedArray = view.toNestedArray();
  return (Array.isArray(nested) ? nested.flat(Infinity) : [nested]) as (
    | number
    | bigint
  )[];
}

import { parseCallingConvention } from "../../signature/calling_convention.ts";
import type { DeclaredValue } from "../../signature/signature.ts";
import { formatSignature } from "../../signature/signature_format.ts";
import type { ExportDescription } from "../program_description.ts";
import { inComment } from "./comment.ts";
import {
  agrees,
  argumentSlots,
  inputTypes,
  isStructured,
  outputTypes,
} from "./parameters.ts";
import { formatTensor } from "./structures.ts";
import { formatInput } from "./value.ts";

/** Formats a function as a member of the interface, with its comment. */
export function formatFunction(described: ExportDescription): string {
  const { name, signature, callingConvention } = described;
  const comment = signature === undefined
    ? callingConvention
    : formatSignature(signature, name);
  const inputs = inputTypes(described)
    .map(({ name, type }) => `\n    ${name}: ${type},`).join("");
  const outputs = outputTypes(described);
  const result = outputs.length === 1
    ? outputs[0]
    : outputs.length === 0
    ? "undefined"
    : `[${outputs.map((type) => `\n    ${type},`).join("")}\n  ]`;
  // A bare `new` would be a construct signature.
  const isBare = /^[A-Za-z_$][\w$]*$/.test(name) && name !== "new";
  const key = isBare ? name : JSON.stringify(name);
  const parameters = `(${inputs}${inputs === "" ? "" : "\n  "})`;
  const named = namedTypes(described);
  const type = isStructured(described)
    ? `: Structured<${parameters} => ${result}>`
    : named !== undefined
    ? `: Named<\n    ${parameters} => ${result},\n    ${
      named.join(",\n    ")
    }\n  >`
    : `${parameters}: ${result}`;
  return `  /** ${inComment(comment)} */\n  ${key}${type};\n`;
}

/**
 * Types of the inputs and outputs of `run`, if all of them are tensors that the
 * author named.
 */
export function namedTypes(described: ExportDescription): string[] | undefined {
  const { signature } = described;
  if (signature === undefined || isStructured(described)) return undefined;
  const { inputs, outputs } = signature;
  const slots = argumentSlots(described);
  const { results } = parseCallingConvention(described.callingConvention);
  const all = [...inputs, ...outputs];
  const isNamed =
    all.some(({ name }) => !/^(?:in|out)(?:put)?\d+$/.test(name)) &&
    [inputs, outputs].every((values) =>
      new Set(values.map(({ name }) => name)).size === values.length
    );
  const areTensors = all.every((it) =>
    it.kind === "tensor" && it.name !== "" &&
    formatTensor("Tensor", it.elementType, it.shape) !== "BufferView"
  );
  if (
    !isNamed || !areTensors || !agrees(inputs, slots) ||
    !agrees(outputs, results.slots)
  ) return undefined;
  const members = (
    values: readonly DeclaredValue[],
    format: (value: DeclaredValue) => string,
  ) =>
    `{ ${
      values.map((it) => `${JSON.stringify(it.name)}: ${format(it)}`).join("; ")
    } }`;
  return [
    members(inputs, (it) => formatInput("ref", it)),
    members(outputs, formatNamedOutput),
  ];
}

function formatNamedOutput(declared: DeclaredValue): string {
  if (declared.kind !== "tensor") return "never";
  const { elementType, shape } = declared;
  const tensor = formatTensor("Tensor", elementType, shape);
  return `NamedOutput<${/"[^"]*"/.exec(tensor)?.[0]}>`;
}

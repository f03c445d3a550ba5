import type { DeclaredValue, Signature } from "../../signature/signature.ts";
import { formatDeclaredType } from "../../signature/signature_format.ts";
import type { ProgramDescription } from "../program_description.ts";
import type { ImportDescription } from "../program_imports.ts";

/** An imported function whose types are known. */
type Imported = ImportDescription & { readonly signature: Signature };

/** The functions that a program imports from a module. */
export interface ImportedModule {
  readonly name: string;
  /** Name of the interface that describes them. */
  readonly typeName: string;
  readonly functions: readonly Imported[];
}

/**
 * Finds the modules that a program imports from, without IREE's own.
 *
 * @param description The program.
 */
export function importedModules(
  { imports }: ProgramDescription,
): ImportedModule[] {
  const known = imports.filter((it): it is Imported =>
    it.signature !== undefined
  );
  const names = new Set<string>(["Functions", "HostFunction"]);
  return [...Map.groupBy(known, ({ name }) => moduleOf(name))].map(
    ([name, functions]) => {
      const typeName = unique(typeNameOf(name), names);
      names.add(typeName);
      return { name, typeName, functions };
    },
  );
}

// As the VM splits names: a function's own name may have dots.
function moduleOf(name: string): string {
  return name.slice(0, Math.max(0, name.indexOf(".")));
}

function typeNameOf(module: string): string {
  const word = module.replaceAll(/[^\w]/g, "_");
  const isName = /^[A-Za-z_]/.test(word);
  const whole = isName ? word : `Module${word}`;
  return `${whole.charAt(0).toUpperCase()}${whole.slice(1)}Functions`;
}

function unique(name: string, used: ReadonlySet<string>): string {
  if (!used.has(name)) return name;
  for (let number = 2;; number++) {
    if (!used.has(name + number)) return name + number;
  }
}

/**
 * Formats the types of a function as `hostModule` reads them.
 *
 * @param signature The signature.
 * @returns The text, such as `(i32, tensor<?xf32>) -> i32`.
 */
export function formatHostTypes({ inputs, outputs }: Signature): string {
  const list = (values: readonly DeclaredValue[]) =>
    values.map((it) => formatDeclaredType(it)).join(", ");
  const results = outputs.length === 1 ? list(outputs) : `(${list(outputs)})`;
  return `(${list(inputs)}) -> ${results}`;
}

/**
 * Formats an interface with the functions of a module in TypeScript.
 *
 * @param module The module.
 * @param quote Quotes a name for a comment.
 */
export function formatModuleTypes(
  { name, typeName, functions }: ImportedModule,
  quote: (name: string) => string,
): string {
  const members = functions.map((it) => {
    const own = it.name.slice(name.length + 1);
    const key = /^[A-Za-z_$][\w$]*$/.test(own) ? own : JSON.stringify(own);
    const types = JSON.stringify(formatHostTypes(it.signature));
    const fences = it.signature.model === "async"
      ? " & { readonly fences: true }"
      : "";
    return `  readonly ${key}${it.optional ? "?" : ""}: HostFunction<
    ${types},
    State,
    HostTypes,
    Views
  >${fences};\n`;
  });
  return `
/**
 * Functions that the program imports from the module ${quote(name)}, for
 * \`hostModule(${quote(name)}, { … } satisfies ${typeName})\`.
 *
 * @typeParam State State of the module.
 * @typeParam HostTypes Values of the module's own types, by their names.
 * @typeParam Views Whether tensors arrive as \`BufferView\`.
 */
export interface ${typeName}<
  State = undefined,
  HostTypes = Record<never, never>,
  Views = false,
> {
${members.join("")}}
`;
}

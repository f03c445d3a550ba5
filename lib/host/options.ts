import type { OptionNames } from "../base/options.ts";
import type { HostArguments, HostResults } from "./function_types.ts";
import type { HostType } from "./host_type.ts";

/**
 * The context of a call, which a host function receives as its last argument.
 *
 * @typeParam State State of the module.
 */
export interface HostContext<State = undefined> {
  /** The module's state in the calling context. */
  readonly state: State;
  /** The parameters that the module was created with. */
  readonly parameters: HostParameters;
  /** Aborted when the caller of the program gives up; not in blocking calls. */
  readonly signal: AbortSignal | undefined;
}

/** Parameters of a module, as native modules have them: texts by name. */
export type HostParameters = Readonly<Record<string, string>>;

/** The values that a module's own types hold, by the names of the types. */
export type HeldValues<Types extends readonly HostType[]> = {
  [Type in Types[number] as Type["name"]]: Type extends
    HostType<infer Held, string> ? Held : never;
};

/**
 * A function of a module in TypeScript.
 *
 * @typeParam Types The types, as text.
 * @typeParam State State of the module.
 * @typeParam HostTypes Types of the module's own.
 * @typeParam Views Whether tensors arrive as `BufferView`.
 */
export interface HostFunction<
  Types extends string,
  State = undefined,
  HostTypes = Record<never, never>,
  Views = false,
> {
  /**
   * The types as in MLIR, such as `(i32, tensor<?x4xf32>) -> i64`, where several
   * results are in parentheses; or a calling convention of the VM, such as
   * `0ir_I`.
   */
  readonly types: Types;
  /**
   * Makes a call. Objects passed in are disposed afterwards, and so are objects
   * that it returns. A promise is accepted in calls of `callAsync`,
   * `computeAsync` and `run`.
   */
  readonly call: (
    ...values: [
      ...HostArguments<Types, HostTypes, Views>,
      context: HostContext<State>,
    ]
  ) => HostResults<Types, HostTypes> | Promise<HostResults<Types, HostTypes>>;
  /**
   * Whether programs import it with fences, by the attribute
   * `iree.abi.model = "coarse-fences"`. It is called when its arguments are
   * written, and programs continue meanwhile. Its results are tensors.
   *
   * @default {false}
   */
  readonly fences?: boolean | undefined;
  /**
   * Shapes of the results of a function with fences, from the shapes of the
   * tensors that it receives; not needed where `types` has all dimensions.
   */
  readonly shapes?:
    | ((...inputs: (readonly number[])[]) => readonly (readonly number[])[])
    | undefined;
}

/** A host function, whatever its types. */
export interface AnyHostFunction {
  /** The types, as in MLIR or as a calling convention. */
  readonly types: string;
  /** Receives the arguments and the call's context. */
  readonly call: (...values: never[]) => unknown;
  /** Whether it is imported with fences. */
  readonly fences?: boolean | undefined;
  /** Shapes of the results of a function with fences. */
  readonly shapes?:
    | ((...inputs: (readonly number[])[]) => readonly (readonly number[])[])
    | undefined;
}

/**
 * Options of a module in TypeScript.
 *
 * @typeParam State State of the module.
 * @typeParam Types Types of its own.
 * @typeParam Tensors What tensors arrive as.
 */
export interface HostModuleOptions<
  State = undefined,
  Types extends readonly HostType[] = readonly HostType[],
  Tensors extends "arrays" | "views" = "arrays" | "views",
> {
  /**
   * Version of the module; dependents may require a minimum.
   *
   * @default {0}
   */
  version?: number | undefined;
  /**
   * Creates the module's state in a context, before its first call, from the
   * parameters that the module was created with. Write the type of the argument,
   * `HostParameters`, so that TypeScript infers the state's.
   */
  state?: ((parameters: HostParameters) => State) | undefined;
  /** Creates the state of a fork; without it, a module with state has none. */
  fork?: ((state: State) => State) | undefined;
  /** Types of the module's own. Functions receive and return their values. */
  hostTypes?: Types | undefined;
  /**
   * Whether tensors arrive as `NdArray`, which is a copy, or as `BufferView`.
   *
   * @default {"arrays"}
   */
  tensors?: Tensors | undefined;
}

/** The options, whatever the types. */
export interface AnyOptions {
  version?: number | undefined;
  state?: ((parameters: HostParameters) => unknown) | undefined;
  fork?: ((state: never) => unknown) | undefined;
  hostTypes?: readonly HostType[] | undefined;
  tensors?: "arrays" | "views" | undefined;
}

/** Names of the options. */
export const OPTIONS: OptionNames<AnyOptions> = {
  version: true,
  state: true,
  fork: true,
  hostTypes: true,
  tensors: true,
};

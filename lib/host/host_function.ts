import {
  blockForArguments,
  failFences,
  signalFences,
  takeFences,
  waitForArguments,
} from "../../ffi/host/call.ts";
import { countFences } from "../../ffi/host/active.ts";
import { hasEnded } from "../../ffi/library/library.ts";
import type { Handle } from "../../ffi/ownership/handle.ts";
import { BufferView } from "../hal/buffer_view.ts";
import type { FrameValues, HostCall } from "../../ffi/host/host.ts";
import type { HostFunctionRecord } from "../../ffi/host/module.ts";
import { IreeError } from "../base/error.ts";
import { describeValue } from "../base/describe.ts";
import {
  parseCallingConvention,
  type Slot,
} from "../signature/calling_convention.ts";
import {
  type DeclaredValue,
  parseSignature,
  type TensorType,
} from "../signature/signature.ts";
import type { HostType } from "./host_type.ts";
import {
  HostArgumentReader,
  HostResultWriter,
  type HostScope,
  type PreparedResult,
} from "./host_values.ts";

/** A host function, whatever its types. */
export interface AnyHostFunction {
  /** The types, as in MLIR. */
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

/** How the functions of a module receive values. */
export interface HostConversion {
  /** Name of the module. */
  readonly module: string;
  /** Types of its own, by name. */
  readonly hostTypes: ReadonlyMap<string, HostType>;
  /** Whether tensors arrive as `BufferView`. */
  readonly views: boolean;
}

/** A function of a module, ready for calls. */
export class HostFunctionCaller {
  /** Its description for native code. */
  readonly record: HostFunctionRecord;
  readonly #name: string;
  readonly #call: (...values: unknown[]) => unknown;
  readonly #arguments: readonly HostArgumentReader[];
  readonly #results: readonly HostResultWriter[];
  readonly #takesFences: boolean;
  readonly #shapes: AnyHostFunction["shapes"];

  constructor(
    name: string,
    { types, call, fences = false, shapes }: AnyHostFunction,
    conversion: HostConversion,
  ) {
    this.#name = `${conversion.module}.${name}`;
    this.#call = call as (...values: unknown[]) => unknown;
    const { inputs, outputs } = parseTypes(this.#name, types);
    if (fences && !outputs.every(({ kind }) => kind === "tensor")) {
      throw this.#refuse("with fences", "must return tensors");
    }
    this.#takesFences = fences;
    this.#shapes = shapes;
    const given = inputs.map(codeOf).join("") + (fences ? "rr" : "");
    const callingConvention = `0${given || "v"}_` +
      (outputs.map(codeOf).join("") || "v");
    const slots = parseCallingConvention(callingConvention);
    this.#arguments = inputs.map((declared, at) =>
      new HostArgumentReader(
        at,
        slots.arguments.slots[at] as Slot,
        declared,
        hostTypeOf(declared, conversion),
        conversion.views,
        (problem) => this.#refuse(`argument ${at}`, problem),
      )
    );
    this.#results = outputs.map((declared, at) =>
      new HostResultWriter(
        at,
        slots.results.slots[at] as Slot,
        declared,
        hostTypeOf(declared, conversion),
        (problem) => this.#refuse(`result ${at}`, problem),
      )
    );
    this.record = {
      name,
      callingConvention,
      attributes: {
        "iree.abi.declaration": declarationOf(name, types),
        ...fences && { "iree.abi.model": "coarse-fences" },
      },
    };
  }

  /**
   * Makes a call.
   *
   * @param scope What its values belong to.
   * @param context The last argument.
   * @param call The call.
   * @param values Its frame.
   */
  make(
    scope: HostScope,
    context: object,
    call: HostCall,
    values: FrameValues,
  ): Promise<() => void> | undefined {
    if (this.#takesFences) {
      return this.#makeWithFences(scope, context, call, values);
    }
    let isPending = false;
    try {
      const given: unknown[] = [];
      for (const argument of this.#arguments) {
        given.push(argument.read(scope, call, values));
      }
      given.push(context);
      const returned = Reflect.apply(this.#call, undefined, given);
      if (!isPromise(returned)) {
        this.#write(scope, call.id, values, returned);
        return undefined;
      }
      if (!call.mayWait) throw this.#refusePromise(returned);
      isPending = true;
      return this.#finish(scope, call.id, values, returned);
    } finally {
      if (!isPending) disposeAll(scope);
    }
  }

  #makeWithFences(
    scope: HostScope,
    context: object,
    call: HostCall,
    values: FrameValues,
  ): undefined {
    const { id, state } = call;
    const fences = takeFences(scope.module.instance, id);
    let isPending = false;
    try {
      if (!call.mayWait) blockForArguments(fences);
      const given = this.#arguments.map((it) => it.hold(scope, call, values));
      if (call.mayWait) {
        const write = this.#allocateResults(scope, id);
        isPending = true;
        countFences(state, 1);
        this.#makeLater(scope, context, fences, given, write)
          .finally(() => countFences(state, -1));
        return;
      }
      const returned = this.#apply(given, context);
      if (isPromise(returned)) throw this.#refusePromise(returned);
      this.#write(scope, id, values, returned);
      signalFences(fences);
    } catch (error) {
      failFences(fences, error);
      throw error;
    } finally {
      if (!isPending) {
        disposeAll(scope);
        fences.release();
      }
    }
  }

  #apply(given: readonly (() => unknown)[], context: object): unknown {
    const values = given.map((it) => it());
    return Reflect.apply(this.#call, undefined, [...values, context]);
  }

  // Never rejects: a failure is that of the fence.
  async #makeLater(
    scope: HostScope,
    context: object,
    fences: Handle,
    given: readonly (() => unknown)[],
    write: readonly ((value: unknown) => void)[],
  ): Promise<void> {
    try {
      await waitForArguments(fences);
      const returned = await this.#apply(given, context);
      const results = write.length === 1
        ? [returned]
        : this.#checkCount(returned);
      write.forEach((it, at) => it(results[at]));
      if (!hasEnded()) signalFences(fences);
    } catch (error) {
      if (!hasEnded()) failFences(fences, error);
    } finally {
      disposeAll(scope);
      fences.release();
    }
  }

  #allocateResults(scope: HostScope, id: number): ((value: unknown) => void)[] {
    const inputs = scope.owned.filter((it) => it instanceof BufferView)
      .map(({ shape }) => shape);
    const shapes = this.#shapes?.(...inputs);
    return this.#results.map((it, at) => {
      const shape = shapes?.[at] ?? (it.declared as TensorType).shape;
      if (shape.every((dim) => dim !== null)) {
        return it.allocate(scope, id, shape);
      }
      throw new IreeError(
        "INVALID_ARGUMENT",
        `result ${at} of '${this.#name}' must have a known shape`,
        { hint: "define `shapes`, which returns the shapes of the results" },
      );
    });
  }

  async #finish(
    scope: HostScope,
    id: number,
    values: FrameValues,
    returned: PromiseLike<unknown>,
  ): Promise<() => void> {
    try {
      const value = await returned;
      return () => {
        try {
          this.#write(scope, id, values, value);
        } finally {
          disposeAll(scope);
        }
      };
    } catch (error) {
      disposeAll(scope);
      throw error;
    }
  }

  #write(
    scope: HostScope,
    id: number,
    values: FrameValues,
    returned: unknown,
  ): void {
    const results = this.#results;
    const prepared: PreparedResult[] = [];
    if (results.length === 1) {
      prepared.push(results[0]!.prepare(scope, returned));
    } else {
      const list = this.#checkCount(returned);
      for (let at = 0; at < results.length; at++) {
        prepared.push(results[at]!.prepare(scope, list[at]));
      }
    }
    // Nothing is written before all are checked: that can run code of the
    // function's author, even another call.
    for (let at = 0; at < results.length; at++) {
      results[at]!.write(scope, id, values, prepared[at]!);
    }
  }

  #checkCount(returned: unknown): readonly unknown[] {
    const { length } = this.#results;
    if (length === 0 && returned === undefined) return [];
    if (length > 0 && Array.isArray(returned) && returned.length === length) {
      return [...returned];
    }
    const got = Array.isArray(returned)
      ? `${returned.length} results`
      : describeValue(returned);
    throw new IreeError(
      "INVALID_ARGUMENT",
      `'${this.#name}' must return ` +
        (length === 0 ? "nothing" : `an array of ${length} results`) +
        `, got ${got}`,
    );
  }

  #refusePromise(returned: PromiseLike<unknown>): IreeError {
    // Its outcome has no receiver.
    returned.then(() => {}, () => {});
    return new IreeError(
      "FAILED_PRECONDITION",
      `'${this.#name}' returned a promise inside a blocking call`,
      { hint: "call the program with callAsync, computeAsync or run" },
    );
  }

  #refuse(what: string, problem: string): IreeError {
    return new IreeError(
      "INVALID_ARGUMENT",
      `${what} of '${this.#name}' ${problem}`,
    );
  }
}

function disposeAll({ owned }: HostScope): void {
  for (const object of owned) object.dispose();
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value &&
    typeof value.then === "function";
}

function hostTypeOf(
  declared: DeclaredValue,
  { hostTypes }: HostConversion,
): HostType | undefined {
  return declared.kind === "object" ? hostTypes.get(declared.type) : undefined;
}

/** Character of the calling convention for a type. */
function codeOf(declared: DeclaredValue): string {
  if (declared.kind !== "scalar") return "r";
  if (/^(?:[su]?i64|index)$/.test(declared.type)) return "I";
  if (declared.type === "f64") return "F";
  return declared.type === "f32" ? "f" : "i";
}

interface Types {
  readonly inputs: readonly DeclaredValue[];
  readonly outputs: readonly DeclaredValue[];
}

function declarationOf(name: string, types: string): string {
  const [, given, results = "()"] = SHAPE.exec(types) ?? [];
  const outputs = results.startsWith("(") ? results : `(${results})`;
  return `sync func @${name}${given} -> ${outputs}`;
}

/** Arguments in parentheses, and results after an arrow. */
const SHAPE = /^\s*(\([^()]*\))\s*(?:->\s*(\S[^]*?))?\s*$/;

function parseTypes(name: string, types: string): Types {
  const signature = SHAPE.test(types)
    ? parseSignature(declarationOf("f", types), "f")
    : undefined;
  const all = [...signature?.inputs ?? [], ...signature?.outputs ?? []];
  if (signature === undefined || all.some(({ kind }) => kind === "unknown")) {
    throw new IreeError(
      "INVALID_ARGUMENT",
      `types of '${name}' must be like '(i32, tensor<?xf32>) -> i64', got ` +
        `'${types}'`,
    );
  }
  return signature;
}

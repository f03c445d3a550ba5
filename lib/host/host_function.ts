import type {
  FrameValues,
  HostCall,
  PendingCall,
} from "../../ffi/host/host.ts";
import type { HostFunctionRecord } from "../../ffi/host/module.ts";
import { describeValue } from "../base/message_values.ts";
import { IreeError } from "../base/error.ts";
import { isPromise, refusePromise } from "../base/promises.ts";
import {
  parseCallingConvention,
  type Slot,
} from "../signature/calling_convention.ts";
import type { DeclaredValue } from "../signature/signature.ts";
import { type CalledFunction, FencedCalls } from "./fenced_calls.ts";
import { codeOf, declarationOf, parseTypes } from "./function_signature.ts";
import { HostArgumentReader } from "./host_argument.ts";
import { HostResultWriter, type PreparedResult } from "./host_result.ts";
import type { HostType } from "./host_type.ts";
import { disposeAll, type HostScope, type HostValue } from "./host_value.ts";
import type { AnyHostFunction, HostContext } from "./options.ts";

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
export class HostFunctionCaller implements CalledFunction {
  /** Its description for native code. */
  readonly record: HostFunctionRecord;
  readonly name: string;
  readonly arguments: readonly HostArgumentReader[];
  readonly results: readonly HostResultWriter[];
  /** Whether its calls need a scope of their own. */
  readonly takesObjects: boolean;
  readonly #call: (...values: unknown[]) => unknown;
  readonly #fenced: FencedCalls | undefined;

  constructor(
    name: string,
    { types, call, fences = false, shapes }: AnyHostFunction,
    conversion: HostConversion,
  ) {
    this.name = `${conversion.module}.${name}`;
    this.#call = call as (...values: unknown[]) => unknown;
    const { inputs, outputs } = parseTypes(this.name, types);
    if (fences && !outputs.every(({ kind }) => kind === "tensor")) {
      throw this.#refuse("with fences", "must return tensors");
    }
    this.#fenced = fences ? new FencedCalls(this, shapes) : undefined;
    const given = inputs.map(codeOf).join("") + (fences ? "rr" : "");
    const callingConvention = `0${given || "v"}_` +
      (outputs.map(codeOf).join("") || "v");
    this.takesObjects = callingConvention.includes("r");
    const slots = parseCallingConvention(callingConvention);
    const valuesOf = (
      word: string,
      declared: readonly DeclaredValue[],
      its: readonly Slot[],
    ): HostValue[] =>
      declared.map((declared, ordinal) => ({
        ordinal,
        slot: its[ordinal]!,
        declared,
        hostType: hostTypeOf(declared, conversion),
        refuse: (problem) => this.#refuse(`${word} ${ordinal}`, problem),
      }));
    this.arguments = valuesOf("argument", inputs, slots.arguments.slots)
      .map((it) => new HostArgumentReader(it, conversion.views));
    this.results = valuesOf("result", outputs, slots.results.slots)
      .map((it) => new HostResultWriter(it));
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
    context: HostContext<unknown>,
    call: HostCall,
    values: FrameValues,
  ): PendingCall | undefined {
    const own = call.signal === undefined
      ? context
      : { ...context, signal: call.signal };
    if (this.#fenced !== undefined) {
      return this.#fenced.make(scope, own, call, values);
    }
    let isPending = false;
    try {
      const returned = this.#applyTo(scope, call, values, own);
      if (!isPromise(returned)) {
        this.write(scope, call.id, values, returned);
        return undefined;
      }
      if (!call.mayWait) throw this.refusePromise(returned);
      isPending = true;
      const { id } = call;
      return {
        written: Promise.resolve(returned).then((value) => () =>
          this.write(scope, id, values, value)
        ),
        end: () => disposeAll(scope),
      };
    } finally {
      if (!isPending) disposeAll(scope);
    }
  }

  // Reads the arguments and runs the function. Few arguments need no array.
  #applyTo(
    scope: HostScope,
    call: HostCall,
    values: FrameValues,
    context: object,
  ): unknown {
    const readers = this.arguments;
    const run = this.#call;
    if (readers.length === 0) return run(context);
    const first = readers[0]!.read(scope, call, values);
    if (readers.length === 1) return run(first, context);
    const second = readers[1]!.read(scope, call, values);
    if (readers.length === 2) return run(first, second, context);
    // Exactly as long as needed: a growing array has room for 17 entries.
    const given = new Array<unknown>(readers.length + 1);
    given[0] = first;
    given[1] = second;
    for (let at = 2; at < readers.length; at++) {
      given[at] = readers[at]!.read(scope, call, values);
    }
    return this.apply(given, context);
  }

  apply(values: unknown[], context: object): unknown {
    values[this.arguments.length] = context;
    return Reflect.apply(this.#call, undefined, values);
  }

  write(
    scope: HostScope,
    id: number,
    values: FrameValues,
    returned: unknown,
  ): void {
    const results = this.results;
    if (results.length === 1) {
      const result = results[0]!;
      result.write(scope, id, values, result.prepare(scope, returned));
      return;
    }
    const list = this.listOf(returned);
    const prepared: PreparedResult[] = [];
    for (let at = 0; at < results.length; at++) {
      prepared.push(results[at]!.prepare(scope, list[at]));
    }
    // Nothing is written before all are checked: that can run code of the
    // function's author, even another call.
    for (let at = 0; at < results.length; at++) {
      results[at]!.write(scope, id, values, prepared[at]!);
    }
  }

  listOf(returned: unknown): readonly unknown[] {
    const { length } = this.results;
    if (length === 1) return [returned];
    if (length === 0 && returned === undefined) return [];
    if (length > 0 && Array.isArray(returned) && returned.length === length) {
      return [...returned];
    }
    const got = Array.isArray(returned)
      ? `${returned.length} results`
      : describeValue(returned);
    throw new IreeError(
      "INVALID_ARGUMENT",
      `'${this.name}' must return ` +
        (length === 0 ? "nothing" : `an array of ${length} results`) +
        `, got ${got}`,
    );
  }

  refusePromise(returned: PromiseLike<unknown>): IreeError {
    return refusePromise(`'${this.name}'`, returned);
  }

  #refuse(what: string, problem: string): IreeError {
    return new IreeError(
      "INVALID_ARGUMENT",
      `${what} of '${this.name}' ${problem}`,
    );
  }
}

function hostTypeOf(
  declared: DeclaredValue,
  { hostTypes }: HostConversion,
): HostType | undefined {
  return declared.kind === "object" ? hostTypes.get(declared.type) : undefined;
}

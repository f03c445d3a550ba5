import type { CompiledProgram } from "../compiler/compiler.ts";
import { CompileError } from "../compiler/compile_error.ts";
import type { SkippedRecipe } from "../inspect/program_tuning.ts";
import type { Recipe } from "./recipes.ts";

/** A recipe and its program. */
export interface CompiledRecipe {
  /** The recipe. */
  readonly recipe: Recipe;
  /** Its program. */
  readonly program: CompiledProgram;
}

/** Options for compiling recipes. */
export interface CompileRecipesOptions {
  /** The recipes. */
  readonly recipes: readonly Recipe[];
  /** Compiles a recipe, until the signal is aborted. */
  readonly compile: (
    recipe: Recipe,
    signal: AbortSignal,
  ) => Promise<CompiledProgram>;
  /** Number of compiles at the same time. */
  readonly parallel: number;
  /** Time limit of each compile, in milliseconds. */
  readonly limit: number;
  /** Time limit of all compiles, by `performance.now()`. */
  readonly deadline: number;
  /** Stops compiling when it is aborted. */
  readonly signal: AbortSignal | undefined;
  /** Called when a recipe is compiled or skipped. */
  readonly onEnd: (recipe: Recipe, skipped: string | undefined) => void;
}

/**
 * Compiles recipes, several at the same time. One that fails or takes too long
 * is skipped.
 *
 * @param options The recipes, and how to compile them.
 * @returns The programs in the order of recipes, and the skipped recipes;
 * rejects only if the signal is aborted.
 */
export async function compileRecipes(
  options: CompileRecipesOptions,
): Promise<{ compiled: CompiledRecipe[]; skipped: SkippedRecipe[] }> {
  const waiting = [...options.recipes];
  const programs = new Map<Recipe, CompiledProgram>();
  const skipped: SkippedRecipe[] = [];
  const work = async () => {
    for (;;) {
      const recipe = waiting.shift();
      if (recipe === undefined) return;
      const result = await compileOne(recipe, options);
      options.signal?.throwIfAborted();
      if (typeof result === "string") {
        skipped.push({ recipe: recipe.name, reason: result });
      } else {
        programs.set(recipe, result);
      }
      options.onEnd(recipe, typeof result === "string" ? result : undefined);
    }
  };
  const workers = Array.from({ length: options.parallel }, work);
  const failed = (await Promise.allSettled(workers))
    .find((it) => it.status === "rejected");
  if (failed !== undefined) throw failed.reason;
  const compiled = options.recipes.flatMap((recipe) => {
    const program = programs.get(recipe);
    return program === undefined ? [] : [{ recipe, program }];
  });
  return { compiled, skipped };
}

/** Compiles a recipe; returns why it cannot be used, as a text. */
async function compileOne(
  recipe: Recipe,
  { compile, limit, deadline, signal }: CompileRecipesOptions,
): Promise<CompiledProgram | string> {
  const left = deadline - performance.now();
  if (left <= 0) return "no time left";
  const controller = new AbortController();
  const abort = () => controller.abort();
  signal?.addEventListener("abort", abort);
  const timer = setTimeout(abort, Math.min(limit, left));
  try {
    return await compile(recipe, controller.signal);
  } catch (error) {
    if (!controller.signal.aborted) return describeFailure(error);
    return limit < left
      ? `compiles for longer than ${limit / 1000} s`
      : "no time left";
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
  }
}

function describeFailure(error: unknown): string {
  const { diagnostics = [] } = error instanceof CompileError ? error : {};
  const first = diagnostics.find(({ severity }) => severity === "error");
  const text = first?.message ??
    (error instanceof Error ? error.message : String(error));
  return `does not compile: ${text.split("\n")[0]}`;
}

import { join } from "@std/path";
import { formatDevice } from "../../lib/cli/compile/tuning_table.ts";
import { DEFAULT_RECIPE, RECIPES } from "../../lib/tuning/mod.ts";
import { ROOT } from "../../tests/support.ts";
import { times } from "../goals.ts";
import { formatOrigin, formatTime } from "../report.ts";
import { MODELS, THREADS } from "./catalog.ts";
import { describeThreads, geometricMean, judgeModels } from "./goals.ts";
import {
  type ModelRow,
  type ModelsResult,
  modelsResultFile,
  proportionOf,
} from "./result.ts";

const BEGIN = "<!-- models: written by ./dev bench:models --record -->";
const END = "<!-- models: end -->";

/** One measurement for a terminal. */
export function formatModelRow(row: ModelRow): string {
  const { model, threads, time, ratio, choice } = row;
  return [
    `${model}, ${describeThreads(threads)}`.padEnd(36),
    formatTime(time.median).padStart(9),
    (ratio === undefined ? "" : times(ratio.median)).padStart(9),
    `  ${choice.recipe} on ${formatDevice(choice)}`,
  ].join("");
}

/** The ratios as a table in Markdown. */
export function formatModels({ rows }: ModelsResult): string {
  const head = [
    "model",
    ...THREADS.flatMap((
      it,
    ) => [describeThreads(it), "tuned", "recipe, device"]),
  ];
  const lines = [head, head.map(() => "---")];
  for (const { name } of MODELS) {
    const own = rows.filter(({ model }) => model === name);
    if (own.length === 0) continue;
    const cells = THREADS.flatMap((threads) => {
      const row = own.find((it) => it.threads === threads);
      return row === undefined ? ["", "", ""] : cellsOf(row);
    });
    lines.push([name, ...cells]);
  }
  return lines.map((it) => `| ${it.join(" | ")} |`).join("\n");
}

function cellsOf(row: ModelRow): string[] {
  const { ratio, choice } = row;
  const spread = ratio === undefined ? "" : ` ± ${ratio.spread.toFixed(2)}`;
  return [
    ratio === undefined ? "" : times(ratio.median) + spread,
    times(proportionOf(row, choice.recipe) ?? 1),
    `${choice.recipe}, ${formatDevice(choice)}`,
  ];
}

/** The recipes with one thread as a table in Markdown. */
export function formatRecipes({ rows }: ModelsResult): string {
  const names = RECIPES.map(({ name }) => name)
    .filter((name) => name !== DEFAULT_RECIPE.name);
  const head = ["model", ...names];
  const own = rows.filter(({ threads }) => threads === "1");
  const line = (values: readonly (number | undefined)[]) =>
    values.map((it) => it === undefined ? "–" : it.toFixed(2));
  const lines = [
    head,
    head.map(() => "---"),
    ...own.map((row) => [
      row.model,
      ...line(names.map((name) => proportionOf(row, name))),
    ]),
    [
      "geometric mean, where measured",
      ...line(names.map((name) => {
        const all = own.map((row) => proportionOf(row, name))
          .filter((it) => it !== undefined);
        return all.length === 0 ? undefined : geometricMean(all);
      })),
    ],
  ];
  return lines.map((it) => `| ${it.join(" | ")} |`).join("\n");
}

/**
 * Puts a result between the markers of a text.
 *
 * @param text The page.
 * @param result The run.
 * @returns The new page; throws if the markers are missing.
 */
export function withModels(text: string, result: ModelsResult): string {
  const begin = text.indexOf(BEGIN);
  const end = text.indexOf(END);
  if (begin < 0 || end < begin) {
    throw new Error(`the page lacks the lines '${BEGIN}' and '${END}'`);
  }
  const goals = judgeModels(result).map(({ title, text, reached }) =>
    `- ${title}: ${text} ${reached ? "✓" : "✗"}`
  );
  const absent = Object.entries(result.absent).map(([name, reason]) =>
    `- ${name} did not take part: ${reason.split("\n")[0]}`
  );
  const parts = [
    BEGIN,
    formatModels(result),
    formatRecipes(result),
    [...goals, ...absent].join("\n"),
    `${formatOrigin(result.origin)}.`,
  ];
  return `${text.slice(0, begin)}${parts.join("\n\n")}\n\n${text.slice(end)}`;
}

/**
 * Writes the last run into `MODELS.md`.
 *
 * @returns The page's path.
 */
export async function recordModels(): Promise<string> {
  const path = join(ROOT, "bench/MODELS.md");
  const file = modelsResultFile();
  const result: ModelsResult = JSON.parse(await Deno.readTextFile(file));
  const text = withModels(await Deno.readTextFile(path), result);
  await Deno.writeTextFile(path, text);
  const args = ["fmt", "-q", path];
  await new Deno.Command(Deno.execPath(), { args }).output();
  return path;
}

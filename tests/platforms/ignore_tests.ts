/**
 * Ignores tests by their titles.
 *
 * @module
 */

/**
 * Makes `Deno.test` ignore tests.
 *
 * @param isExcluded Returns whether to ignore a title.
 */
export function ignoreTests(isExcluded: (title: string) => boolean): void {
  const define = Deno.test;
  const test = (name: string, body: () => void | Promise<void>): void => {
    (isExcluded(name) ? define.ignore : define)(name, body);
  };
  Object.assign(Deno, { test: Object.assign(test, define) });
}

/**
 * Measures Deno's own start and exit.
 *
 * @module
 */
export {};

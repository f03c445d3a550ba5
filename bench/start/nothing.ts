/**
 * What Deno takes to start and end.
 *
 * @module
 */
export {};

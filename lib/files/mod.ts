/**
 * Files and bytes: binary files, FlatBuffers, libraries, program archives, stdin.
 * Not public.
 *
 * @module
 */

export {};

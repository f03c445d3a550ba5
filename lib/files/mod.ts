/**
 * Files and bytes: binary files, FlatBuffers, libraries, program archives, stdin.
 * Nothing of it is public.
 *
 * @module
 */

export {};

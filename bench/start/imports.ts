/**
 * What importing the package takes besides.
 *
 * @module
 */
import "../../mod.ts";

/**
 * Measures the additional cost of importing the package.
 *
 * @module
 */
import "../../mod.ts";

// RUN: iree-compile --iree-input-demote-f64-to-f32=false
// Calls of scalars, which need no device.
module @scalars {
  func.func @add(%a: i32, %b: i32) -> i32 {
    %c = arith.addi %a, %b : i32
    return %c : i32
  }
  // Sums by type.
  func.func @mixed(%a: i32, %b: i64, %c: f32, %d: f64, %e: i32, %f: i64, %g: f32, %h: f64) -> (i32, i64, f64) {
    %i32 = arith.addi %a, %e : i32
    %i64 = arith.addi %b, %f : i64
    %f32 = arith.addf %c, %g : f32
    %f32_f64 = arith.extf %f32 : f32 to f64
    %f64 = arith.addf %d, %h : f64
    %sum = arith.addf %f32_f64, %f64 : f64
    return %i32, %i64, %sum : i32, i64, f64
  }
}
